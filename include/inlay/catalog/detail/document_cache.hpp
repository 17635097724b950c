// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_DOCUMENT_CACHE_HPP
#define INLAY_CATALOG_DETAIL_DOCUMENT_CACHE_HPP

#include <inlay/id.hpp>
#include <inlay/json/document.hpp>
#include <inlay/model/integration.hpp>

#include <cstddef>
#include <iterator>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace inlay::detail {

/** Lets every install of an integration, and every reader, share one Document of its config, parsed once.

    Keeps the configs used last, up to a total weight; what is held elsewhere lives on regardless.
*/
class DocumentCache {
 public:
  /** @param max_weight how much it may hold, in bytes, roughly. */
  explicit DocumentCache(std::size_t max_weight = std::size_t{256} << 20U) : max_weight_(max_weight) {}

  /** The Document held for that integration when it has the same text; else the given one, held from now on. */
  Document share(Id<Integration> integration, Document document) {
    // Long texts are compared, and what is dropped is destroyed, where nobody waits for the lock.
    if (auto const held = find(integration); held && *held == document) return *held;
    Entries dropped;
    std::lock_guard const lock(mutex_);
    if (auto const held = held_.find(integration); held != held_.end()) drop(held->second, dropped);
    used_.push_front({integration, document});
    held_.emplace(integration, used_.begin());
    weight_ += weight_of(document);
    while (weight_ > max_weight_ && used_.size() > 1) drop(std::prev(used_.end()), dropped);
    return document;
  }

  /** The Document held for that integration. */
  std::optional<Document> find(Id<Integration> integration) {
    std::lock_guard const lock(mutex_);
    auto const held = held_.find(integration);
    if (held == held_.end()) return std::nullopt;
    used_.splice(used_.begin(), used_, held->second);
    return held->second->document;
  }

 private:
  struct Entry {
    Id<Integration> integration;
    Document document;
  };
  using Entries = std::list<Entry>;

  /** Roughly the bytes of a document, of which its values take most. */
  static std::size_t weight_of(Document const& document) { return 5 * document.text().size() + 1'024; }

  void drop(Entries::iterator entry, Entries& dropped) {
    weight_ -= weight_of(entry->document);
    held_.erase(entry->integration);
    dropped.splice(dropped.begin(), used_, entry);
  }

  std::size_t max_weight_;
  std::mutex mutex_;
  Entries used_;  // the one used last comes first
  std::unordered_map<Id<Integration>, Entries::iterator> held_;
  std::size_t weight_ = 0;
};

}  // namespace inlay::detail

#endif
