// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_DIGEST_IPP
#define INLAY_GROUND_IMPL_DIGEST_IPP

#include <inlay/digest.hpp>

#include <openssl/sha.h>

#include <cstddef>
#include <new>

namespace inlay {

Digest sha256(std::string_view text) {
  Digest digest;
  if (SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest.bytes.data()) == nullptr) {
    throw std::bad_alloc();
  }
  return digest;
}

std::string to_string(Digest const& digest) {
  std::string text;
  text.reserve(2 * digest.bytes.size());
  for (std::uint8_t const byte : digest.bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 0xFU];
  }
  return text;
}

Result<Digest> parse_digest(std::string_view text) {
  Digest digest;
  if (text.size() != 2 * digest.bytes.size() || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return Error{.kind = ErrorKind::invalid_argument, .message = "not a SHA-256: 64 hexadecimal digits in lower case"};
  }
  auto const value_of = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    digest.bytes[i] = static_cast<std::uint8_t>(value_of(text[2 * i]) << 4U | value_of(text[2 * i + 1]));
  }
  return digest;
}

}  // namespace inlay

#endif
