// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_COUNTING_STORE_HPP
#define INLAY_TESTS_SUPPORT_COUNTING_STORE_HPP

#include <inlay/backends/memory.hpp>
#include <inlay/storage/backends.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace inlay::test {

/** A store in memory that notes how often it was asked how much a team has, and lets others in before a commit. */
class CountingStore final : public RepositoryFrom<CountingStore> {
 public:
  std::function<void(Commit const&)> before_commit{};
  bool can_count = true;

  [[nodiscard]] int counts() const { return counts_; }

  /** The store itself, which notes nothing. */
  [[nodiscard]] Repository const& inside() const { return *store_; }

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    return store_->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    return store_->list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    if (before_commit) before_commit(commit);
    return store_->commit(commit);
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return store_->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return store_->compact(request); }
  Result<Revision> revision() const override { return store_->revision(); }
  Result<Usage> usage(UsageRequest const& request) const override {
    ++counts_;
    return can_count ? store_->usage(request) : Repository::usage(request);
  }
  Capabilities const& capabilities() const noexcept override { return store_->capabilities(); }

 private:
  std::shared_ptr<Repository> store_ = Backends().add(memory_backend()).open("memory:").value();
  mutable std::atomic<int> counts_{0};
};

}  // namespace inlay::test

#endif
