// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_BATCH_RUN_HPP
#define INLAY_CATALOG_DETAIL_BATCH_RUN_HPP

// One try to do the operations of a batch.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/draft.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/error.hpp>
#include <inlay/json/document.hpp>
#include <inlay/model/references.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/timestamp.hpp>

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

namespace inlay::detail {

/** How much of a page differences take. */
[[nodiscard]] inline std::size_t byte_count(std::vector<ConfigDifference> const& differences) noexcept {
  std::size_t bytes = 0;
  for (ConfigDifference const& one : differences) {
    bytes += one.pointer.size() + (one.before ? one.before->size() : 0) + (one.after ? one.after->size() : 0);
  }
  return bytes;
}

/** The operations of a batch, done on a draft of the store, and what of it is committed. */
class BatchRun {
 public:
  BatchRun(CatalogSession const& session, BatchOptions const& options);

  /** Does them all. @param lost how many tries before have lost their races. @return the answer; lost where the store
      has changed meanwhile. */
  [[nodiscard]] Tried<CommittedBatch> run(std::vector<BatchOperation> const& operations, int lost);

  // ---- for operations

  /** The catalogue for the same caller, over the draft. */
  [[nodiscard]] Catalog const& catalog() const noexcept { return catalog_; }

  [[nodiscard]] bool is_dry_run() const noexcept { return is_dry_run_; }

  /** The id of the row that this one stands for: mostly itself. */
  template <class Entity>
  [[nodiscard]] Id<Entity> meant(Id<Entity> id) const {
    auto const place = stands_for_.find(id.uuid);
    return place == stands_for_.end() ? id : Id<Entity>{place->second};
  }

  /** The row, which references what is meant. */
  template <class Entity>
  [[nodiscard]] Entity meant(Entity row) const {
    model::for_each_reference<Entity>([&](model::Reference const&, auto member) {
      if constexpr (requires { (row.*member).uuid; }) row.*member = meant(row.*member);
    });
    return row;
  }

  /** From now on, an id that no row has got stands for that of another row. */
  void stand_for(Uuid const& planned, Uuid const& found) {
    if (planned != found) stands_for_.insert_or_assign(planned, found);
  }

  /** How much was written by now; as much as before where nothing was. */
  [[nodiscard]] std::size_t bytes_written() const noexcept { return draft_->bytes(); }

  /** What was found to be so already, is to be so when the rest is committed. */
  template <class Entity>
  [[nodiscard]] Result<void> hold(Entity const& row) {
    bytes_held_ += document_bytes(row, Query<Entity>{});
    return draft_->hold(Guard<Entity>(row));
  }

 private:
  void read_ahead(std::vector<BatchOperation> const& operations, std::size_t first);
  [[nodiscard]] Result<void> check_size() const;
  void keep_small(BatchAnswer& answer);
  [[nodiscard]] Tried<CommittedBatch> write(CommittedBatch done, int lost) const;
  void settle(CommittedBatch& done) const;

  CatalogSession const& session_;
  bool is_dry_run_;
  Timestamp time_;
  std::shared_ptr<Uuid> next_id_ = std::make_shared<Uuid>();  // what the drafted catalogue calls its next row
  std::shared_ptr<Draft> draft_;
  Catalog catalog_;
  std::unordered_map<Uuid, Uuid> stands_for_;
  std::size_t bytes_held_ = 0;  // of documents that answers keep, though nothing is changed there
  std::unordered_map<Id<Integration>, Document> configs_;  // which answers have in common
  PageBytes differences_;                                  // of all answers together
};

}  // namespace inlay::detail

#endif
