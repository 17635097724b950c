// SPDX-License-Identifier: BSL-1.0
#include "etag.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>

namespace inlay::rest {
namespace {

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9U;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5U;

// Byte by byte, so that it is little-endian everywhere; compilers make one load of it.
template <class Unsigned>
Unsigned read(char const* from) noexcept {
  Unsigned value = 0;
  for (std::size_t i = sizeof(Unsigned); i > 0; --i) {
    value = static_cast<Unsigned>(value << 8U) | static_cast<unsigned char>(from[i - 1]);
  }
  return value;
}

std::uint64_t round_of(std::uint64_t lane, std::uint64_t input) noexcept {
  return std::rotl(lane + input * prime2, 31) * prime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) noexcept {
  return (hash ^ round_of(0, lane)) * prime1 + prime4;
}

constexpr RowVersion no_row{Version{}, Birth{}};

}  // namespace

std::uint64_t xxh64(std::string_view text) noexcept {
  char const* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = prime5;
  if (left >= 32) {
    std::uint64_t a = prime1 + prime2;
    std::uint64_t b = prime2;
    std::uint64_t c = 0;
    std::uint64_t d = 0 - prime1;
    for (; left >= 32; at += 32, left -= 32) {
      a = round_of(a, read<std::uint64_t>(at));
      b = round_of(b, read<std::uint64_t>(at + 8));
      c = round_of(c, read<std::uint64_t>(at + 16));
      d = round_of(d, read<std::uint64_t>(at + 24));
    }
    hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  }
  hash += text.size();
  for (; left >= 8; at += 8, left -= 8) {
    hash = std::rotl(hash ^ round_of(0, read<std::uint64_t>(at)), 27) * prime1 + prime4;
  }
  if (left >= 4) {
    hash = std::rotl(hash ^ (read<std::uint32_t>(at) * prime1), 23) * prime2 + prime3;
    at += 4;
    left -= 4;
  }
  for (; left > 0; ++at, --left) {
    hash = std::rotl(hash ^ (static_cast<unsigned char>(*at) * prime5), 11) * prime1;
  }
  hash = (hash ^ (hash >> 33U)) * prime2;
  hash = (hash ^ (hash >> 29U)) * prime3;
  return hash ^ (hash >> 32U);
}

std::string etag_of(RowVersion const& version, std::string_view body) {
  std::array<char, 16> digits;
  std::uint64_t const hash = xxh64(body);
  for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = "0123456789abcdef"[(hash >> (60 - 4 * i)) & 0xFU];
  std::string tag = "\"" + to_string(version) + '-';
  tag.append(digits.data(), digits.size());
  return tag + '"';
}

std::optional<RowVersion> EntityTag::version() const {
  std::string_view const text = opaque;
  std::size_t const birth = text.find('-') + 1;  // 0: there is no dash
  std::size_t const hash = birth == 0 ? std::string_view::npos : text.find('-', birth);
  if (hash == std::string_view::npos) return std::nullopt;
  // A summary does not say which row it is of.
  if (text.substr(0, hash) == to_string(no_row)) return no_row;
  auto const version = parse_row_version(text.substr(0, hash));  // "01-…" was never one of ours
  return version ? std::optional(*version) : std::nullopt;
}

bool TagList::matches(std::string_view etag) const noexcept {
  std::string_view const ours = etag.substr(1, etag.size() - 2);
  return is_any || std::any_of(tags.begin(), tags.end(), [&](EntityTag const& tag) {
           std::string_view const theirs = tag.opaque;
           if (!theirs.starts_with(ours)) return false;
           std::string_view const suffix = theirs.substr(ours.size());
           return suffix.empty() || suffix == "-gzip" || suffix == "-br";
         });
}

bool TagList::matches(RowVersion const& version) const {
  return is_any || std::any_of(tags.begin(), tags.end(),
                               [&](EntityTag const& tag) { return !tag.is_weak && tag.version() == version; });
}

bool TagList::names_weakly(Version version) const {
  return std::any_of(tags.begin(), tags.end(), [&](EntityTag const& tag) {
    auto const named = tag.version();
    return tag.is_weak && named && named->version == version;
  });
}

bool TagList::are_of_other_rows(Birth birth) const {
  return !is_any && std::all_of(tags.begin(), tags.end(), [&](EntityTag const& tag) {
    auto const named = tag.version();
    return named && named->birth != birth;
  });
}

Result<TagList> parse_tags(std::string_view field, std::string_view value) {
  value = trimmed(value);
  if (value == "*") return TagList{.is_any = true};
  auto const malformed = [&] {
    return Error{
        .kind = ErrorKind::invalid_argument,
        .message = std::string(field) + R"( takes * or entity tags, such as "3-0123456789abcdef-fedcba9876543210")"};
  };
  TagList list;
  // A list may have empty elements anywhere (RFC 9110, 5.6.1.2).
  auto const skip_commas = [&value] {
    while (!value.empty() && value.front() == ',') value = trimmed(value.substr(1));
  };
  skip_commas();
  while (!value.empty()) {
    // A backslash is an ordinary character in a tag, so that the lists of text.hpp will not do.
    bool const is_weak = value.starts_with("W/");
    if (is_weak) value.remove_prefix(2);
    std::size_t const end = value.starts_with('"') ? value.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return malformed();
    list.tags.push_back({is_weak, std::string(value.substr(1, end - 1))});
    value = trimmed(value.substr(end + 1));
    if (value.empty()) break;
    if (value.front() != ',') return malformed();
    skip_commas();
  }
  if (list.tags.empty()) return malformed();
  return list;
}

}  // namespace inlay::rest
