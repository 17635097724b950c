// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

#include <inlay/backends/memory.hpp>
//[includes
#include <inlay/catalog.hpp>
#include <inlay/rest/handler.hpp>

#include <iostream>
//]

int main() {
  auto const catalog = inlay::Catalog::open("memory:", inlay::Backends{}.add(inlay::memory_backend())).value();
  auto const team = catalog.create(inlay::Team{.name = "Acme"}).value();
  auto const other = catalog.create(inlay::Team{.name = "Other"}).value();
  for (auto const& owner : {team.id, other.id}) {
    expect(catalog.create(inlay::Environment{.team_id = owner, .name = "production"}).has_value());
  }

  //[answer
  inlay::rest::Handler const handler(catalog, {.base_path = "/api/v1"});
  inlay::Caller const caller{.actor = "alice@example.com", .team = team.id};
  inlay::rest::Response const response = handler({.method = "GET", .target = "/api/v1/environment?limit=2"}, caller);
  std::cout << response.status << ' ' << response.body << '\n';  // the host's server sends it, headers too
  //]

  expect(response.status == 200);
  expect(response.body.find(to_string(team.id)) != std::string::npos);
  expect(response.body.find(to_string(other.id)) == std::string::npos);
}
