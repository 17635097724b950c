// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_INTERNAL_CHANGE_JSON_HPP
#define INLAY_STORAGE_INTERNAL_CHANGE_JSON_HPP

// The JSON of commits and of records (described_json.hpp): for callers, and in an export.

#include <inlay/model/internal/described_json.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/transfer.hpp>

#include <boost/describe/class.hpp>

namespace inlay::answers {

struct Change {
  std::string_view entity{};
  Uuid id{};
  ChangeKind kind{};
  std::optional<model::JsonText> before{};
  std::optional<model::JsonText> after{};

  [[nodiscard]] static Change of(ChangeRecord const& change) {
    return {change.entity, change.id, change.kind, model::JsonText::of(change.before),
            model::JsonText::of(change.after)};
  }
};
BOOST_DESCRIBE_STRUCT(Change, (), (entity, id, kind, before, after))

using Changes = model::ListOf<Change, ChangeRecord>;

/** A commit as callers see it. */
struct Commit {
  Revision revision{};
  Timestamp time{};
  std::string_view actor{};
  std::optional<std::string_view> reason{};
  Changes changes{};

  [[nodiscard]] static Commit of(CommitRecord const& commit) {
    return {commit.revision, commit.time, commit.actor, commit.reason, {commit.changes}};
  }
};
BOOST_DESCRIBE_STRUCT(Commit, (), (revision, time, actor, reason, changes))

/** A page of the change log, or of a row's history. */
struct ChangePage {
  model::ListOf<Commit, CommitRecord> result{};
  Revision through{};
  bool has_more{};

  [[nodiscard]] static ChangePage of(inlay::ChangePage const& page) {
    return {{page.commits}, page.through, page.has_more};
  }
};
BOOST_DESCRIBE_STRUCT(ChangePage, (), (result, through, has_more))

/** A commit as an export has it: nothing is lost. */
struct WholeCommit {
  Revision revision{};
  Uuid token{};
  std::string_view actor{};
  std::optional<std::string_view> reason{};
  model::PreciseTime time{};
  Changes changes{};

  [[nodiscard]] static WholeCommit of(CommitRecord const& commit) {
    return {commit.revision, commit.token, commit.actor, commit.reason, {commit.time}, {commit.changes}};
  }
};
BOOST_DESCRIBE_STRUCT(WholeCommit, (), (revision, token, actor, reason, time, changes))

/** The line of an export that is a commit. */
struct CommitLine {
  WholeCommit commit{};
};
BOOST_DESCRIBE_STRUCT(CommitLine, (), (commit))

/** The line of an export that is a row. */
struct RowLine {
  std::string_view entity{};
  Revision revision{};
  model::JsonWriter row{};
};
BOOST_DESCRIBE_STRUCT(RowLine, (), (entity, revision, row))

/** How many rows there are of each entity: `{"team": 1, …}`. */
struct RowCounts {
  StoreHeader const* header = nullptr;

  void operator()(std::string& out) const {
    out += '{';
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      model::detail::write_name(Entity::entity_name, out);
      out += std::to_string(header->rows[model::entity_number<Entity>]);
    });
    out += '}';
  }
};

/** The first line of an export. */
struct HeaderLine {
  std::int64_t inlay_format{};
  Revision revision{};
  Revision compacted_through{};
  model::JsonWriter rows{};
  std::size_t commits{};

  [[nodiscard]] static HeaderLine of(StoreHeader const& header) {
    return {header.format, header.revision, header.compacted_through, RowCounts{&header}, header.commits};
  }
};
BOOST_DESCRIBE_STRUCT(HeaderLine, (), (inlay_format, revision, compacted_through, rows, commits))

}  // namespace inlay::answers

#endif
