// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_INTERNAL_RESTORED_LOG_HPP
#define INLAY_STORAGE_INTERNAL_RESTORED_LOG_HPP

#include <inlay/storage/chain.hpp>
#include <inlay/storage/transfer.hpp>

namespace inlay::storage {

/** The log of a store that is filled with records: the moments and the chain that they tell, or, where they tell none
    (of format 1, or of a backend that keeps none), those that the commits come to in their order. */
class RestoredLog {
 public:
  RestoredLog() = default;
  explicit RestoredLog(StoreHeader const& header) : header_(header), last_(header.compacted()) {}

  /** To be called with each commit, oldest first. @return where the log ends with it. */
  [[nodiscard]] LogEnd next(CommitRecord const& commit) {
    if (header_.store_id.is_nil()) {
      last_.revision.value = commit.revision.value - 1;  // not the next number, where one was left out
      last_ = next_end(last_, commit.token, commit.time, commit.time, content_digest(commit));
    } else {
      last_ = {.revision = commit.revision, .token = commit.token, .moment = commit.moment, .chain = commit.chain};
    }
    return last_;
  }

  /** What the store is after the last of them. Its id is nil where the records tell none. */
  [[nodiscard]] StoreState state() const {
    StoreState state{.store_id = header_.store_id, .newest = header_.newest(), .compacted = header_.compacted()};
    if (!header_.store_id.is_nil()) return state;
    state.newest = last_;
    if (last_.revision != header_.revision) state.newest.token = {};
    state.newest.revision = header_.revision;
    return state;
  }

 private:
  StoreHeader header_{};
  LogEnd last_{};
};

}  // namespace inlay::storage

#endif
