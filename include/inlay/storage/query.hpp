// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_QUERY_HPP
#define INLAY_STORAGE_QUERY_HPP

#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/storage/change_cursor.hpp>
#include <inlay/storage/condition.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/scope.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inlay {

/** Where a field of a Readable lies: which part of the read model (0 for an entity) and which of its members. The rows
    beside those that are read are further parts (model::FilterParts). */
struct FieldPlace {
  std::size_t part{};
  std::size_t index{};
  model::Field field{};
};

// The second parameters of templates are always what they are: so that only a source that calls these compiles them.

/** The field that a filter names.

    A row's own fields are named without a prefix ("is_enabled"), those of a row that it references with one
    ("integration.name", "integration.team.name"). What is read can be named so, and a few rows beside it: of an install
    its environment and that one's team ("environment.name", "environment.team.name"), of an environment its team
    ("team.name").

    @return invalid_argument naming the fields there are, when there is no such field or it cannot be filtered by.
*/
template <class Readable, class Place = FieldPlace>
[[nodiscard]] Result<Place> find_filter_field(std::string_view path);

/** Reads a condition as lists take it: `field=value` or `field[op]=value`.

    `in` takes comma separated values; a comma or backslash inside one is written `\,` or `\\`. Times are RFC 3339.

    @return invalid_argument for an unknown field or operator, or a value that is not of the field's type.
*/
template <class Readable, class Parsed = Condition>
[[nodiscard]] Result<Parsed> parse_condition(std::string_view text);

/** Checks that a condition names a field there is, and has values of its type and as many as its operator takes.

    @return invalid_argument otherwise.
*/
template <class Readable, class Place = FieldPlace>
[[nodiscard]] Result<Place> check_condition(Condition const& condition);

/** The place in the order of lists, (created_at, id), after which a page starts. */
struct Cursor {
  Timestamp created_at{};
  Uuid id{};

  friend auto operator<=>(Cursor const&, Cursor const&) = default;
};

/** An opaque text for a cursor: base64url (RFC 4648, section 5) with a check sum. */
[[nodiscard]] std::string to_string(Cursor const& cursor);

/** Reads what to_string gave.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<Cursor> parse_cursor(std::string_view text);

/** Which of a store's servers may answer a read. */
enum class ReadFrom {
  primary,  ///< the one that takes the writes
  any,      ///< one that follows it, too; see Repository
};

/** Which rows to list: those that meet all conditions, in the order (created_at, id), after the cursor. */
template <class Readable>
struct Query {
  std::vector<Condition> where{};
  std::size_t limit = 25;  ///< rows at most, 1 to max_limit; documents may end a page earlier (max_page_bytes)
  std::optional<Cursor> after{};

  /** Only rows that it lets through, as if there were no others. */
  Scope scope{};

  /** Whether an entity, or the first part of a read model, brings its documents; without, an integration's config and
      an install's override, whether there is one or not, read as Document::left_out(). */
  bool with_documents = true;

  /** Whether a read model's further parts bring their documents; without, an integration's config reads as {}. */
  bool with_nested_documents = true;

  /** Whether the page's revision is a whole cursor: with the store and the token, where the backend has them. For who
      follows the changes from there. */
  bool with_cursor = false;

  ReadFrom from = ReadFrom::primary;
  Revision at_least{};  ///< what is read must have come as far, where it is known that the store has

  /** Whether that part brings its documents. */
  [[nodiscard]] bool brings_documents(std::size_t part) const noexcept {
    return part == 0 ? with_documents : with_nested_documents;
  }

  static constexpr std::size_t max_limit = 1'000;
  static constexpr std::size_t max_conditions = 100;
  static constexpr std::size_t max_values = 10'000;  ///< of all conditions together
};

/** Checks a query that a store was given: its limit, how many conditions and values it has, and each condition as
    check_condition does; none is on a row beside those that are read (conditions_into_scope()). The scope is the
   store's to check.

    @return where the field of each condition lies, in their order; invalid_argument.
*/
template <class Readable, class Place = FieldPlace>
[[nodiscard]] Result<std::vector<Place>> check_query(Query<Readable> const& query);

/** The query with its conditions on rows beside those that are read as part of its scope, which says the same: so a
    store needs to know nothing of them. RepositoryFrom does it.

    @return nothing where there are no such conditions; invalid_argument where check_query would be.
*/
template <class Readable>
[[nodiscard]] Result<std::optional<Query<Readable>>> conditions_into_scope(Query<Readable> const& query);

/** How many bytes the documents come to that a query brings of a row: what a page is bounded by. One that several rows
    have in common counts for each of them, and one that was not asked for does not count. */
template <class Readable>
[[nodiscard]] std::size_t document_bytes(Readable const& readable, Query<Readable> const& query);

/** Some rows of a list: at least one, unless there is none. */
template <class Readable>
struct Page {
  std::vector<Readable> items{};
  std::optional<Cursor> next{};  ///< where the next page starts; absent: this was the last
  ChangeCursor revision{};       ///< the state of the store that was read: changes after it are not in the page
};

/** Which row to read. */
template <class Readable>
struct FindRequest {
  Id<model::Root<Readable>> id{};
  bool with_installed_in = false;  ///< for a read model of an integration: fill `installed_in`

  /** Only a row that it lets through; any other is not_found. */
  Scope scope{};

  /** Of the environments in `installed_in`, only those that it lets through. */
  Scope installed_in_scope{};

  ReadFrom from = ReadFrom::primary;
  Revision at_least{};  ///< as in a Query
};

/** Which row to read, by what people call it (model::named_key): an environment or an integration by its team and its
    name, an install by its environment and the name of its integration. */
template <class Readable>
struct NamedRequest {
  Uuid within{};            ///< the team's id, or the environment's
  std::string_view name{};  ///< must outlive the call
  ReadFrom from = ReadFrom::primary;
  Revision at_least{};  ///< as in a Query
};

}  // namespace inlay

#include <inlay/storage/impl/query.hpp>

#endif
