// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_INSTALLED_INTEGRATION_HPP
#define INLAY_MODEL_INSTALLED_INTEGRATION_HPP

#include <inlay/model/environment_integration.hpp>

#include <vector>

namespace inlay {

/** The environments where an integration is installed, in the order of their ids; at most 1,000 of them. */
struct InstalledIn {
  std::vector<Id<Environment>> ids{};
  bool is_truncated = false;  ///< there are more

  static constexpr std::size_t max_ids = 1'000;

  friend bool operator==(InstalledIn const&, InstalledIn const&) = default;
};

/** An integration with its team: the whole resource, as callers see it.

    A read model: its first part is the row that was asked for, each further part the row that the part before it
    references.
*/
struct OwnedIntegration {
  Integration integration{};
  Team team{};
  std::optional<InstalledIn> installed_in{};  ///< where it was asked for

  /** The integration's. */
  [[nodiscard]] Id<Integration> id() const noexcept { return integration.id; }
  [[nodiscard]] Version version() const noexcept { return integration.version; }

  friend bool operator==(OwnedIntegration const&, OwnedIntegration const&) = default;
};

BOOST_DESCRIBE_STRUCT(OwnedIntegration, (), (integration, team))

/** An install with its integration and that one's team: the whole resource, as callers see it. */
struct InstalledIntegration {
  EnvironmentIntegration install{};
  Integration integration{};
  Team team{};
  std::optional<InstalledIn> installed_in{};  ///< where it was asked for

  /** The install's. */
  [[nodiscard]] Id<EnvironmentIntegration> id() const noexcept { return install.id; }
  [[nodiscard]] Version version() const noexcept { return install.version; }

  friend bool operator==(InstalledIntegration const&, InstalledIntegration const&) = default;
};

BOOST_DESCRIBE_STRUCT(InstalledIntegration, (), (install, integration, team))

}  // namespace inlay

#endif
