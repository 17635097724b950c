// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_FRONT_DOOR_HPP
#define INLAY_SRC_REST_FRONT_DOOR_HPP

#include <inlay/catalog.hpp>
#include <inlay/team_catalog.hpp>

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace inlay::rest {

/** The catalogue for one request: a team's, or the whole of it for a caller without one. It has the operations that
    routes are made of, and neither the store behind them nor a way to another caller. */
class FrontDoor {
 public:
  FrontDoor(Catalog const& catalog, Caller const& caller) : catalog_(opened(catalog, caller)) {}

  [[nodiscard]] CatalogOptions const& options() const& noexcept {
    return std::visit([](auto const& catalog) -> CatalogOptions const& { return catalog.options(); }, catalog_);
  }

  template <class Entity>
  [[nodiscard]] auto get(Id<Entity> id) const {
    return std::visit([&](auto const& catalog) { return catalog.get(id); }, catalog_);
  }
  /** The same, for what a write is decided on. */
  template <class Entity>
  [[nodiscard]] auto get_to_write(Id<Entity> id) const {
    if (auto const* const whole = std::get_if<Catalog>(&catalog_)) return whole->from_primary().get(id);
    return get(id);
  }
  template <class Readable>
  [[nodiscard]] auto list(Query<Readable> const& query) const {
    return std::visit([&](auto const& catalog) { return catalog.list(query); }, catalog_);
  }
  template <class Entity>
  [[nodiscard]] auto create_from(boost::json::object const& object) const {
    return std::visit([&](auto const& catalog) { return catalog.template create_from<Entity>(object); }, catalog_);
  }
  template <class Entity, class Patch>
  [[nodiscard]] auto update(Id<Entity> id, Patch const& patch, UpdateOptions const& options) const {
    return std::visit([&](auto const& catalog) { return catalog.update(id, patch, options); }, catalog_);
  }
  template <class Entity>
  [[nodiscard]] auto remove(Id<Entity> id, std::optional<RowVersion> expected_version) const {
    return std::visit([&](auto const& catalog) { return catalog.remove(id, expected_version); }, catalog_);
  }
  [[nodiscard]] auto install(EnvironmentIntegration row) const {
    return std::visit([&](auto const& catalog) { return catalog.install(std::move(row)); }, catalog_);
  }
  [[nodiscard]] auto uninstall(Id<EnvironmentIntegration> id, std::optional<RowVersion> expected_version) const {
    return std::visit([&](auto const& catalog) { return catalog.uninstall(id, expected_version); }, catalog_);
  }
  [[nodiscard]] auto effective_config(Id<EnvironmentIntegration> id) const {
    return std::visit([&](auto const& catalog) { return catalog.effective_config(id); }, catalog_);
  }
  [[nodiscard]] auto ask_for(Id<Integration> integration, std::optional<Id<Team>> team) const {
    return std::visit([&](auto const& catalog) { return catalog.ask_for(integration, team); }, catalog_);
  }
  [[nodiscard]] auto answer(Id<Grant> id, GrantStatus status, std::optional<RowVersion> expected_version) const {
    return std::visit([&](auto const& catalog) { return catalog.answer(id, status, expected_version); }, catalog_);
  }

  [[nodiscard]] auto end(Id<Integration> integration, std::string_view reason, EndOptions const& options) const {
    return std::visit([&](auto const& catalog) { return catalog.end(integration, reason, options); }, catalog_);
  }

  [[nodiscard]] Batch batch() const {
    return std::visit([](auto const& catalog) { return catalog.batch(); }, catalog_);
  }

 private:
  using Either = std::variant<TeamCatalog, Catalog>;

  [[nodiscard]] static Either opened(Catalog const& catalog, Caller const& caller) {
    if (!caller.team) return catalog.as(caller);
    return catalog.for_team({.team = *caller.team, .actor = caller.actor, .reason = caller.reason});
  }

  Either catalog_;
};

}  // namespace inlay::rest

#endif
