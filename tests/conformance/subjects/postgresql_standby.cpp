// SPDX-License-Identifier: BSL-1.0
// Stores whose reads may be a standby's, each of which is told what the others of its store have committed.
#include "server.hpp"

#include <inlay/backends/postgresql.hpp>
#include <inlay/conformance/conformance.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace inlay::conformance {
namespace {

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

}  // namespace
}  // namespace inlay::conformance

inlay::conformance::Subject inlay::conformance::subject() {
  static std::string const servers = server_url("INLAY_TEST_STANDBY_URL");
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Told>> told;
  return {
      .name = "postgresql with reads=any",
      .new_store = [] { return with_new_prefix(servers + "?reads=any"); },
      .open = [](std::string const& url) -> Result<std::shared_ptr<Repository>> {
        auto store = Backends{}.add(postgresql_backend()).open(url);
        if (!store) return store;
        std::scoped_lock const lock(mutex);
        auto& of_store = told[url];
        if (!of_store) of_store = std::make_shared<Told>();
        return std::shared_ptr<Repository>(std::make_shared<ReadsAny>(std::move(*store), of_store));
      },
      .capabilities = {.backend = "postgresql",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_count = true},
      .drop =
          [](std::string const& url) {
            static std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(
                PQconnectdb((servers + "?target_session_attrs=primary").c_str()), &PQfinish);
            std::string statement = "set client_min_messages = error; drop table if exists ";
            for (std::string const& table : tables_of(url)) statement += '"' + table + "\", ";
            statement.resize(statement.size() - 2);
            PQclear(PQexec(connection.get(), statement.c_str()));
          },
  };
}
