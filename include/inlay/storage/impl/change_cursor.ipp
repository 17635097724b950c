// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_CHANGE_CURSOR_IPP
#define INLAY_STORAGE_IMPL_CHANGE_CURSOR_IPP

#include <inlay/ground/internal/base64url.hpp>
#include <inlay/storage/change_cursor.hpp>

#include <boost/crc.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

namespace inlay {

namespace detail {

// A byte that tells what is there, 8 of the revision, 16 of the store, 16 of the token, 4 of check sum. The first byte
// is small, so that the text begins with a letter and is never the number of a revision.
using ChangeCursorBytes = std::array<std::uint8_t, 45>;
inline constexpr std::uint8_t change_cursor_has_store = 1;
inline constexpr std::uint8_t change_cursor_has_token = 2;

inline std::uint32_t change_cursor_check_sum(ChangeCursorBytes const& bytes) {
  boost::crc_32_type sum;
  sum.process_bytes(bytes.data(), bytes.size() - 4);
  return sum.checksum();
}

}  // namespace detail

std::string ChangeCursor::text() const {
  if (!store && !token) return std::to_string(value);
  detail::ChangeCursorBytes bytes{};
  bytes[0] = static_cast<std::uint8_t>((store ? detail::change_cursor_has_store : 0U) |
                                       (token ? detail::change_cursor_has_token : 0U));
  auto const number = static_cast<std::uint64_t>(value);
  for (std::size_t i = 0; i < 8; ++i) bytes[1 + i] = static_cast<std::uint8_t>(number >> (56U - 8U * i));
  if (store) std::memcpy(bytes.data() + 9, store->bytes.data(), 16);
  if (token) std::memcpy(bytes.data() + 25, token->bytes.data(), 16);
  std::uint32_t const sum = detail::change_cursor_check_sum(bytes);
  for (std::size_t i = 0; i < 4; ++i) bytes[41 + i] = static_cast<std::uint8_t>(sum >> (24U - 8U * i));
  return detail::to_base64url(bytes);
}

Result<ChangeCursor> parse_change_cursor(std::string_view text) {
  Error const error{.kind = ErrorKind::invalid_argument,
                    .message =
                        "not a place in the change log: neither the whole number of a revision, nor a cursor that"
                        " inlay has given"};
  ChangeCursor cursor;
  auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), cursor.value);
  if (fault == std::errc{} && end == text.data() + text.size()) {
    if (cursor.value < 0 || std::to_string(cursor.value) != text) return error;
    return cursor;
  }

  detail::ChangeCursorBytes bytes{};
  if (!detail::from_base64url(text, bytes)) return error;
  std::uint32_t sum = 0;
  for (std::size_t i = 41; i < 45; ++i) sum = sum << 8U | bytes[i];
  if (sum != detail::change_cursor_check_sum(bytes)) return error;
  std::uint64_t number = 0;
  for (std::size_t i = 1; i < 9; ++i) number = number << 8U | bytes[i];
  cursor.value = static_cast<std::int64_t>(number);
  if ((bytes[0] & detail::change_cursor_has_store) != 0) {
    std::memcpy(cursor.store.emplace().bytes.data(), bytes.data() + 9, 16);
  }
  if ((bytes[0] & detail::change_cursor_has_token) != 0) {
    std::memcpy(cursor.token.emplace().bytes.data(), bytes.data() + 25, 16);
  }
  // One cursor has one text, and a place there can be.
  if (cursor.value < 0 || cursor.text() != text) return error;
  return cursor;
}

}  // namespace inlay

#endif
