// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_HPP
#define INLAY_CATALOG_HPP

#include <inlay/birth.hpp>
#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/batch.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/requests.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/config/override.hpp>
#include <inlay/error.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/backends.hpp>
#include <inlay/storage/repository.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay {

class TeamCatalog;

namespace detail {

// What a compiler says of calls that would not do what they look like.
struct grants_are_made_by_ask_for;
struct installs_are_made_by_install_which_leaves_what_is_installed;
struct a_patch_is_an_object_so_ask_the_value_with_if_object;
struct name_a_place_of_the_override_to_remove_or_call_uninstall;
struct a_configuration_is_that_of_an_install_so_take_the_id_of_an_environment_integration;
struct a_value_is_what_JSON_has_so_give_a_boost_json_value_or_something_that_converts_to_one;

/** What set() takes no value from. */
template <class Other>
concept NoJson = !std::convertible_to<Other const&, boost::json::value> && !config::StandardText<Other> &&
                 !std::same_as<Other, Document>;

}  // namespace detail

/** The catalogue: which integrations there are, where they are installed, and what their configuration is there.

    A Catalog is a small handle: copies share the store. Every operation may be called from any number of threads.
    Every operation may fail with unavailable (the store) or corrupt (what it holds), and every write on behalf of a
    team with quota_exceeded, where a quota is set (CatalogOptions::team_quota).

    Writes without an expected version are applied to whatever is current, again if somebody was faster, so that
    writers of different members never undo each other.

    What a write was decided on is what it commits over: the row itself, told from others that had or will have its
    id by its birth, and the rows from which it followed that the caller may write it. Where one of them is not as it
    was read, row and caller are judged anew.
*/
class Catalog {
 public:
  /** Opens the store that the URL names, with every backend this build has.

      It is in the library inlay::inlay (`COMPONENTS inlay`, inlay.pc), since the core knows no backend: what is linked
      with inlay::core, inlay::memory or another part alone ends in "undefined reference", and calls
      `open(url, backends)` with the backends that it has.

      Tables are created or migrated as needed. @return what Backends::open returns.
  */
  [[nodiscard]] static Result<Catalog> open(std::string_view url, CatalogOptions options = {});

  /** Opens the store that the URL names, with the backends that the caller has. */
  [[nodiscard]] static Result<Catalog> open(std::string_view url, Backends const& backends,
                                            CatalogOptions options = {});

  /** A catalogue over a store that is open already. */
  explicit Catalog(std::shared_ptr<Repository> repository, CatalogOptions options = {});

  /** The same catalogue for this caller: what its team may see and do, and the actor and reason of its writes. */
  [[nodiscard]] Catalog as(Caller caller) const;

  /** The same catalogue, whose reads of lists and configurations see at least what was committed up to there: what
      another process knows of the store. Only where they may go to servers that follow the primary is it of any
      meaning, since all else has come as far; there it is invalid_argument where the store has not reached it.

      Reads for a caller with a team, and those that a write is decided on, are the primary's anyway.
  */
  [[nodiscard]] Catalog at_least(Revision revision) const;

  /** The same catalogue, whose reads are all the primary's: for what a host decides by them. See Repository. */
  [[nodiscard]] Catalog from_primary() const;

  /** The same catalogue for this team, in the hands of code that must not get further than that: it has every
      operation, and no way back to this. It takes <inlay/team_catalog.hpp>. */
  [[nodiscard]] TeamCatalog for_team(TeamCaller caller) const;

  // ---- teams, environments, integrations, environment integrations

  /** Creates a row. A nil id gets a new one; version and times are the store's.

      @return invalid_argument with the pointer of a bad member; invalid_document; already_exists when the id or a
      unique name is taken; not_found when it references what is not there; forbidden for a row that is not the
      caller's team's. With Outcome::done, any error: the row is stored, and cannot be read again at this moment.
  */
  template <Writable Entity>
  [[nodiscard]] Result<Resource<Entity>> create(Entity row) const;

  template <class Why = detail::grants_are_made_by_ask_for>
  Result<Grant> create(Grant row) const = delete;

  /** Creates a row from its JSON; see model::read_new. */
  template <Writable Entity>
  [[nodiscard]] Result<Resource<Entity>> create_from(boost::json::object const& object) const;

  /** Creates a row unless it is there: for what a host has to have when it starts, and for whatever may be done twice.

      It is there when one has its id, or, of environments and integrations, its team and name; a team is known by its
      id alone, which must be given. What is there is left as it is, and the answer says where that is not what was
      asked for.

      @return as create; invalid_argument at "/id" for a team without one; forbidden for a row that is another team's
      than the caller's.
  */
  template <Writable Entity>
  requires(!std::same_as<Entity, EnvironmentIntegration>)
      [[nodiscard]] Result<Ensured<Entity>> ensure(Entity row) const;
  template <class Why = detail::installs_are_made_by_install_which_leaves_what_is_installed>
  Result<Installed> ensure(EnvironmentIntegration row) const = delete;

  /** The whole resource. @return not_found. */
  template <class Entity>
  [[nodiscard]] Result<Resource<Entity>> get(Id<Entity> id) const;

  /** The resource of that name, as lists show it (without `installed_in`): find<Team>("Acme").

      One look at the store; two on behalf of a team that finds an integration which is shared by asking, and more where
      there are several.

      Teams may have the same name: where several have it, or rows that are found by it, the message names them, as far
      as the caller sees them.

      @return not_found; invalid_argument when there are several.
  */
  template <std::same_as<Team> Entity>
  [[nodiscard]] Result<Team> find(std::string_view name) const;

  /** The same, found by the team's name, or its id, and its own: find<Environment>("Acme", "production"). */
  template <class Entity>
  requires std::same_as<Entity, Environment> || std::same_as<Entity, Integration>
  [[nodiscard]] Result<Resource<Entity>> find(std::string_view team, std::string_view name) const;
  template <class Entity>
  requires std::same_as<Entity, Environment> || std::same_as<Entity, Integration>
  [[nodiscard]] Result<Resource<Entity>> find(Id<Team> team, std::string_view name) const;

  /** An install, found by the names of the environment's team, of the environment and of the integration:
      find<EnvironmentIntegration>("Acme", "production", "zendesk"). */
  template <std::same_as<EnvironmentIntegration> Entity>
  [[nodiscard]] Result<InstalledIntegration> find(std::string_view team, std::string_view environment,
                                                  std::string_view integration) const;

  /** One page of a list of rows or of read models.

      @return invalid_argument for a bad condition or limit; forbidden where a caller with a team gives a scope, or
      filters by what it does not see of other teams.
  */
  template <class Readable>
  [[nodiscard]] Result<Page<Readable>> list(Query<Readable> const& query = {}) const;

  /** Calls `visit(item)` for every row of all pages, in the order of lists; a visitor that returns false ends it.

      @return as list().
  */
  template <class Readable, class Visitor>
  [[nodiscard]] Result<void> for_each(Query<Readable> query, Visitor&& visit) const;

  /** Applies a merge patch (RFC 7396) to the caller's members of a resource.

      A patch that changes nothing writes nothing: version, times and revision stay. When a team changes what its
      verified mark vouches for (Team::verified_members), the mark goes with it.

      @return invalid_argument with the pointer of an unknown, read-only or wrong member, or for
      DocumentMode::replace without expected version or force; invalid_document for a result beyond the limits;
      not_found; conflict with the current version, or without one where the row that was expected is gone, even
      if another has its id by now.
  */
  template <Writable Entity, std::same_as<boost::json::object> Object>  // deduced, so that braces mean a typed change
  [[nodiscard]] Result<Updated<Entity>> update(Id<Entity> id, Object const& patch,
                                               UpdateOptions const& options = {}) const;

  template <Writable Entity, std::same_as<boost::json::value> Value,
            class Why = detail::a_patch_is_an_object_so_ask_the_value_with_if_object>
  Result<Updated<Entity>> update(Id<Entity> id, Value const& patch, UpdateOptions const& options = {}) const = delete;

  /** Applies a typed change: `catalog.update(id, {.is_enabled = false})`. What may be absent is made absent by
      `inlay::cleared`. A document in it is merged into the stored one, `{.config = document}`, or takes its place,
      `{.config = replace(document)}`; with DocumentMode::replace each of them does.

      @return as above; invalid_argument for replace() without expected version or force.
  */
  template <Writable Entity>
  [[nodiscard]] Result<Updated<Entity>> update(Id<Entity> id, ChangeOf<Entity> const& change,
                                               UpdateOptions const& options = {}) const;

  /** Applies a JSON Patch, all of it or nothing.

      It can undo somebody else's write, so it needs an expected version, or force.

      @return conflict with the operation's pointer when a `test` does not hold; invalid_argument with the operation's
      pointer for one that is malformed, cannot be done or touches what a patch may not; else as above.
  */
  template <Writable Entity>
  [[nodiscard]] Result<Updated<Entity>> update(Id<Entity> id, JsonPatch const& patch,
                                               UpdateOptions const& options = {}) const;

  /** Removes a row; an install is removed by uninstall().

      An integration takes its grants along, and the installs that its owner has ended: where there are more than a
      hundred of those, the others in commits before, once none is left that is not ended.

      @return not_found; conflict; in_use, saying by what, when others still reference it.
  */
  template <Writable Entity>
  requires(!std::same_as<Entity, EnvironmentIntegration>)  // remove(id, pointer) without its pointer must not uninstall
      [[nodiscard]] Result<void> remove(Id<Entity> id, std::optional<RowVersion> expected_version = {}) const;
  template <class Why = detail::name_a_place_of_the_override_to_remove_or_call_uninstall>
  Result<void> remove(Id<EnvironmentIntegration> id) const = delete;

  // ---- installing

  /** Installs an integration into an environment: `catalog.install({.integration_id = …, .environment_id = …})`.

      What is installed already is returned unchanged. A nil id gets a new one. The override is stored as it is given: a
      null in it removes. (In update(), which merges, a null inherits.)

      @return as create; forbidden for what the caller's team may see and not install.
  */
  [[nodiscard]] Result<Installed> install(EnvironmentIntegration row) const;

  /** Removes an install. @return as remove. */
  [[nodiscard]] Result<void> uninstall(Id<EnvironmentIntegration> id,
                                       std::optional<RowVersion> expected_version = {}) const;

  // ---- sharing

  /** Asks the owner of an integration whose sharing is `ask` to let a team install it.

      The request is pending until answer() settles it. Asking again returns the same request, which is not made anew;
      one that was denied or revoked is pending again, unless that is too early (CatalogOptions::ask_again_after).

      @param team who asks: for a caller with a team that one, and it may be left out.
      @return invalid_argument where there is no need to ask (the team's own integration, or sharing is `allow`) or no
      team is named; forbidden when it is another team than the caller's, sharing is `deny`, or it is too early to ask
      again, with the time from which it may be asked; not_found for what the team may not see.
  */
  [[nodiscard]] Result<Asked> ask_for(Id<Integration> integration, std::optional<Id<Team>> team = {}) const;

  /** The owner's answer to a request: pending, denied or revoked becomes granted; pending becomes denied; granted
      becomes revoked. The status that it has already is no change.

      @return invalid_argument at "/status" for any other step; forbidden for a caller that does not own the
      integration; not_found; conflict.
  */
  [[nodiscard]] Result<Grant> answer(Id<Grant> id, GrantStatus status,
                                     std::optional<RowVersion> expected_version = {}) const;

  /** Ends the installs that other teams have of an integration, for its owner: each gets `ended` with the time and the
      reason, is not enabled any more, and cannot be enabled again. Those that are ended already stay as they are.

      The owner learns how many there are, and nothing else of them. They belong to their teams as before, who see the
      reason; one of the owner's team is the owner's to uninstall. Removing the integration takes those that are ended
      along. New ones may be made meanwhile and afterwards, for as long as the sharing lets them.

      They are ended a hundred at a time, each time in a commit. What was ended before an error stays ended; to call it
      again ends the rest.

      @param reason 1 to 255 characters, as model::check_text takes them.
      @return invalid_argument at "/reason"; not_found; forbidden for a caller that does not own the integration.
  */
  [[nodiscard]] Result<EndedInstalls> end(Id<Integration> integration, std::string_view reason,
                                          EndOptions const& options = {}) const;

  // ---- many changes at once

  /** Many changes that become one commit; an empty batch, to be filled and committed. See Batch. */
  [[nodiscard]] Batch batch() const;

  // ---- one value of an override
  //
  // A place is a Pointer or its string form: a literal that is none does not compile, other text that is none is
  // invalid_argument.

  /** Makes `value` effective at the pointer; an object is merged over the default's. See config::set.

      Below something that the override removed, it brings the default's other members of that back. The pointer "" is
      the whole override: replacing that can undo somebody else's write, so it needs an expected version, or force.

      @return as update; invalid_argument with an array's pointer for a place inside one, the override's or the
      default's.
  */
  [[nodiscard]] Result<Updated<EnvironmentIntegration>> set(Id<EnvironmentIntegration> id, json::PointerView pointer,
                                                            boost::json::value const& value,
                                                            UpdateOptions const& options = {}) const;

  /** The same for a std::string and what else is a text to C++, and for a Document.

      @tparam Answer is always what it is: so that only a source that calls this compiles it.
  */
  template <config::StandardText Text, class Answer = Updated<EnvironmentIntegration>>
  [[nodiscard]] Result<Answer> set(Id<EnvironmentIntegration> id, json::PointerView pointer, Text const& text,
                                   UpdateOptions const& options = {}) const {
    return set(id, pointer, config::to_value(text), options);
  }
  template <std::same_as<Document> Object, class Answer = Updated<EnvironmentIntegration>>
  [[nodiscard]] Result<Answer> set(Id<EnvironmentIntegration> id, json::PointerView pointer, Object const& document,
                                   UpdateOptions const& options = {}) const {
    auto const values = document.values();
    if (!values) return values.error();
    return set(id, pointer, boost::json::value(**values), options);
  }
  template <detail::NoJson Other,
            class Why = detail::a_value_is_what_JSON_has_so_give_a_boost_json_value_or_something_that_converts_to_one>
  Result<Updated<EnvironmentIntegration>> set(Id<EnvironmentIntegration> id, json::PointerView pointer,
                                              Other const& other, UpdateOptions const& options = {}) const = delete;

  /** Makes the value at the pointer absent, whatever the default says. See config::remove.

      A parent that no layer has becomes an object ({}) by this.

      @return as set(); invalid_argument too for a place below a scalar of the default's, which a tombstone there would
      turn into an object.
  */
  [[nodiscard]] Result<Updated<EnvironmentIntegration>> remove(Id<EnvironmentIntegration> id, json::PointerView pointer,
                                                               UpdateOptions const& options = {}) const;

  /** Makes the default's value effective at the pointer again; at "" it takes the whole override away, which needs an
      expected version, or force. See config::inherit. @return as set(). */
  [[nodiscard]] Result<Updated<EnvironmentIntegration>> inherit(Id<EnvironmentIntegration> id,
                                                                json::PointerView pointer,
                                                                UpdateOptions const& options = {}) const;

  // ---- effective configuration

  /** The configuration of an install: the integration's config, the environment's override, then the extra layers.

      @return not_found; invalid_argument for an extra layer that is no merge patch; corrupt, naming table and id, for a
      stored document that is not JSON.
  */
  [[nodiscard]] Result<InstalledConfig> effective_config(Id<EnvironmentIntegration> id,
                                                         std::vector<Layer> extra_layers = {}) const;

  template <class Entity,
            class Why = detail::a_configuration_is_that_of_an_install_so_take_the_id_of_an_environment_integration>
  Result<InstalledConfig> effective_config(Id<Entity> id, std::vector<Layer> extra_layers = {}) const = delete;

  /** The same, found by the environment and the integration's name.

      @return as above; invalid_argument when integrations of several teams are installed there under that name.
  */
  [[nodiscard]] Result<InstalledConfig> effective_config(Id<Environment> environment, std::string_view integration_name,
                                                         std::vector<Layer> extra_layers = {}) const;

  /** The same, found by names: effective_config("Acme", "production", "zendesk"). One look at the store.

      @return as above; not_found where there is none that the caller sees; invalid_argument where there are several,
      since teams may have the same name: the message names them.
  */
  [[nodiscard]] Result<InstalledConfig> effective_config(std::string_view team, std::string_view environment,
                                                         std::string_view integration,
                                                         std::vector<Layer> extra_layers = {}) const;

  /** Those of everything installed in an environment, in the order of lists. @return not_found; corrupt, as above. */
  [[nodiscard]] Result<std::vector<InstalledConfig>> effective_configs(Id<Environment> environment) const;

  /** Calls `visit` with the configuration of every install that meets the query, in the order of lists; all of them as
      they were at one revision, whatever others write meanwhile.

      It keeps a connection until it is done, and `query.limit` rows at most in memory, with some configs that several
      of them have in common. An error that the visitor returns ends it, and is returned.

      @return the revision; what list() refuses; corrupt, as effective_config(); not_built where the store cannot read
      so (Capabilities::can_snapshot).
  */
  [[nodiscard]] Result<Revision> for_each_config(Query<InstalledIntegration> query,
                                                 std::function<Result<void>(ReportedConfig const&)> const& visit) const;

  /** Where the values at and below the pointer come from, a page of it. See EffectiveConfig::explain.

      @return as effective_config(); invalid_argument for a cursor that is of another question, or of a configuration
      that has changed since, and for text that is no pointer.
  */
  [[nodiscard]] Result<Explanation> explain(Id<EnvironmentIntegration> id, json::PointerView pointer = {},
                                            std::vector<Layer> extra_layers = {},
                                            std::optional<ConfigCursor> const& after = {}) const;

  // ---- history

  /** Commits after a revision, oldest first.

      In the history of a grant a team reads who made a step, and why, where its own side made it: asking is the asking
      team's, answering the owner's. Of the other side's steps actor, reason, token and moment are empty. (A step that
      the host's administration has made counts as that of the side that could have.) A team's cursor is a revision
      alone, which does not tell whether the store has gone another way since.

      @return as Repository::changes; forbidden where a caller with a team asks for more than one row's, or for a row
      that it does not own; not_found for a row that it does not see.
  */
  [[nodiscard]] Result<ChangePage> changes(ChangesRequest const& request) const;

  /** The store itself, which knows nothing of callers. */
  [[nodiscard]] Repository& repository() const noexcept;
  [[nodiscard]] CatalogOptions const& options() const& noexcept;
  CatalogOptions const& options() const&& = delete;

 private:
  detail::CatalogSession session_;
};

template <class Readable, class Visitor>
Result<void> Catalog::for_each(Query<Readable> query, Visitor&& visit) const {
  while (true) {
    auto page = list(query);
    if (!page) return page.error();
    for (Readable& item : page->items) {
      if constexpr (std::is_void_v<std::invoke_result_t<Visitor&, Readable&>>) {
        visit(item);
      } else {
        if (!visit(item)) return {};
      }
    }
    if (!page->next) return {};
    query.after = page->next;
  }
}

}  // namespace inlay

#endif
