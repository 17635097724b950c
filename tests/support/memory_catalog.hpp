// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_MEMORY_CATALOG_HPP
#define INLAY_TESTS_SUPPORT_MEMORY_CATALOG_HPP

#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace inlay::test {

/** A catalogue in memory whose clock moves one second a look. */
inline Catalog open_in_memory(CatalogOptions options = {}) {
  auto seconds = std::make_shared<std::atomic<std::int64_t>>(1'628'589'600);
  options.clock = [seconds] { return Timestamp{(*seconds)++ * 1'000'000}; };
  return Catalog::open("memory:", Backends().add(memory_backend()), std::move(options)).value();
}

inline std::string override_of(Catalog const& catalog, Id<EnvironmentIntegration> id) {
  auto const resource = catalog.get(id).value();
  return resource.install.override ? std::string(resource.install.override->text()) : "none";
}

inline std::string effective(Catalog const& catalog, Id<EnvironmentIntegration> id) {
  return catalog.effective_config(id).value().config.text();
}

/** An install of an integration with this config and override ("none": without one). */
inline Id<EnvironmentIntegration> install_of(Catalog const& catalog, std::string_view config,
                                             std::string_view override) {
  auto const team = catalog.create(Team{.name = "team"}).value();
  auto const environment = catalog.create(Environment{.team_id = team.id, .name = "e"}).value();
  auto const integration =
      catalog.create(Integration{.name = "i", .config = document(config), .team_id = team.id}).value();
  EnvironmentIntegration request{.integration_id = integration.integration.id, .environment_id = environment.id};
  if (override != "none") request.override = document(override);
  return catalog.install(request).value().resource.install.id;
}

template <class T>
Error error_of(Result<T> const& result) {
  REQUIRE(result.has_error());
  return result.error();
}

}  // namespace inlay::test

#endif
