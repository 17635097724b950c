// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_COUNTING_STORE_HPP
#define INLAY_TESTS_SUPPORT_COUNTING_STORE_HPP

#include <inlay/backends/memory.hpp>
#include <inlay/storage/backends.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>

namespace inlay::test {

/** A store in memory that notes what it was asked, and lets others in before and after a commit. */
class CountingStore final : public RepositoryFrom<CountingStore> {
 public:
  std::function<void(Commit const&)> before_commit{};
  std::function<void(Commit const&)> after_commit{};
  bool can_count = true;

  /** How often it was asked for what. */
  struct Asks {
    int finds{};            ///< for a row
    int environment_ids{};  ///< for the environments that an integration is installed in, with a row
    int lists{};
    int commits{};

    friend Asks operator-(Asks const& a, Asks const& b) {
      return {.finds = a.finds - b.finds,
              .environment_ids = a.environment_ids - b.environment_ids,
              .lists = a.lists - b.lists,
              .commits = a.commits - b.commits};
    }
    friend bool operator==(Asks const&, Asks const&) = default;
    friend std::ostream& operator<<(std::ostream& out, Asks const& asked) {
      return out << asked.finds << " finds, " << asked.environment_ids << " of them with environments, " << asked.lists
                 << " lists, " << asked.commits << " commits";
    }
  };

  /** How often it was asked for rows, and to commit. */
  [[nodiscard]] Asks asked() const {
    return {.finds = finds_, .environment_ids = environment_ids_, .lists = lists_, .commits = commits_};
  }

  /** How often it was asked how much a team has. */
  [[nodiscard]] int counts() const { return counts_; }

  /** The store itself, which notes nothing. */
  [[nodiscard]] Repository const& inside() const { return *store_; }

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    ++finds_;
    if constexpr (requires(Readable readable) { readable.installed_in; }) environment_ids_ += request.with_installed_in;
    return store_->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    ++lists_;
    return store_->list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    if (before_commit) before_commit(commit);
    ++commits_;
    auto committed = store_->commit(commit);
    if (after_commit) after_commit(commit);
    return committed;
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return store_->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return store_->compact(request); }
  Result<Revision> revision() const override { return store_->revision(); }
  Result<StoreState> state() const override { return store_->state(); }
  Result<Usage> usage(UsageRequest const& request) const override {
    ++counts_;
    return can_count ? store_->usage(request) : Repository::usage(request);
  }
  Capabilities const& capabilities() const noexcept override { return store_->capabilities(); }

 private:
  std::shared_ptr<Repository> store_ = Backends().add(memory_backend()).open("memory:").value();
  mutable std::atomic<int> finds_{0};
  mutable std::atomic<int> environment_ids_{0};
  mutable std::atomic<int> lists_{0};
  mutable std::atomic<int> commits_{0};
  mutable std::atomic<int> counts_{0};
};

}  // namespace inlay::test

#endif
