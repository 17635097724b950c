// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_CHANGES_HPP
#define INLAY_STORAGE_CHANGES_HPP

#include <inlay/id.hpp>
#include <inlay/json/document.hpp>
#include <inlay/revision.hpp>
#include <inlay/timestamp.hpp>

#include <boost/describe/enum.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace inlay {

enum class ChangeKind { inserted, updated, removed };
BOOST_DESCRIBE_ENUM(ChangeKind, inserted, updated, removed)

/** What a commit did to one row. */
struct ChangeRecord {
  std::string entity{};  ///< the entity's name, e.g. "environment_integration"
  Uuid id{};
  ChangeKind kind{};
  std::optional<Document> before{};  ///< the whole row as JSON; absent for an inserted one
  std::optional<Document> after{};   ///< the whole row as JSON; absent for a removed one

  friend bool operator==(ChangeRecord const&, ChangeRecord const&) = default;
};

/** One commit, as the change log keeps it. */
struct CommitRecord {
  Revision revision{};
  Uuid token{};
  std::string actor{};
  std::optional<std::string> reason{};
  Timestamp time{};
  std::vector<ChangeRecord> changes{};  ///< in the commit's order

  friend bool operator==(CommitRecord const&, CommitRecord const&) = default;
};

/** Which part of the change log to read. */
struct ChangesRequest {
  Revision after{};         ///< commits with a greater revision
  std::size_t limit = 100;  ///< commits at most, 1 to 1,000

  /** Only what happened to one row, and the commits in which it did. */
  struct Row {
    std::string entity{};
    Uuid id{};
  };
  std::optional<Row> row{};
};

/** Some commits, oldest first. */
struct ChangePage {
  std::vector<CommitRecord> commits{};
  Revision through{};  ///< everything up to here is in this page or before it: ask after this next
  bool has_more{};     ///< whether there was more when this was read
};

/** Forget the change log up to and including a revision; rows stay as they are. */
struct CompactRequest {
  Revision through{};
};

}  // namespace inlay

#endif
