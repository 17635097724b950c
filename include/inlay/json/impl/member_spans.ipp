// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_MEMBER_SPANS_IPP
#define INLAY_JSON_IMPL_MEMBER_SPANS_IPP

#include <inlay/ground/internal/utf8.hpp>
#include <inlay/json/impl/print.ipp>
#include <inlay/json/internal/member_spans.hpp>
#include <inlay/json/limits.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

namespace inlay::json {

/** Goes through text that may be canonical, and never takes what json::parse refuses or json::print writes in another
    way: whoever has spans of a text need not look at it again. */
class SpanFinder {
 public:
  SpanFinder(std::string_view text, void const* owner) : text_(text) {
    open_.reserve(16);
    members_.reserve(32);
    words_.reserve(MemberSpans::first_object_at + 16 + text.size() / 4);
    words_.resize(MemberSpans::first_object_at);
    char const* const start = text.data();
    std::memcpy(words_.data() + MemberSpans::text_at, &start, sizeof start);
    std::memcpy(words_.data() + MemberSpans::owner_at, &owner, sizeof owner);
  }

  std::optional<MemberSpans> find() {
    if (text_.size() > std::numeric_limits<std::int32_t>::max() || at(0) != '{' || !inlay::detail::is_utf8(text_) ||
        !go_through()) {
      return std::nullopt;
    }
    words_[MemberSpans::root_and_flag_at] = 2 * value_ + (has_escaped_names_ ? 0 : 1);
    MemberSpans spans;
    spans.words_ = std::make_unique_for_overwrite<std::uint32_t[]>(words_.size());
    std::copy(words_.begin(), words_.end(), spans.words_.get());
    return spans;
  }

 private:
  struct Open {
    std::size_t first_member;
    bool is_array;
    bool has_nulls;
  };
  struct Member {
    std::uint32_t begin;
    std::uint32_t name_size;
    std::uint32_t value;
  };

  // What stands at the position; NUL, which no JSON text has, at the end.
  [[nodiscard]] char at(std::size_t position) const noexcept {
    return position < text_.size() ? text_[position] : '\0';
  }

  bool go_through() {
    do {
      // at a value
      if (at(position_) == '{' || at(position_) == '[') {
        if (open_.size() == greatest_depth) return false;
        open_.push_back({.first_member = members_.size(), .is_array = at(position_) == '[', .has_nulls = false});
        arrays_ += open_.back().is_array ? 1 : 0;
        ++position_;
        if (at(position_) != end_of(open_.back())) {
          if (!open_.back().is_array && !take_name()) return false;
          continue;
        }
        if (!close()) return false;
      } else if (!take_leaf()) {
        return false;
      }
      // after a value
      while (!open_.empty()) {
        auto& around = open_.back();
        if (!around.is_array) {
          members_.back().value = value_;
          around.has_nulls |= value_ == MemberSpans::null || inner_has_nulls_;
        }
        inner_has_nulls_ = false;
        if (at(position_) == ',') {
          ++position_;
          if (!around.is_array && !take_name()) return false;
          break;
        }
        if (at(position_) != end_of(around) || !close()) return false;
      }
    } while (!open_.empty());
    return position_ == text_.size();
  }

  static char end_of(Open const& open) noexcept { return open.is_array ? ']' : '}'; }

  bool take_name() {
    auto const begin = position_;
    bool has_escapes = false;
    if (at(position_) != '"' || !take_string(has_escapes) || at(position_) != ':') return false;
    has_escaped_names_ |= has_escapes && arrays_ == 0;
    members_.push_back({.begin = static_cast<std::uint32_t>(begin),
                        .name_size = static_cast<std::uint32_t>(position_ - begin - 2),
                        .value = MemberSpans::leaf});
    ++position_;
    return true;
  }

  bool take_leaf() {
    value_ = MemberSpans::leaf;
    bool has_escapes = false;
    switch (at(position_)) {
      case '"': return take_string(has_escapes);
      case 't': return take_word("true");
      case 'f': return take_word("false");
      case 'n': value_ = MemberSpans::null; return take_word("null");
      default: return take_number();
    }
  }

  bool take_word(std::string_view word) {
    if (text_.compare(position_, word.size(), word) != 0) return false;
    position_ += word.size();
    return true;
  }

  bool take_string(bool& has_escapes) {
    ++position_;
    while (position_ < text_.size()) {
      position_ += detail::count_plain(text_.substr(position_));
      if (at(position_) == '"') {
        ++position_;
        return true;
      }
      if (at(position_) != '\\' || !take_escape()) return false;
      has_escapes = true;
    }
    return false;
  }

  // The escapes that are printed, and no others.
  bool take_escape() {
    char const c = at(position_ + 1);
    if (c != 'u') {
      position_ += 2;
      return std::string_view("\"\\bfnrt").find(c) != std::string_view::npos;
    }
    if (text_.compare(position_, 4, "\\u00") != 0) return false;
    char const high = at(position_ + 4);
    char const low = at(position_ + 5);
    position_ += 6;
    if (high == '1') return (low >= '0' && low <= '9') || (low >= 'a' && low <= 'f');
    // \b, \t, \n, \f and \r are written so
    return high == '0' && ((low >= '0' && low <= '7') || low == 'b' || low == 'e' || low == 'f');
  }

  bool take_number() {
    auto const start = position_;
    bool is_integer = true;
    for (char c = at(position_); (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e';
         c = at(++position_)) {
      is_integer &= c != '.' && c != 'e';
    }
    auto const number = text_.substr(start, position_ - start);
    if (is_integer) return is_canonical<std::int64_t>(number) || is_canonical<std::uint64_t>(number);
    return is_canonical<double>(number);
  }

  template <class Number>
  bool is_canonical(std::string_view text) {
    Number number{};
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return false;
    printed_.clear();
    if constexpr (std::is_same_v<Number, double>) {
      detail::print_double(number, printed_);
    } else {
      detail::print_integer(number, printed_);
    }
    return text == printed_;
  }

  // At the end of what was opened last, which becomes the value at hand.
  bool close() {
    ++position_;
    auto const closed = open_.back();
    open_.pop_back();
    value_ = MemberSpans::leaf;
    if (closed.is_array) {
      --arrays_;
      return true;
    }
    auto const members = std::span(members_).subspan(closed.first_member);
    if (!has_distinct_names(members)) return false;
    if (arrays_ == 0) {
      value_ = static_cast<std::uint32_t>(words_.size());
      inner_has_nulls_ = closed.has_nulls;
      words_.push_back(value_);
      words_.push_back(static_cast<std::uint32_t>(2 * members.size() + (closed.has_nulls ? 1 : 0)));
      for (auto const& member : members) words_.push_back(member.begin);
      words_.push_back(static_cast<std::uint32_t>(position_));
      for (auto const& member : members) words_.push_back(member.value);
      auto const sizes = words_.size();
      words_.resize(sizes + (members.size() + 3) / 4);
      auto* size = reinterpret_cast<unsigned char*>(&words_[sizes]);
      for (auto const& member : members) {
        *size++ = static_cast<unsigned char>(std::min<std::size_t>(member.name_size, MemberSpans::long_name));
      }
      if (members.size() > inlay::detail::few_members) words_.insert(words_.end(), order_.begin(), order_.end());
    }
    members_.resize(closed.first_member);
    return true;
  }

  // Leaves the order of many members in order_.
  bool has_distinct_names(std::span<Member const> members) {
    auto const* const text = text_.data() + 1;
    if (members.size() <= inlay::detail::few_members) {
      for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t k = 0; k != i; ++k) {
          if (members[i].name_size == members[k].name_size &&
              std::memcmp(text + members[i].begin, text + members[k].begin, members[i].name_size) == 0) {
            return false;
          }
        }
      }
      return true;
    }
    auto const name = [&](std::uint32_t i) { return std::string_view(text + members[i].begin, members[i].name_size); };
    order_.resize(members.size());
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return name(a) < name(b); });
    return std::adjacent_find(order_.begin(), order_.end(),
                              [&](std::uint32_t a, std::uint32_t b) { return name(a) == name(b); }) == order_.end();
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<Open> open_;
  std::vector<Member> members_;              // of the open objects
  std::size_t arrays_ = 0;                   // that are open
  std::uint32_t value_ = MemberSpans::leaf;  // what the value is that was gone through last
  bool inner_has_nulls_ = false;             // an object that was
  bool has_escaped_names_ = false;
  std::vector<std::uint32_t> words_;
  std::vector<std::uint32_t> order_;
  std::string printed_;
};

std::optional<MemberSpans> MemberSpans::of(std::string_view text, void const* owner) {
  return SpanFinder(text, owner).find();
}

std::size_t MemberSpans::Object::find_sorted(std::string_view wanted) const noexcept {
  auto const* const end = order() + size();
  auto const* const found =
      std::partition_point(order(), end, [&](std::uint32_t member) { return name(member) < wanted; });
  return found != end && is_named(*found, wanted) ? *found : none;
}

}  // namespace inlay::json

#endif
