// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_LEAST_RECENTLY_USED_HPP
#define INLAY_BACKENDS_SQL_LEAST_RECENTLY_USED_HPP

#include <inlay/ground/internal/keyed_hash.hpp>

#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace inlay::sql {

/** Values by text, of which those used last are kept, up to a total of bytes. */
template <class Value>
class LeastRecentlyUsed {
 public:
  explicit LeastRecentlyUsed(std::size_t max_bytes) noexcept : max_bytes_(max_bytes) {}

  /** The value kept under that text, which is used by this; nullptr when there is none. */
  [[nodiscard]] Value* find(std::string_view text) {
    auto const found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second);
    return &found->second->value;
  }

  /** Keeps a value under a text that has none. The one that was put last stays, however large it is. */
  Value& put(std::string text, Value value, std::size_t bytes) {
    used_.push_front({std::move(text), std::move(value), bytes});
    by_text_.emplace(used_.front().text, used_.begin());
    bytes_ += bytes;
    while (bytes_ > max_bytes_ && used_.size() > 1) drop(std::prev(used_.end()));
    return used_.front().value;
  }

  void erase(std::string_view text) {
    if (auto const found = by_text_.find(text); found != by_text_.end()) drop(found->second);
  }

  [[nodiscard]] std::size_t size() const noexcept { return used_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    std::string text;
    Value value;
    std::size_t bytes;
  };
  using Entries = std::list<Entry>;

  void drop(typename Entries::iterator entry) {
    bytes_ -= entry->bytes;
    by_text_.erase(entry->text);
    used_.erase(entry);
  }

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  Entries used_;  // the one used last comes first
  std::unordered_map<std::string_view, typename Entries::iterator, inlay::detail::KeyedHash> by_text_;
};

}  // namespace inlay::sql

#endif
