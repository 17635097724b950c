// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_ENVIRONMENT_INTEGRATION_HPP
#define INLAY_MODEL_ENVIRONMENT_INTEGRATION_HPP

#include <inlay/model/change_of.hpp>
#include <inlay/model/environment.hpp>
#include <inlay/model/integration.hpp>

namespace inlay {

/** An integration installed into an environment. */
struct EnvironmentIntegration {
  Id<EnvironmentIntegration> id{};
  Id<Integration> integration_id{};
  Id<Environment> environment_id{};
  bool show_in_catalog = true;         ///< shown in the environment's catalogue
  bool is_enabled = true;              ///< enabled in the environment; reported, not enforced by inlay. Not when ended
  std::optional<Document> override{};  ///< a merge patch (RFC 7396) laid over the integration's config
  std::optional<Ended> ended{};        ///< by the integration's owner: not enabled, and never again; see Catalog::end
  Version version{};
  Birth birth{};        ///< which row this is of those that ever had its id
  Revision revision{};  ///< the commit that last wrote this row
  Timestamp created_at{};
  Timestamp updated_at{};

  static constexpr std::string_view entity_name = "environment_integration";
  static constexpr std::array<model::UniqueKey, 1> unique_keys{{{"environment_id", "integration_id"}}};

  /** What exports and change logs of inlay 0.1 do not have. */
  static constexpr std::array<std::string_view, 2> added_members{"birth", "ended"};

  friend bool operator==(EnvironmentIntegration const&, EnvironmentIntegration const&) = default;
};

BOOST_DESCRIBE_STRUCT(EnvironmentIntegration, (),
                      (id, integration_id, environment_id, show_in_catalog, is_enabled, override, ended, version, birth,
                       revision, created_at, updated_at))

/** What callers may change of it. */
template <>
struct ChangeOf<EnvironmentIntegration> {
  ChangeTo<bool> show_in_catalog{};
  ChangeTo<bool> is_enabled{};
  ChangeTo<std::optional<Document>> override{};  ///< merged; replace(document) is stored as it is given
};
BOOST_DESCRIBE_STRUCT(ChangeOf<EnvironmentIntegration>, (), (show_in_catalog, is_enabled, override))

/** Makes an install that was ended one that is not enabled: so it reads, whatever is stored. A process of inlay 0.1
    that still runs knows of no end, and can enable what was ended. */
inline void disable_ended(EnvironmentIntegration& install) noexcept {
  if (install.ended) install.is_enabled = false;
}

}  // namespace inlay

#endif
