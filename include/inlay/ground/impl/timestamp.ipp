// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_TIMESTAMP_IPP
#define INLAY_GROUND_IMPL_TIMESTAMP_IPP

#include <inlay/timestamp.hpp>

#include <chrono>
#include <cstdio>
#include <optional>

namespace inlay {

namespace detail {

/** Reads exactly `count` decimal digits at the front of `text` and drops them. */
inline std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int number = 0;
  for (char const c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return number;
}

inline bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

inline std::optional<Timestamp> read_timestamp(std::string_view text) {
  auto const year = take_digits(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  auto const month = take_digits(text, 2);
  if (!month || !take_char(text, '-')) return std::nullopt;
  auto const day = take_digits(text, 2);
  if (!day || !take_char(text, 'T')) return std::nullopt;
  auto const hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ':')) return std::nullopt;
  auto const minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take_char(text, ':')) return std::nullopt;
  auto const second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;

  std::int64_t fraction = 0;
  if (take_char(text, '.')) {
    std::int64_t scale = 100'000;
    std::size_t digits = 0;
    while (auto const digit = take_digits(text, 1)) {
      if (++digits > 6) return std::nullopt;
      fraction += *digit * scale;
      scale /= 10;
    }
    if (digits == 0) return std::nullopt;
  }

  int offset_minutes = 0;
  if (!take_char(text, 'Z')) {
    bool const east = take_char(text, '+');
    if (!east && !take_char(text, '-')) return std::nullopt;
    auto const hours = take_digits(text, 2);
    if (!hours || *hours > 23 || !take_char(text, ':')) return std::nullopt;
    auto const minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    offset_minutes = (*hours * 60 + *minutes) * (east ? 1 : -1);
  }
  if (!text.empty()) return std::nullopt;

  std::chrono::year_month_day const date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t const days = std::chrono::sys_days(date).time_since_epoch().count();
  int const minutes_of_day = *hour * 60 + *minute - offset_minutes;
  std::int64_t const seconds = days * 86'400 + std::int64_t{minutes_of_day} * 60 + *second;
  Timestamp const time{seconds * 1'000'000 + fraction};
  // The offset may lead out of the years that can be written.
  if (!inlay::has_text(time)) return std::nullopt;
  return time;
}

inline std::string print_timestamp(Timestamp time, bool microseconds) {
  auto const since_epoch = std::chrono::microseconds(time.microseconds);
  auto const days = std::chrono::floor<std::chrono::days>(since_epoch);
  std::chrono::year_month_day const date{std::chrono::sys_days(days)};
  std::chrono::hh_mm_ss const clock{since_epoch - days};
  auto const fraction = static_cast<long long>(clock.subseconds().count());
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02lld:%02lld:%02lld.%0*lldZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<long long>(clock.hours().count()), static_cast<long long>(clock.minutes().count()),
                static_cast<long long>(clock.seconds().count()), microseconds ? 6 : 3,
                microseconds ? fraction : fraction / 1'000);
  return text;
}

}  // namespace detail

bool has_text(Timestamp time) noexcept {
  constexpr std::int64_t start_of_0000 = -62'167'219'200'000'000;
  constexpr std::int64_t start_of_10000 = 253'402'300'800'000'000;
  return time.microseconds >= start_of_0000 && time.microseconds < start_of_10000;
}

Timestamp now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

std::string to_string(Timestamp time) { return detail::print_timestamp(time, false); }

std::string to_precise_string(Timestamp time) { return detail::print_timestamp(time, true); }

Result<Timestamp> parse_timestamp(std::string_view text) {
  if (auto const time = detail::read_timestamp(text)) return *time;
  return Error{.kind = ErrorKind::invalid_argument,
               .message =
                   "not a time such as 2021-08-10T10:00:00.000Z (RFC 3339, at most six digits of fraction, "
                   "years 0000 to 9999 in UTC)"};
}

}  // namespace inlay

#endif
