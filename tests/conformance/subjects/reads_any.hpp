// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFORMANCE_SUBJECTS_READS_ANY_HPP
#define INLAY_CONFORMANCE_SUBJECTS_READS_ANY_HPP

// Stores whose reads may be any server's, each handle of which is told what the others of its store have committed.

#include <inlay/storage/repository.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace inlay::conformance {

/** The highest revision that any handle of a store was told: what processes would tell each other. */
class Told {
 public:
  void tell(Revision revision) {
    std::scoped_lock const lock(mutex_);
    revision_ = std::max(revision_, revision);
  }
  void forget() {
    std::scoped_lock const lock(mutex_);
    revision_ = {};
  }
  [[nodiscard]] Revision revision() const {
    std::scoped_lock const lock(mutex_);
    return revision_;
  }

 private:
  mutable std::mutex mutex_;
  Revision revision_{};
};

/** A store all of whose reads may be anybody's. */
class ReadsAny final : public RepositoryFrom<ReadsAny> {
 public:
  ReadsAny(std::shared_ptr<Repository> store, std::shared_ptr<Told> told)
      : store_(std::move(store)), told_(std::move(told)) {}

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> request) const {
    request.from = ReadFrom::any;
    request.at_least = told_->revision();
    return store_->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> query) const {
    query.from = ReadFrom::any;
    query.at_least = told_->revision();
    return store_->list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    auto committed = store_->commit(commit);
    if (committed) told_->tell(committed->revision);
    return committed;
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return store_->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return store_->compact(request); }
  Result<Usage> usage(UsageRequest const& request) const override { return store_->usage(request); }
  Result<Revision> revision() const override { return store_->revision(); }
  Result<StoreState> state() const override { return store_->state(); }
  Result<void> snapshot(SnapshotRequest const& request) const override {
    auto any = request;
    any.from = ReadFrom::any;
    any.at_least = told_->revision();
    return store_->snapshot(any);
  }
  Result<void> dump(DumpRequest const& request) const override { return store_->dump(request); }
  Result<void> restore(RestoreRequest const& request) override {
    auto restored = store_->restore(request);
    told_->forget();
    if (restored) {
      if (auto const revision = store_->revision()) told_->tell(*revision);
    }
    return restored;
  }
  Result<void> vacuum() override { return store_->vacuum(); }
  Capabilities const& capabilities() const noexcept override { return store_->capabilities(); }

 private:
  std::shared_ptr<Repository> store_;
  std::shared_ptr<Told> told_;
};

/** What the handles of each store were told. */
class ToldOfStores {
 public:
  /** The store, all of whose reads are any server's from now on. @param name which store it is. */
  [[nodiscard]] std::shared_ptr<Repository> reads_any(std::shared_ptr<Repository> store, std::string const& name) {
    std::scoped_lock const lock(mutex_);
    auto& told = told_[name];
    if (!told) told = std::make_shared<Told>();
    return std::make_shared<ReadsAny>(std::move(store), told);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Told>> told_;
};

}  // namespace inlay::conformance

#endif
