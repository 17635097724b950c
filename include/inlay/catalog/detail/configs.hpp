// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_CONFIGS_HPP
#define INLAY_CATALOG_DETAIL_CONFIGS_HPP

// What the configurations of installs are.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/detail/state.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/error.hpp>
#include <inlay/storage/query.hpp>

#include <functional>
#include <string_view>
#include <vector>

namespace inlay::detail {

/** Reads configurations for one caller; the functions are those of Catalog. */
class Configs {
 public:
  explicit Configs(CatalogSession const& session) : session_(session), rows_(session) {}

  [[nodiscard]] Result<InstalledConfig> get(Id<EnvironmentIntegration> id, std::vector<Layer> extra_layers) const;
  [[nodiscard]] Result<InstalledConfig> get(Id<Environment> environment, std::string_view integration_name,
                                            std::vector<Layer> extra_layers) const;
  [[nodiscard]] Result<InstalledConfig> get(std::string_view team, std::string_view environment,
                                            std::string_view integration, std::vector<Layer> extra_layers) const;
  [[nodiscard]] Result<std::vector<InstalledConfig>> all_in(Id<Environment> environment) const;
  [[nodiscard]] Result<Revision> for_each(Query<InstalledIntegration> query,
                                          std::function<Result<void>(ReportedConfig const&)> const& visit) const;

  /** The configuration of an install that was read. */
  [[nodiscard]] Result<InstalledConfig> of(InstalledIntegration found, std::vector<Layer> extra_layers) const;

  /** Adds to the answer of a dry run how the configuration would differ, where the resource has one. */
  template <class Entity>
  [[nodiscard]] Result<void> compare(Resource<Entity> const&, Updated<Entity>&) const {
    return {};
  }
  [[nodiscard]] Result<void> compare(InstalledIntegration const& before, Updated<EnvironmentIntegration>& answer) const;

 private:
  CatalogSession const& session_;
  Rows rows_;
};

}  // namespace inlay::detail

#endif
