// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

//[includes
#include <inlay/catalog.hpp>
#include <inlay/json/parse.hpp>

#include <iostream>
//]

namespace {

void ask(inlay::Catalog const& catalog, inlay::Id<inlay::Team> id) {
  //[ask
  auto team = catalog.get(id);
  if (!team) {
    switch (team.error().kind) {
      case inlay::ErrorKind::not_found: std::cerr << "there is no such team\n"; break;
      case inlay::ErrorKind::unavailable: std::cerr << "try again later\n"; break;
      default: std::cerr << team.error() << "\n";  // kind, message, pointer; kinds may be added, so keep the default
    }
    return;
  }
  std::cout << team->name << "\n";
  //]
}

void throwing(inlay::Catalog const& catalog, inlay::Id<inlay::Team> id) {
  //[throwing
  try {
    auto team = catalog.get(id).value();
    std::cout << team.name << "\n";
  } catch (inlay::Exception const& exception) {
    std::cerr << exception.error() << "\n";
  }
  //]
}

void pointer() {
  //[pointer
  auto parsed = inlay::json::parse(R"({"headers": {"Accept": 1e400}})");
  expect(parsed.error().kind == inlay::ErrorKind::invalid_document);
  expect(parsed.error().pointer == "/headers/Accept");
  //]
}

}  // namespace

int main() {
  auto const catalog = inlay::Catalog::open("memory:").value();
  auto const team = catalog.create(inlay::Team{.name = "Acme"}).value();
  ask(catalog, team.id);
  ask(catalog, inlay::Id<inlay::Team>::generate());
  throwing(catalog, team.id);
  throwing(catalog, inlay::Id<inlay::Team>::generate());
  pointer();
}
