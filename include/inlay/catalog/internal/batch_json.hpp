// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_INTERNAL_BATCH_JSON_HPP
#define INLAY_CATALOG_INTERNAL_BATCH_JSON_HPP

// The JSON of a batch's operations and of what they answer, as the REST resource and the program take and give it.

#include <inlay/catalog/batch.hpp>
#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/model/internal/described_json.hpp>
#include <inlay/page_bytes.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

namespace detail {

/** A member of an operation that holds an id, and of which entity that is. */
struct OperationId {
  std::string_view member{};
  bool is_in_row{};  ///< it is a member of the operation's `row`
  std::string_view entity{};
};

/** Where an operation that is written so holds ids of rows that are there, or are made before it; nothing of one that
    is none. */
[[nodiscard]] std::vector<OperationId> ids_in_operation(boost::json::object const& operation);

/** How operations are read. */
struct OperationRules {
  json::Limits limits{};  ///< of the catalogue's documents
  bool forces = false;    ///< one that may undo somebody else's write need not say `"force": true`
};

/** Adds an operation that is written as JSON, such as

        {"op": "install", "row": {"integration_id": …, "environment_id": …}}

    docs/rest.md has all of them.

    @return invalid_argument at the operation's member, for what is no operation; what model::read_new returns of its
    row. Nothing is added then. What else is wrong with it, the batch says when it is committed.
*/
[[nodiscard]] Result<void> add_operation(Batch& batch, boost::json::object const& operation,
                                         OperationRules const& rules);

}  // namespace detail

namespace answers {

/** What an operation of a batch answers. */
struct OperationDone {
  std::optional<Uuid> id{};
  std::optional<Version> version{};
  std::optional<Birth> birth{};
  std::optional<model::JsonWriter> resource{};
  std::optional<bool> created{};
  std::optional<bool> changed{};
  std::optional<model::ListOf<Difference, ConfigDifference>> differences{};
  std::optional<bool> truncated{};
  std::optional<std::size_t> ended{};

  /** @param is_dry_run says what would be different, too. @param page where the resource and the differences go, as
      long as there is room. The answer must live as long. */
  [[nodiscard]] static OperationDone of(BatchAnswer const& answer, bool is_dry_run, PageBytes& page);
};
BOOST_DESCRIBE_STRUCT(OperationDone, (),
                      (id, version, birth, resource, created, changed, differences, truncated, ended))

/** What a batch answers, to whom the store's revisions may be nothing. */
struct BatchDone {
  bool changed{};
  model::JsonWriter result{};

  [[nodiscard]] static BatchDone of(CommittedBatch const& done, bool is_dry_run);
};
BOOST_DESCRIBE_STRUCT(BatchDone, (), (changed, result))

}  // namespace answers

}  // namespace inlay

#endif
