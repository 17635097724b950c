// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_CHANGE_OF_HPP
#define INLAY_MODEL_CHANGE_OF_HPP

// What typed changes of entities are made of: `catalog.update(id, {.is_enabled = false})`.

#include <inlay/ground/internal/is_optional.hpp>
#include <inlay/json/document.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace inlay {

/** What makes a member absent, in a typed change: `{.override = inlay::cleared}`. */
struct Cleared {};
inline constexpr Cleared cleared{};

/** A document that takes the place of the one that is stored; see replace(). */
template <class Stored>
struct Replacement {
  Stored document{};
};

/** Has a typed change store a document as it is given, whatever UpdateOptions::documents says of others:
    `{.config = replace(document)}`.

    As with DocumentMode::replace, a null in an override then removes, and the update needs an expected version or
    force, since it can undo somebody else's write. (`{.config = document}` merges, as long as the options do not say
    otherwise.) An absent override is replaced by none: `{.override = replace(before.override)}`.
*/
[[nodiscard]] inline Replacement<Document> replace(Document document) { return {std::move(document)}; }
[[nodiscard]] inline Replacement<std::optional<Document>> replace(std::optional<Document> document) {
  return {std::move(document)};
}

template <class Member>
class ChangeTo;

namespace detail {

// What a compiler says of a change that would not do what it looks like.
struct std_nullopt_would_leave_the_member_as_it_is_so_write_inlay_cleared_to_make_it_absent;
struct this_member_is_always_there_and_cannot_be_cleared;

/** What a typed change takes for a member. */
template <class Given, class Member>
concept GivenFor = std::convertible_to<Given, std::optional<Member>> && !std::same_as<Given, ChangeTo<Member>> &&
                   !std::same_as<Given, std::nullopt_t>;

}  // namespace detail

/** What a typed change does to one member: nothing, unless it is given something.

    It is a std::optional of the member, which is itself one where it may be absent. A value is given as such; `cleared`
    and an empty optional of the member's own type make it absent. std::nullopt does not compile: it would be the
    optional around, and leave the member as it is. A document is merged into the stored one, unless it is given to
    replace() or the options say DocumentMode::replace.
*/
template <class Member>
class ChangeTo : public std::optional<Member> {
 public:
  constexpr ChangeTo() noexcept = default;

  template <detail::GivenFor<Member> Given>
  constexpr ChangeTo(Given given) : std::optional<Member>(std::move(given)) {}

  constexpr ChangeTo(Cleared) requires detail::is_optional<Member> : std::optional<Member>(std::in_place) {}

  template <std::convertible_to<Member> Stored>
  ChangeTo(Replacement<Stored> replacement)
      : std::optional<Member>(std::in_place, std::move(replacement.document)), is_replacement_(true) {}

  template <class Why = detail::std_nullopt_would_leave_the_member_as_it_is_so_write_inlay_cleared_to_make_it_absent>
  ChangeTo(std::nullopt_t) = delete;

  template <class Why = detail::this_member_is_always_there_and_cannot_be_cleared>
  ChangeTo(Cleared) requires(!detail::is_optional<Member>) = delete;

  /** Whether it was given to replace(). */
  [[nodiscard]] constexpr bool is_replacement() const noexcept { return is_replacement_; }

 private:
  bool is_replacement_ = false;
};

/** A typed change of an entity: what is set is changed, what is not is left alone.

    Its members are a selection of the entity's own, by name; see ChangeTo. It stands beside the entity.
*/
template <class Entity>
struct ChangeOf;

}  // namespace inlay

#endif
