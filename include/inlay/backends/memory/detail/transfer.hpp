// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_TRANSFER_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_TRANSFER_HPP

// A whole store in memory as records, and back.

#include <inlay/model/json_form.hpp>
#include <inlay/storage/transfer.hpp>

#include <inlay/backends/memory/detail/change_log.hpp>
#include <inlay/backends/memory/detail/table.hpp>

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::memory {

using Tables = boost::mp11::mp_rename<boost::mp11::mp_transform<Table, model::Entities>, std::tuple>;

/** Everything that a store holds, as it was at one moment: pointers to rows and commits that never change. */
class Snapshot {
 public:
  /** To be called while the store's lock is held. */
  Snapshot(Tables const& tables, ChangeLog const& log) : commits_(log.all()) {
    header_ = StoreHeader::of(log.state());
    header_.commits = commits_.size();
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      auto const& all = std::get<Table<Entity>>(tables).all();
      auto& rows = std::get<Rows<Entity>>(rows_);
      rows.reserve(all.size());
      for (auto const& [place, row] : all) rows.push_back(row);
      header_.rows[model::entity_number<Entity>] = rows.size();
    });
  }

  [[nodiscard]] Result<void> give(RecordSink const& sink) const {
    if (auto const taken = sink(header_); !taken) return taken.error();
    Result<void> result;
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      for (auto const& row : std::get<Rows<Entity>>(rows_)) {
        if (!result) return;
        result = sink(*row);
      }
    });
    for (auto const& commit : commits_) {
      if (!result) return result;
      result = sink(commit->record({}));
    }
    return result;
  }

 private:
  template <class Entity>
  using Rows = std::vector<Row<Entity>>;

  StoreHeader header_;
  boost::mp11::mp_rename<boost::mp11::mp_transform<Rows, model::Entities>, std::tuple> rows_;
  std::vector<std::shared_ptr<LoggedCommit const>> commits_;
};

/** A commit that was logged by another store, as this one's log keeps it: the rows stay the JSON that they came as.
    `end`: where the log ends with it. */
[[nodiscard]] inline std::shared_ptr<LoggedCommit const> logged(CommitRecord const& commit, LogEnd const& end) {
  auto const keep = [](std::optional<Document> const& row) -> std::shared_ptr<void const> {
    return row ? std::make_shared<Document const>(*row) : nullptr;
  };
  auto const text_of = [](void const* row) { return std::string(static_cast<Document const*>(row)->text()); };

  auto own = std::make_shared<LoggedCommit>();
  own->revision = commit.revision;
  own->token = commit.token;
  own->actor = commit.actor;
  own->reason = commit.reason;
  own->time = commit.time;
  own->moment = end.moment;
  own->chain = end.chain;
  for (ChangeRecord const& change : commit.changes) {
    std::string_view entity;
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      if (change.entity == Entity::entity_name) entity = Entity::entity_name;
    });
    own->changes.push_back({entity, change.id, change.kind, keep(change.before), keep(change.after), text_of});
  }
  return own;
}

}  // namespace inlay::memory

#endif
