// SPDX-License-Identifier: BSL-1.0
// The main job, start to finish: what a host does with inlay. Prints what happens on standard output.

#include <inlay/catalog.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>
#include <inlay/model/json_form.hpp>

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

std::string read_file(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void show(std::string_view heading, std::string_view json) {
  std::cout << "\n-- " << heading << "\n" << inlay::json::print_pretty(inlay::json::parse(json).value()) << "\n";
}

void run(std::string const& url, std::string const& folder) {
  using inlay::json::Pointer;

  // A result's value() throws inlay::Exception when there is an error instead; see docs/errors.md for the other way.
  auto const catalog = inlay::Catalog::open(url).value().as({.actor = "quickstart", .reason = "trying inlay"});

  auto const team =
      catalog.create(inlay::Team{.name = "My Awesome Team", .domain = "example.com", .is_verified = true}).value();
  auto const production = catalog.create(inlay::Environment{.team_id = team.id, .name = "production"}).value();
  auto const zendesk =
      catalog
          .create(inlay::Integration{
              .name = "zendesk",
              .category = "helpdesk",
              .config = inlay::Document::parse(read_file(folder + "/example-integration.json")).value(),
              .team_id = team.id,
              .sharing = inlay::Sharing::allow})
          .value();
  std::cout << "-- a team, its environment \"production\" and the integration \"zendesk\" are stored\n";

  auto const installed =
      catalog.install({.integration_id = zendesk.integration.id, .environment_id = production.id}).value();
  auto const id = installed.resource.install.id;
  std::cout << "-- zendesk is installed in production, as " << id << "\n";

  // The override holds only what this environment wants otherwise; the integration's config stays as it is.
  catalog.set(id, Pointer() / "base_url", "https://eu.example.com").value();
  std::cout << "-- its override sets base_url,\n";
  catalog.set(id, Pointer() / "headers" / "X-Account", "acme").value();
  std::cout << "   adds the header X-Account,\n";
  catalog.remove(id, Pointer() / "headers" / "User-Agent").value();
  std::cout << "   removes the header User-Agent, which the integration's config has,\n";
  auto const cursor = inlay::json::parse(read_file(folder + "/cursor-pagination.json")).value();
  catalog.set(id, Pointer() / "pagination", cursor).value();
  std::cout << "   and goes over to pagination by cursor, without the keys for pages\n";

  show("the resource, as the API gives it", inlay::model::to_json(catalog.get(id).value()));

  auto const effective = catalog.effective_config(production.id, "zendesk").value();
  show("the effective configuration: the integration's config with the override laid over it", effective.config.text());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: quickstart STORE_URL FOLDER_OF_THE_JSON_FILES\n";
    return 2;
  }
  try {
    run(argv[1], argv[2]);
    return 0;
  } catch (std::exception const& error) {  // inlay::Exception is one
    std::cerr << "quickstart: " << error.what() << "\n";
    return 1;
  }
}
