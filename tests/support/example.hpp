// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_EXAMPLE_HPP
#define INLAY_TESTS_SUPPORT_EXAMPLE_HPP

#include <inlay/catalog.hpp>
#include <inlay/json/parse.hpp>

#include <string>
#include <string_view>

namespace inlay::test {

/** The example configuration of the API's description. */
inline constexpr std::string_view example_config = R"({
  "base_url": "https://api.example.com",
  "label": "Example API",
  "logo": "https://example.com/logo.png",
  "headers": {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "truto"},
  "authorization": {"format": "bearer", "config": {"value": "{{oauth.token.access_token}}"}},
  "pagination": {"format": "page", "config": {"page_key": "page", "limit_key": "per_page"}},
  "resources": {"users": {"list": {"method": "get", "path": "/users", "response_path": "data.users"}}}
})";

inline boost::json::value parsed(std::string_view text) { return json::parse(text).value(); }
inline boost::json::object object(std::string_view text) { return parsed(text).as_object(); }
inline json::Pointer pointer(std::string_view text) { return json::Pointer::parse(text).value(); }
inline Document document(std::string_view text) { return Document::parse(text).value(); }

/** A team with an environment and the example integration, installed. */
struct Example {
  Team team;
  Environment environment;
  Integration integration;
  EnvironmentIntegration install;

  explicit Example(Catalog const& catalog)
      : team(catalog.create(Team{.name = "My Awesome Team", .domain = "example.com", .is_verified = true}).value()),
        environment(catalog.create(Environment{.team_id = team.id, .name = "production"}).value()),
        integration(catalog
                        .create(Integration{.name = "zendesk",
                                            .category = "helpdesk",
                                            .config = document(example_config),
                                            .team_id = team.id,
                                            .sharing = Sharing::allow})
                        .value()
                        .integration),
        install(catalog.install({.integration_id = integration.id, .environment_id = environment.id})
                    .value()
                    .resource.install) {}
};

}  // namespace inlay::test

#endif
