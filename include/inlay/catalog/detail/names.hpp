// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_NAMES_HPP
#define INLAY_CATALOG_DETAIL_NAMES_HPP

// Rows by the names that people call them.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/error.hpp>

#include <string_view>
#include <type_traits>
#include <variant>

namespace inlay::detail {

/** A team as a caller knows it: by its name, or by its id. */
using TeamKnownBy = std::variant<std::string_view, Id<Team>>;

/** Finds rows for one caller, of those that it sees; see Catalog::find. */
class Names {
 public:
  explicit Names(CatalogSession const& session) : session_(session), rows_(session) {}

  [[nodiscard]] Result<Team> team(std::string_view name) const;
  [[nodiscard]] Result<Environment> of_team(std::type_identity<Environment> entity, TeamKnownBy const& team,
                                            std::string_view name) const;
  [[nodiscard]] Result<OwnedIntegration> of_team(std::type_identity<Integration> entity, TeamKnownBy const& team,
                                                 std::string_view name) const;
  [[nodiscard]] Result<InstalledIntegration> install(std::string_view team, std::string_view environment,
                                                     std::string_view integration) const;

 private:
  CatalogSession const& session_;
  Rows rows_;
};

}  // namespace inlay::detail

#endif
