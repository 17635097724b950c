// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_BIRTH_IPP
#define INLAY_GROUND_IMPL_BIRTH_IPP

#include <inlay/birth.hpp>

#include <charconv>
#include <cstddef>
#include <random>
#include <system_error>

namespace inlay {

Birth generate_birth() {
  thread_local std::random_device device;
  Birth birth;
  while (birth == Birth{}) birth.value = std::uint64_t{device()} << 32U | device();
  return birth;
}

Birth birth_of_older_row(Uuid const& id, Timestamp created_at) noexcept {
  // Stores and change logs rely on it, so it must never change: the finaliser of SplitMix64, over three words.
  std::uint64_t mixed = 0;
  auto const mix = [&mixed](std::uint64_t word) {
    mixed = (mixed ^ word) + 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
  };
  for (std::size_t half = 0; half < 16; half += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) word = word << 8U | id.bytes[half + i];
    mix(word);
  }
  mix(static_cast<std::uint64_t>(created_at.microseconds));
  return {mixed == 0 ? 1 : mixed};
}

std::string to_string(Birth birth) {
  std::string text(16, '0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = "0123456789abcdef"[(birth.value >> (60U - 4U * i)) & 0xFU];
  return text;
}

Result<Birth> parse_birth(std::string_view text) {
  Birth birth;
  bool is_birth = text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (is_birth) std::from_chars(text.data(), text.data() + text.size(), birth.value, 16);
  is_birth = is_birth && birth != Birth{};
  if (is_birth) return birth;
  return Error{
      .kind = ErrorKind::invalid_argument,
      .message = "not a birth such as 0123456789abcdef: 16 hexadecimal digits in lower case, not all of them 0"};
}

std::string to_string(RowVersion const& version) {
  std::string text = std::to_string(version.version.value);
  if (version.birth) text.append(1, '-').append(to_string(*version.birth));
  return text;
}

Result<RowVersion> parse_row_version(std::string_view text) {
  std::size_t const dash = text.find('-');
  std::string_view const digits = text.substr(0, dash);
  Error const error{.kind = ErrorKind::invalid_argument,
                    .message = "not the version of a row, such as 3, or 3-0123456789abcdef with the row's birth"};
  bool const has_padding = digits.size() > 1 && digits.front() == '0';
  if (has_padding || digits.empty()) return error;  // where the text begins with a dash, the digits are none
  Version version;
  auto const [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), version.value);
  if (failure != std::errc() || end != digits.data() + digits.size()) return error;
  if (dash == std::string_view::npos) return RowVersion(version);
  auto const birth = parse_birth(text.substr(dash + 1));
  if (!birth) return error;
  return RowVersion(version, *birth);
}

}  // namespace inlay

#endif
