// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_INTERNAL_ANSWER_JSON_HPP
#define INLAY_CATALOG_INTERNAL_ANSWER_JSON_HPP

// The JSON of what the catalogue's calls return (described_json.hpp), as the REST resource and the program give it.
// What is a row has its own (model/json_form.hpp); commits have theirs in storage/internal/change_json.hpp.

#include <inlay/config/effective_config.hpp>
#include <inlay/error.hpp>
#include <inlay/model/internal/described_json.hpp>

#include <boost/describe/class.hpp>

namespace inlay::answers {

/** What a layer says of a place: a value, or that there is none. */
struct Contribution {
  std::string_view layer{};
  std::optional<model::JsonText> value{};
  std::optional<model::True> removed{};

  [[nodiscard]] static Contribution of(inlay::Contribution const& contribution) {
    return {contribution.layer, model::JsonText::of(contribution.json),
            contribution.json ? std::nullopt : std::optional(model::True())};
  }
};
BOOST_DESCRIBE_STRUCT(Contribution, (), (layer, value, removed))

struct Leaf {
  std::string_view pointer{};
  model::Inlined<Contribution> winner{};
  model::ListOf<Contribution, inlay::Contribution> shadows{};

  [[nodiscard]] static Leaf of(LeafOrigin const& leaf) {
    return {leaf.pointer, {Contribution::of(leaf.winner)}, {leaf.shadowed}};
  }
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (pointer, winner, shadows))

using Leaves = model::ListOf<Leaf, LeafOrigin>;
using NextCursor = model::Nullable<std::string>;

[[nodiscard]] inline NextCursor next_cursor_of(inlay::Explanation const& explanation) {
  return {explanation.next ? std::optional(to_string(*explanation.next)) : std::nullopt};
}

/** A page of an explanation, where that is the whole answer. */
struct Explanation {
  Leaves result{};
  NextCursor next_cursor{};

  [[nodiscard]] static Explanation of(inlay::Explanation const& explanation) {
    return {{explanation.leaves}, next_cursor_of(explanation)};
  }
};
BOOST_DESCRIBE_STRUCT(Explanation, (), (result, next_cursor))

struct Difference {
  std::string_view pointer{};
  std::optional<model::JsonText> before{};
  std::optional<model::JsonText> after{};

  [[nodiscard]] static Difference of(ConfigDifference const& difference) {
    return {difference.pointer, model::JsonText::of(difference.before), model::JsonText::of(difference.after)};
  }
};
BOOST_DESCRIBE_STRUCT(Difference, (), (pointer, before, after))

/** What an update would do. */
struct Preview {
  model::JsonWriter resource{};
  bool changed{};
  model::ListOf<Difference, ConfigDifference> differences{};
  bool truncated{};
};
BOOST_DESCRIBE_STRUCT(Preview, (), (resource, changed, differences, truncated))

/** A page of a list of resources. */
struct Page {
  model::JsonWriter result{};
  NextCursor next_cursor{};
  std::size_t limit{};
};
BOOST_DESCRIBE_STRUCT(Page, (), (result, next_cursor, limit))

/** A row that was removed. */
struct Removed {
  Uuid id{};
};
BOOST_DESCRIBE_STRUCT(Removed, (), (id))

/** How many installs of other teams were ended. */
struct EndedInstalls {
  std::size_t ended{};
};
BOOST_DESCRIBE_STRUCT(EndedInstalls, (), (ended))

/** What an error says beside its kind and its message, to those who branch on it. */
struct ErrorFacts {
  std::optional<std::string> pointer{};
  std::optional<Version> current_version{};
  std::optional<std::string_view> outcome{};  ///< absent: not_done

  /** @param in_utf8 makes a pointer into UTF-8, since it may repeat what was no UTF-8 when it came. */
  template <class InUtf8>
  [[nodiscard]] static ErrorFacts of(Error const& error, InUtf8 const& in_utf8) {
    return {error.pointer ? std::optional<std::string>(in_utf8(*error.pointer)) : std::nullopt, error.current_version,
            error.outcome != Outcome::not_done ? std::optional(to_string(error.outcome)) : std::nullopt};
  }
};
BOOST_DESCRIBE_STRUCT(ErrorFacts, (), (pointer, current_version, outcome))

}  // namespace inlay::answers

#endif
