// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_JSON_PATCH_DIFF_IPP
#define INLAY_JSON_IMPL_JSON_PATCH_DIFF_IPP

// How a JSON Patch is found.

#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/json/detail/common_subsequence.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/impl/json_patch.ipp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inlay::json::json_patch {

namespace detail {

/** Collects the operations that turn one value into another, and how long their text is. */
class Difference {
 public:
  void compare(boost::json::value const& from, boost::json::value const& to) {
    std::size_t const operations_before = operations_.size();
    std::size_t const bytes_before = bytes_;
    std::size_t const work_before = work_left_;
    bool may_be_applied = true;
    if (from.is_object() && to.is_object()) {
      may_be_applied = compare_members(from.get_object(), to.get_object(), to);
    } else if (from.is_array() && to.is_array()) {
      may_be_applied = compare_elements(from.get_array(), to.get_array());
    } else if (!identical(from, to)) {
      push(operation_value("replace", path_, to));
      return;
    }
    // Small changes say more than a replacement, and leave alone what others change; but where little is left of the
    // old value they are several times as long.
    std::size_t const bytes = bytes_ - bytes_before;
    std::size_t bytes_left = bytes / 2;
    if (may_be_applied && (bytes == 0 || !may_fit(to, bytes_left))) return;
    auto replacement = operation_value("replace", path_, to);
    std::size_t const replacement_bytes = print(replacement).size() + 1;
    if (may_be_applied && bytes / 2 <= replacement_bytes) return;
    work_left_ = work_before;
    operations_.resize(operations_before);
    operations_.push_back(std::move(replacement));
    bytes_ = bytes_before + replacement_bytes;
  }

  boost::json::value take() { return boost::json::value(std::move(operations_)); }

 private:
  void push(boost::json::value operation) {
    bytes_ += print(operation).size() + 1;
    operations_.push_back(std::move(operation));
  }

  /** Whether the value's text could be that short. Looks at no more of it than that. */
  static bool may_fit(boost::json::value const& value, std::size_t& bytes_left) {
    auto const take = [&bytes_left](std::size_t bytes) {
      bool const fits = bytes <= bytes_left;
      bytes_left -= fits ? bytes : 0;
      return fits;
    };
    if (auto const* text = value.if_string()) return take(text->size() + 2);
    if (!take(1)) return false;
    if (auto const* object = value.if_object()) {
      return std::all_of(object->begin(), object->end(), [&](auto const& member) {
        return take(member.key().size() + 3) && may_fit(member.value(), bytes_left);
      });
    }
    auto const* array = value.if_array();
    return array == nullptr ||
           std::all_of(array->begin(), array->end(), [&](auto const& element) { return may_fit(element, bytes_left); });
  }

  /** Calls `what` while `path_` is that of the member or element `token`. */
  template <class What>
  void below(std::string_view token, What what) {
    std::size_t const length = path_.size();
    append_token(path_, token);
    what();
    path_.resize(length);
  }

  /** False when it has come to more by then than a replacement can make up for: each operation has its whole path, so
      that all of them can come to many times what they change. */
  [[nodiscard]] bool compare_members(boost::json::object const& from, boost::json::object const& to,
                                     boost::json::value const& replacement) {
    constexpr std::size_t little = std::size_t{64} << 10U;
    std::size_t const bytes_before = bytes_;
    std::optional<std::size_t> replacement_bytes;
    auto const is_hopeless = [&] {
      std::size_t const bytes = bytes_ - bytes_before;
      if (bytes <= little) return false;
      if (!replacement_bytes) replacement_bytes = print(operation_value("replace", path_, replacement)).size() + 1;
      return bytes / 2 > *replacement_bytes;
    };
    for (auto const& member : from) {
      if (to.contains(member.key())) continue;
      below(member.key(), [&] { push(operation_value("remove", path_)); });
      if (is_hopeless()) return false;
    }
    for (auto const& member : to) {
      below(member.key(), [&] {
        if (auto const* before = from.if_contains(member.key())) {
          compare(*before, member.value());
        } else {
          push(operation_value("add", path_, member.value()));
        }
      });
      if (is_hopeless()) return false;
    }
    return true;
  }

  /** False when so much would be moved that apply() with its own limits would refuse it. */
  [[nodiscard]] bool compare_elements(boost::json::array const& from, boost::json::array const& to) {
    std::size_t const shorter = std::min(from.size(), to.size());
    std::size_t start = 0;
    while (start < shorter && identical(from[start], to[start])) ++start;
    std::size_t tail = 0;
    while (tail < shorter - start && identical(from[from.size() - 1 - tail], to[to.size() - 1 - tail])) ++tail;
    std::size_t const from_end = from.size() - tail;
    std::size_t const to_end = to.size() - tail;

    std::size_t i = start;
    std::size_t j =
        start;  // also the index in the array as it is by then, which is j elements of `to` and those from i
    auto const can_move = [&] {
      std::size_t const moved = from.size() - i;
      work_left_ -= std::min(work_left_, moved);
      return work_left_ != 0;
    };
    for (auto const& [next_i, next_j] : common_elements(from, to, start, from_end, to_end)) {
      for (; i < next_i && j < next_j; ++i, ++j) below(std::to_string(j), [&] { compare(from[i], to[j]); });
      for (; i < next_i; ++i) {
        if (!can_move()) return false;
        below(std::to_string(j), [&] { push(operation_value("remove", path_)); });
      }
      for (; j < next_j; ++j) {
        if (!can_move()) return false;
        below(std::to_string(j), [&] { push(operation_value("add", path_, to[j])); });
      }
      ++i;
      ++j;
    }
    return true;
  }

  /** A text that values have in common when they are the same but for the order of members. */
  static void append_unordered(boost::json::value const& value, std::string& text) {
    if (auto const* object = value.if_object()) {
      std::vector<boost::json::key_value_pair const*> members;
      members.reserve(object->size());
      for (auto const& member : *object) members.push_back(&member);
      std::sort(members.begin(), members.end(), [](auto const* a, auto const* b) { return a->key() < b->key(); });
      text += '{';
      for (auto const* member : members) {
        print_string(member->key(), text);
        append_unordered(member->value(), text);
      }
      text += '}';
    } else if (auto const* array = value.if_array()) {
      text += '[';
      for (auto const& element : *array) {
        append_unordered(element, text);
        text += ',';
      }
      text += ']';
    } else {
      print(value, text);
    }
  }

  /** The indices in both arrays of elements that stay, between `start` and the two ends; the ends come last. */
  static std::vector<std::pair<std::size_t, std::size_t>> common_elements(boost::json::array const& from,
                                                                          boost::json::array const& to,
                                                                          std::size_t start, std::size_t from_end,
                                                                          std::size_t to_end) {
    constexpr std::size_t max_edits = 1'000;  // a few million steps at the most
    std::vector<std::pair<std::size_t, std::size_t>> shared;
    if (start < from_end && start < to_end) {
      std::unordered_map<std::string, std::size_t, inlay::detail::KeyedHash> texts;
      auto const number = [&texts, start](boost::json::array const& array, std::size_t end) {
        std::vector<std::size_t> numbers;
        for (std::size_t i = start; i < end; ++i) {
          std::string text;
          append_unordered(array[i], text);
          numbers.push_back(texts.emplace(std::move(text), texts.size()).first->second);
        }
        return numbers;
      };
      auto const from_numbers = number(from, from_end);
      shared = inlay::detail::common_subsequence(from_numbers, number(to, to_end), max_edits);
    }
    for (auto& [i, j] : shared) {
      i += start;
      j += start;
    }
    shared.emplace_back(from_end, to_end);
    return shared;
  }

  std::string path_;
  boost::json::array operations_;
  std::size_t bytes_ = 0;
  // Half of what apply() may do by its own limits: the rest is for looking at values, and for removed members.
  std::size_t work_left_ = Limits{}.max_bytes * work_per_byte / 2;
};

}  // namespace detail

boost::json::value diff(boost::json::value const& from, boost::json::value const& to) {
  detail::Difference difference;
  difference.compare(from, to);
  return difference.take();
}

}  // namespace inlay::json::json_patch

#endif
