// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_POINTER_IPP
#define INLAY_JSON_IMPL_POINTER_IPP

#include <inlay/json/internal/pointer_text.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <charconv>
#include <ostream>
#include <utility>

namespace inlay::json {

Result<Pointer> Pointer::parse(std::string_view text) {
  Pointer pointer;
  if (text.empty()) return pointer;
  if (text.front() != '/') {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "a JSON Pointer is empty or starts with `/` (RFC 6901): \"" + std::string(text) + "\""};
  }
  std::string token;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.tokens_.push_back(std::exchange(token, {}));
    } else if (text[i] != '~') {
      token += text[i];
    } else if (i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
      token += text[++i] == '0' ? '~' : '/';
    } else {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "in a JSON Pointer `~` is written `~0`, and `/` in a name `~1` (RFC 6901): \"" +
                              std::string(text) + "\""};
    }
  }
  pointer.tokens_.push_back(std::move(token));
  return pointer;
}

Pointer& Pointer::operator/=(std::string_view token) {
  tokens_.emplace_back(token);
  return *this;
}

std::string to_string(Pointer const& pointer) {
  std::string text;
  for (std::string const& token : pointer.tokens()) append_token(text, token);
  return text;
}

std::ostream& operator<<(std::ostream& out, Pointer const& pointer) { return out << to_string(pointer); }

Result<Pointer> PointerView::pointer() const {
  if (pointer_ != nullptr) return *pointer_;
  auto parsed = Pointer::parse(text_);
  if (parsed) return parsed;
  Error error = parsed.error();
  error.pointer = std::string(text_);
  return error;
}

void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (char const c : token) {
    if (c == '~') {
      pointer.append("~0");
    } else if (c == '/') {
      pointer.append("~1");
    } else {
      pointer += c;
    }
  }
}

std::optional<std::size_t> parse_index(std::string_view token) noexcept {
  if (token.empty() || (token.front() == '0' && token.size() > 1)) return std::nullopt;
  std::size_t index = 0;
  char const* const end = token.data() + token.size();
  auto const read = std::from_chars(token.data(), end, index);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return index;
}

boost::json::value const* step(boost::json::value const& from, std::string_view token) noexcept {
  if (auto const* object = from.if_object()) return object->if_contains(token);
  auto const* array = from.if_array();
  if (array == nullptr) return nullptr;
  auto const index = parse_index(token);
  return index ? array->if_contains(*index) : nullptr;
}

boost::json::value const* find(boost::json::value const& root, Pointer const& pointer) noexcept {
  boost::json::value const* found = &root;
  for (std::string const& token : pointer.tokens()) {
    found = step(*found, token);
    if (found == nullptr) return nullptr;
  }
  return found;
}

boost::json::value* find(boost::json::value& root, Pointer const& pointer) noexcept {
  return const_cast<boost::json::value*>(find(std::as_const(root), pointer));
}

}  // namespace inlay::json

#endif
