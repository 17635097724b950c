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
  std::optional<model::PreciseTime> moment{};  // where the store keeps them
  std::string_view actor{};
  std::optional<std::string_view> reason{};
  Changes changes{};

  [[nodiscard]] static Commit of(CommitRecord const& commit) {
    return {.revision = commit.revision,
            .time = commit.time,
            .moment = commit.moment != Timestamp{} ? std::optional(model::PreciseTime{commit.moment}) : std::nullopt,
            .actor = commit.actor,
            .reason = commit.reason,
            .changes = {commit.changes}};
  }
};
BOOST_DESCRIBE_STRUCT(Commit, (), (revision, time, moment, actor, reason, changes))

/** A page of the change log, or of a row's history. */
struct ChangePage {
  model::ListOf<Commit, CommitRecord> result{};
  Revision through{};
  bool has_more{};
  std::string cursor{};  ///< of `through`

  [[nodiscard]] static ChangePage of(inlay::ChangePage const& page) {
    return {{page.commits}, page.through, page.has_more, page.through.text()};
  }
};
BOOST_DESCRIBE_STRUCT(ChangePage, (), (result, through, has_more, cursor))

/** A commit as an export has it: nothing is lost. */
struct WholeCommit {
  Revision revision{};
  Uuid token{};
  std::string_view actor{};
  std::optional<std::string_view> reason{};
  model::PreciseTime time{};
  std::optional<model::PreciseTime> moment{};  // where the store keeps them
  std::optional<Digest> chain{};
  Changes changes{};

  [[nodiscard]] static WholeCommit of(CommitRecord const& commit) {
    bool const is_chained = commit.moment != Timestamp{};
    return {.revision = commit.revision,
            .token = commit.token,
            .actor = commit.actor,
            .reason = commit.reason,
            .time = {commit.time},
            .moment = is_chained ? std::optional(model::PreciseTime{commit.moment}) : std::nullopt,
            .chain = is_chained ? std::optional(commit.chain) : std::nullopt,
            .changes = {commit.changes}};
  }
};
BOOST_DESCRIBE_STRUCT(WholeCommit, (), (revision, token, actor, reason, time, moment, chain, changes))

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
  std::optional<Uuid> store_id{};  // without it, there is none of what is optional here
  Revision revision{};
  std::optional<Uuid> token{};
  std::optional<model::PreciseTime> moment{};
  std::optional<Digest> chain{};
  Revision compacted_through{};
  std::optional<Uuid> compacted_token{};
  std::optional<model::PreciseTime> compacted_moment{};
  std::optional<Digest> compacted_chain{};
  model::JsonWriter rows{};
  std::size_t commits{};

  [[nodiscard]] static HeaderLine of(StoreHeader const& header) {
    HeaderLine line{.inlay_format = header.format,
                    .revision = header.revision,
                    .compacted_through = header.compacted_through,
                    .rows = RowCounts{&header},
                    .commits = header.commits};
    if (header.store_id.is_nil()) return line;
    line.store_id = header.store_id;
    if (!header.token.is_nil()) line.token = header.token;
    line.moment = model::PreciseTime{header.moment};
    line.chain = header.chain;
    if (!header.compacted_token.is_nil()) line.compacted_token = header.compacted_token;
    line.compacted_moment = model::PreciseTime{header.compacted_moment};
    line.compacted_chain = header.compacted_chain;
    return line;
  }
};
BOOST_DESCRIBE_STRUCT(HeaderLine, (),
                      (inlay_format, store_id, revision, token, moment, chain, compacted_through, compacted_token,
                       compacted_moment, compacted_chain, rows, commits))

}  // namespace inlay::answers

#endif
