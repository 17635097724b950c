// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_IMPL_JSON_FORM_IPP
#define INLAY_MODEL_IMPL_JSON_FORM_IPP

#include <inlay/ground/internal/joined.hpp>
#include <inlay/json/internal/kind_name.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/model/json_form.hpp>

#include <cstdint>
#include <optional>

namespace inlay::model {

namespace detail {

/** Reads one character of UTF-8 at the front of `text` and drops it; nothing when it is not UTF-8 (RFC 3629). */
inline std::optional<std::uint32_t> take_character(std::string_view& text) {
  auto const byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at])); };
  std::uint32_t const first = byte(0);
  std::size_t const length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  std::uint32_t character = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    character = character << 6U | (byte(i) & 0x3FU);
  }
  bool const is_overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  bool const is_surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (is_overlong || is_surrogate || character > 0x10FFFF) return std::nullopt;
  text.remove_prefix(length);
  return character;
}

/** What is wrong with a short text, after "must "; nullptr when nothing is. */
inline char const* text_fault(std::string_view text) {
  constexpr std::size_t max_characters = 255;
  std::size_t characters = 0;
  bool has_control = false;
  while (!text.empty()) {
    auto const character = take_character(text);
    if (!character) return "be UTF-8";
    if (*character < 0x20 || (*character >= 0x7F && *character < 0xA0)) has_control = true;
    ++characters;
  }
  if (characters == 0 || characters > max_characters) return "have 1 to 255 characters";
  return has_control ? "not hold control characters" : nullptr;
}

inline Error member_error(std::string_view member, std::string const& message) {
  Error error{.kind = ErrorKind::invalid_argument, .message = std::string(member) + message, .pointer = ""};
  json::append_token(*error.pointer, member);
  return error;
}

inline Error wrong_type(Field const& field, char const* wanted, boost::json::value const& given) {
  return member_error(field.name, std::string(" must be ") + wanted + ", not " + std::string(json::kind_name(given)));
}

Error unknown_member(std::string_view name, std::span<Field const> known, Refuse refuse) {
  Error error{.kind = ErrorKind::invalid_argument, .message = "unknown member; there are ", .pointer = ""};
  bool is_first = true;
  for (Field const& field : known) {
    if (field.type == FieldType::revision || refuse(field)) continue;
    if (!is_first) error.message += ", ";
    is_first = false;
    error.message += field.name;
  }
  json::append_token(*error.pointer, name);
  return error;
}

Error set_by_store(Field const& field) { return member_error(field.name, " is set by the store and can't be given"); }

Error read_only(std::string_view name) { return member_error(name, " is read-only"); }

Error missing_member(Field const& field) { return member_error(field.name, " is missing"); }

Error null_member(Field const& field) { return member_error(field.name, " can't be null"); }

Error left_out_member(Field const& field) {
  return member_error(field.name, " was left out when the row was read: read it whole to write it");
}

Error unknown_enumerator(Field const& field, std::span<std::string_view const> names) {
  return member_error(field.name, " must be " + inlay::detail::joined(names, " or "));
}

Error below_member(std::string_view member, Error error) {
  std::string pointer;
  json::append_token(pointer, member);
  if (error.pointer) pointer += *error.pointer;
  error.pointer = std::move(pointer);
  return error;
}

Result<void> check_text_member(Field const& field, std::string_view text) {
  if (char const* fault = text_fault(text)) return member_error(field.name, std::string(" must ") + fault);
  return {};
}

Result<bool> read_boolean(Field const& field, boost::json::value const& value) {
  if (bool const* truth = value.if_bool()) return *truth;
  return wrong_type(field, "a boolean", value);
}

Result<std::string> read_text(Field const& field, boost::json::value const& value) {
  boost::json::string const* text = value.if_string();
  if (!text) return wrong_type(field, "a string", value);
  if (auto const checked = check_text_member(field, *text); !checked) return checked.error();
  return std::string(*text);
}

Result<std::size_t> read_enumerator(Field const& field, boost::json::value const& value,
                                    std::span<std::string_view const> names) {
  boost::json::string const* text = value.if_string();
  if (!text) return wrong_type(field, "a string", value);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == std::string_view(*text)) return i;
  }
  return unknown_enumerator(field, names);
}

Result<boost::json::object const*> read_object(Field const& field, boost::json::value const& value) {
  if (boost::json::object const* object = value.if_object()) return object;
  return wrong_type(field, "an object", value);
}

Result<Document> read_document(Field const& field, boost::json::value const& value, json::Limits const& limits) {
  auto const object = read_object(field, value);
  if (!object) return object.error();
  auto document = Document::from(**object, limits);
  if (!document) return below_member(field.name, std::move(document).error());
  return document;
}

Result<Uuid> read_uuid(Field const& field, boost::json::value const& value) {
  boost::json::string const* text = value.if_string();
  if (!text) return wrong_type(field, "a string", value);
  auto const uuid = parse_uuid(*text);
  if (!uuid) return member_error(field.name, ": " + uuid.error().message);
  // It means "none yet": a row that got a new id instead could not be created again safely.
  if (uuid->is_nil()) return member_error(field.name, " must not be the nil UUID");
  return *uuid;
}

Result<Version> read_version(Field const& field, boost::json::value const& value) {
  std::int64_t const* number = value.if_int64();
  if (!number || *number < 0) return member_error(field.name, " must be a whole number from 0 on");
  return Version{*number};
}

Result<Birth> read_birth(Field const& field, boost::json::value const& value) {
  boost::json::string const* text = value.if_string();
  if (!text) return wrong_type(field, "a string", value);
  auto const birth = parse_birth(*text);
  if (!birth) return member_error(field.name, ": " + birth.error().message);
  return *birth;
}

Result<Ended> read_ended(Field const& field, boost::json::value const& value) {
  auto const object = read_object(field, value);
  if (!object) return object.error();
  auto const* const at = (*object)->if_contains("at");
  auto const* const reason = (*object)->if_contains("reason");
  if (at == nullptr || reason == nullptr || (*object)->size() != 2) {
    return member_error(field.name, " has the members at and reason, and no others");
  }
  auto const time = read_timestamp({"at", FieldType::timestamp, false}, *at);
  if (!time) return below_member(field.name, time.error());
  auto const text = read_text({"reason", FieldType::text, false}, *reason);
  if (!text) return below_member(field.name, text.error());
  return Ended{*time, *text};
}

Result<Timestamp> read_timestamp(Field const& field, boost::json::value const& value) {
  boost::json::string const* text = value.if_string();
  if (!text) return wrong_type(field, "a string", value);
  auto const time = parse_timestamp(*text);
  if (!time) return member_error(field.name, ": " + time.error().message);
  return *time;
}

std::size_t index_of(std::span<Field const> fields, std::string_view name) noexcept {
  std::size_t index = 0;
  while (index < fields.size() && fields[index].name != name) ++index;
  return index;
}

void write_name(std::string_view name, std::string& out) {
  if (!out.empty() && out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void write_installed_in(InstalledIn const& installed_in, std::string& out) {
  write_name("environment_ids", out);
  out += '[';
  for (std::size_t i = 0; i < installed_in.ids.size(); ++i) {
    if (i != 0) out += ',';
    write_value(installed_in.ids[i], out, JsonUse::resource);
  }
  out += ']';
  if (installed_in.is_truncated) {
    write_name("environment_ids_truncated", out);
    out += "true";
  }
}

}  // namespace detail

Result<void> check_text(std::string_view text) {
  if (char const* fault = detail::text_fault(text)) {
    return Error{.kind = ErrorKind::invalid_argument, .message = std::string("a short text must ") + fault};
  }
  return {};
}

}  // namespace inlay::model

#endif
