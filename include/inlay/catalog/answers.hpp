// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_ANSWERS_HPP
#define INLAY_CATALOG_ANSWERS_HPP

// What the calls of a Catalog return, beside entities.

#include <inlay/birth.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/id.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/references.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace inlay {

/** The whole resource that callers see of an entity: with its integration and team, where it has them. */
template <class Entity>
struct ResourceOf {
  using type = Entity;
};
template <>
struct ResourceOf<Integration> {
  using type = OwnedIntegration;
};
template <>
struct ResourceOf<EnvironmentIntegration> {
  using type = InstalledIntegration;
};
template <class Entity>
using Resource = typename ResourceOf<Entity>::type;

/** What update() returns. As in every answer that is no row itself, id() and version() are those of its row: what the
    next update of it names. */
template <class Entity>
struct Updated {
  Resource<Entity> resource{};  ///< as it is now; in a dry run, as it would be
  bool changed{};               ///< false: the patch changed nothing, so nothing was written

  /** In a dry run of an environment integration: how its effective configuration would differ. Else empty. The first
      page of what inlay::differences() finds: they come to 4 MiB at most, or there is one alone. */
  std::vector<ConfigDifference> differences{};
  bool differences_truncated{};  ///< there are more

  [[nodiscard]] Id<Entity> id() const noexcept { return model::part_of<0>(resource).id; }
  [[nodiscard]] Version version() const noexcept { return model::part_of<0>(resource).version; }
};

/** What install() returns. */
struct Installed {
  InstalledIntegration resource{};
  bool created{};  ///< false: it was installed already, and is returned unchanged

  [[nodiscard]] Id<EnvironmentIntegration> id() const noexcept { return resource.id(); }
  [[nodiscard]] Version version() const noexcept { return resource.version(); }
};

/** What ensure() returns. */
template <class Entity>
struct Ensured {
  Resource<Entity> resource{};
  bool created{};  ///< false: it was there already, and is left as it is

  /** Where one that was there is not as it was asked for: places of the row, `before` as it is and `after` as it was
      asked for. Of a config each place that differs, the first page of them as in Updated. */
  std::vector<ConfigDifference> differences{};
  bool differences_truncated{};  ///< there are more

  [[nodiscard]] Id<Entity> id() const noexcept { return model::part_of<0>(resource).id; }
  [[nodiscard]] Version version() const noexcept { return model::part_of<0>(resource).version; }
};

/** What ask_for() returns. */
struct Asked {
  Grant grant{};
  bool created{};  ///< false: the team had asked before

  [[nodiscard]] Id<Grant> id() const noexcept { return grant.id; }
  [[nodiscard]] Version version() const noexcept { return grant.version; }
};

/** What end() returns. */
struct EndedInstalls {
  std::size_t count{};  ///< that this call has ended; in a dry run, that it would end
};

/** What the configuration of an install really is. */
struct InstalledConfig {
  Id<EnvironmentIntegration> id{};
  std::string integration_name{};
  bool is_enabled{};  ///< reported, not enforced
  bool show_in_catalog{};
  Version version{};              ///< the install's
  Birth birth{};                  ///< the install's
  Version integration_version{};  ///< the integration's
  Birth integration_birth{};      ///< the integration's
  EffectiveConfig config;
};

/** The configuration of an install, and where that is: what for_each_config() shows. */
struct ReportedConfig {
  Team team{};  ///< the environment's
  Environment environment{};
  Id<Integration> integration_id{};
  InstalledConfig installed;

  [[nodiscard]] Id<EnvironmentIntegration> id() const noexcept { return installed.id; }
  [[nodiscard]] Version version() const noexcept { return installed.version; }
};

}  // namespace inlay

#endif
