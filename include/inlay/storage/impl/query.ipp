// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_QUERY_IPP
#define INLAY_STORAGE_IMPL_QUERY_IPP

#include <inlay/ground/internal/base64url.hpp>
#include <inlay/ground/internal/joined.hpp>
#include <inlay/ground/internal/utf8.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>

#include <boost/crc.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay {

namespace detail {

inline Error bad_condition(std::string message) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message)};
}

inline std::string path_of(FieldPlace const& place, std::span<FilterPart const> parts) {
  std::string path(parts[place.part].name);
  if (!path.empty()) path += '.';
  path += place.field.name;
  return path;
}

/** Reads one value of the type that a field is compared with. */
inline Result<FieldValue> parse_value(std::string_view text, FieldPlace const& place,
                                      std::span<FilterPart const> parts) {
  switch (place.field.type) {
    case model::FieldType::boolean:
      if (text == "true") return FieldValue(true);
      if (text == "false") return FieldValue(false);
      return bad_condition(path_of(place, parts) + " must be compared with true or false");
    case model::FieldType::id: {
      auto const uuid = parse_uuid(text);
      if (!uuid) return bad_condition(path_of(place, parts) + " must be compared with a UUID (RFC 9562)");
      return FieldValue(*uuid);
    }
    case model::FieldType::timestamp: {
      auto const time = parse_timestamp(text);
      if (!time) {
        return bad_condition(path_of(place, parts) +
                             " must be compared with a time such as 2021-08-10T10:00:00.000Z (RFC 3339)");
      }
      return FieldValue(time->microseconds);
    }
    case model::FieldType::version: {
      std::int64_t number = 0;
      auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) {
        return bad_condition(path_of(place, parts) + " must be compared with a whole number");
      }
      return FieldValue(number);
    }
    default: return FieldValue(std::string(text));
  }
}

/** Splits the values of `in`: at commas, but for those after a backslash. An empty text holds no value. */
inline Result<std::vector<std::string>> split_values(std::string_view text) {
  std::vector<std::string> values;
  if (text.empty()) return values;
  values.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      values.emplace_back();
    } else if (text[i] != '\\') {
      values.back() += text[i];
    } else if (i + 1 < text.size() && (text[i + 1] == ',' || text[i + 1] == '\\')) {
      values.back() += text[++i];
    } else {
      return bad_condition("a backslash among the values of [in] must be written \\\\, and a comma inside one \\,");
    }
  }
  return values;
}

bool is_comparable(std::string_view text) {
  // So many are never too long for JSON, of which one character is six at most.
  constexpr std::size_t surely_short = (json::Limits{}.max_bytes - 2) / 6;
  if (text.find('\0') != std::string_view::npos || !is_utf8(text)) return false;
  return text.size() <= surely_short || json::check(boost::json::value(text)).has_value();
}

Result<FieldPlace> find_filter_field(std::string_view path, std::span<FilterPart const> parts) {
  for (std::size_t part = 0; part < parts.size(); ++part) {
    std::string_view name = path;
    if (!parts[part].name.empty()) {
      std::string_view const prefix = parts[part].name;
      if (!name.starts_with(prefix) || name.substr(prefix.size(), 1) != ".") continue;
      name.remove_prefix(prefix.size() + 1);
    }
    for (std::size_t index = 0; index < parts[part].fields.size(); ++index) {
      model::Field const& field = parts[part].fields[index];
      if (field.name == name && field.is_filterable()) return FieldPlace{part, index, field};
    }
  }

  // Of several rows that one might mean, which?
  std::string ends = ".";
  ends += path;
  std::string meant;
  for (FilterPart const& part : parts) {
    for (model::Field const& field : part.fields) {
      std::string const full = std::string(part.name) + '.' + std::string(field.name);
      if (!part.name.empty() && field.is_filterable() && full.ends_with(ends)) {
        meant += (meant.empty() ? "" : " or ") + full;
      }
    }
  }
  if (!meant.empty()) return bad_condition("there is no such field to filter by; it may be meant as " + meant);

  std::string message = "there is no such field to filter by; there are ";
  bool is_first = true;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (std::size_t index = 0; index < parts[part].fields.size(); ++index) {
      model::Field const& field = parts[part].fields[index];
      if (!field.is_filterable()) continue;
      if (!is_first) message += ", ";
      is_first = false;
      message += path_of({part, index, field}, parts);
    }
  }
  return bad_condition(std::move(message));
}

Result<Condition> parse_condition(std::string_view text, std::span<FilterPart const> parts) {
  std::size_t const equals = text.find('=');
  if (equals == std::string_view::npos) return bad_condition("a condition is field=value or field[op]=value");
  std::string_view path = text.substr(0, equals);
  std::string_view const values = text.substr(equals + 1);

  Condition condition;
  if (std::size_t const bracket = path.find('['); bracket != std::string_view::npos) {
    auto const op = path.back() == ']'
                        ? model::enum_from_name<Operator>(path.substr(bracket + 1, path.size() - bracket - 2))
                        : std::nullopt;
    if (!op) return bad_condition("the operators of a condition are [eq], [ne], [in], [lt], [lte], [gt] and [gte]");
    condition.op = *op;
    path = path.substr(0, bracket);
  }
  auto const place = find_filter_field(path, parts);
  if (!place) return place.error();
  condition.field = path;

  std::vector<std::string> texts;
  if (condition.op == Operator::in) {
    auto split = split_values(values);
    if (!split) return split.error();
    texts = std::move(*split);
  } else {
    texts.emplace_back(values);
  }
  for (std::string const& one : texts) {
    auto value = parse_value(one, *place, parts);
    if (!value) return value.error();
    condition.values.push_back(std::move(*value));
  }
  auto const checked = check_condition(condition, parts);
  if (!checked) return checked.error();
  return condition;
}

Result<FieldPlace> check_condition(Condition const& condition, std::span<FilterPart const> parts) {
  auto const place = find_filter_field(condition.field, parts);
  if (!place) return place.error();
  if (condition.op != Operator::in && condition.values.size() != 1) {
    return bad_condition(path_of(*place, parts) + " must be compared with exactly one value, but for [in]");
  }
  for (FieldValue const& value : condition.values) {
    char const* wanted = nullptr;
    switch (place->field.type) {
      case model::FieldType::boolean:
        if (!std::holds_alternative<bool>(value)) wanted = "a truth value";
        break;
      case model::FieldType::id:
        if (!std::holds_alternative<Uuid>(value)) wanted = "an id";
        break;
      case model::FieldType::timestamp:
        if (!std::holds_alternative<std::int64_t>(value)) wanted = "a time's microseconds";
        break;
      case model::FieldType::version:
        if (!std::holds_alternative<std::int64_t>(value)) wanted = "a number";
        break;
      default:
        std::string const* text = std::get_if<std::string>(&value);
        if (!text) {
          wanted = "a text";
        } else if (!is_comparable(*text)) {
          wanted = "a text of UTF-8 without U+0000";
        } else if (place->field.type == model::FieldType::enumeration) {
          auto const names = parts[place->part].enumerators[place->index];
          if (std::find(names.begin(), names.end(), std::string_view(*text)) == names.end()) {
            return bad_condition(path_of(*place, parts) + " must be compared with one of " + joined(names));
          }
        }
    }
    if (wanted) return bad_condition(path_of(*place, parts) + " must be compared with " + wanted);
  }
  return *place;
}

Result<void> check_counts(std::vector<Condition> const& where, std::size_t limit) {
  using Limits = Query<Team>;  // as those of every Readable
  if (limit < 1 || limit > Limits::max_limit) return storage::limit_out_of_range(Limits::max_limit);
  if (where.size() > Limits::max_conditions) return storage::too_many("conditions", Limits::max_conditions);
  std::size_t values = 0;
  for (Condition const& condition : where) values += condition.values.size();
  if (values > Limits::max_values) return storage::too_many("values of conditions", Limits::max_values);
  return {};
}

Result<std::vector<FieldPlace>> check_query(std::vector<Condition> const& where, std::size_t limit,
                                            std::span<FilterPart const> parts) {
  if (auto const counts = check_counts(where, limit); !counts) return counts.error();
  Result<std::vector<FieldPlace>> places(boost::system::in_place_value);
  for (Condition const& condition : where) {
    auto const place = check_condition(condition, parts);
    if (!place) return place.error();
    places->push_back(*place);
  }
  return places;
}

bool is_on_any_from(std::size_t beside, std::vector<Condition> const& where, std::span<FilterPart const> parts) {
  return std::any_of(where.begin(), where.end(), [&](Condition const& condition) {
    auto const place = find_filter_field(condition.field, parts);
    return place.has_value() && place->part >= beside;
  });
}

Result<void> move_into_scope(std::vector<Condition>& where, Scope& scope, std::span<FilterPart const> parts,
                             std::size_t beside) {
  std::vector<std::vector<Scope>> on(parts.size());
  std::vector<Condition> left;
  for (Condition& condition : where) {
    auto const place = check_condition(condition, parts);
    if (!place) return place.error();
    if (place->part < beside) {
      left.push_back(std::move(condition));
    } else {
      condition.field = place->field.name;
      on[place->part].push_back(Scope::where(std::move(condition)));
    }
  }
  where = std::move(left);

  // From the last one, which the one before it references. What is related stands first: stores begin there.
  std::optional<Scope> related;
  for (std::size_t part = parts.size(); part-- > beside;) {
    std::vector<Scope> all = std::move(on[part]);
    if (related) all.insert(all.begin(), std::move(*related));
    if (all.empty()) continue;
    related = Scope::related(std::string(parts[part].entity), "id", std::string(parts[part].joined_by),
                             all.size() == 1 ? std::move(all.front()) : Scope::all_of(std::move(all)));
  }
  if (!related) return {};
  if (scope.is_everything()) {
    scope = std::move(*related);
    return {};
  }
  // Nobody has checked the scope yet: one that is wrong stays as it is, for the store to refuse.
  bool const is_same_row = scope.kind == Scope::Kind::related && scope.parts.size() == 1 &&
                           scope.entity == related->entity && scope.member == related->member &&
                           scope.own_member == related->own_member;
  if (!is_same_row) {
    scope = Scope::all_of({std::move(scope), std::move(*related)});
    return {};
  }
  // Both are of the one row that is referenced. What the scope says of it stays first, so that no others are looked at.
  std::vector<Scope> both;
  for (Scope* const one : {&scope, &*related}) {
    Scope& part = one->parts.front();
    if (part.kind == Scope::Kind::all_of) {
      both.insert(both.end(), std::make_move_iterator(part.parts.begin()), std::make_move_iterator(part.parts.end()));
    } else {
      both.push_back(std::move(part));
    }
  }
  scope.parts = {Scope::all_of(std::move(both))};
  return {};
}

inline constexpr std::size_t cursor_size = 28;  // 8 bytes of time, 16 of id, 4 of check sum
using CursorBytes = std::array<std::uint8_t, cursor_size>;

inline std::uint32_t cursor_check_sum(CursorBytes const& bytes) {
  boost::crc_32_type sum;
  sum.process_bytes(bytes.data(), cursor_size - 4);
  return sum.checksum();
}

}  // namespace detail

std::string to_string(Cursor const& cursor) {
  detail::CursorBytes bytes{};
  auto const time = static_cast<std::uint64_t>(cursor.created_at.microseconds);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(time >> (56U - 8U * i));
  std::memcpy(bytes.data() + 8, cursor.id.bytes.data(), 16);
  std::uint32_t const sum = detail::cursor_check_sum(bytes);
  for (std::size_t i = 0; i < 4; ++i) bytes[24 + i] = static_cast<std::uint8_t>(sum >> (24U - 8U * i));
  return detail::to_base64url(bytes);
}

Result<Cursor> parse_cursor(std::string_view text) {
  Error const error{.kind = ErrorKind::invalid_argument, .message = "not a cursor that a list has given"};
  detail::CursorBytes bytes{};
  if (!detail::from_base64url(text, bytes)) return error;
  std::uint32_t sum = 0;
  for (std::size_t i = 24; i < 28; ++i) sum = sum << 8U | bytes[i];
  if (sum != detail::cursor_check_sum(bytes)) return error;

  Cursor cursor;
  std::uint64_t time = 0;
  for (std::size_t i = 0; i < 8; ++i) time = time << 8U | bytes[i];
  cursor.created_at.microseconds = static_cast<std::int64_t>(time);
  std::memcpy(cursor.id.bytes.data(), bytes.data() + 8, 16);
  return cursor;
}

}  // namespace inlay

#endif
