// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_CLI_HPP
#define INLAY_TESTS_INTEGRATION_CLI_HPP

#include "program.hpp"

#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <support/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace inlay::test {

/** An export, but for which store it is of: one that was filled with --replace has an id of its own. */
inline std::string without_store_id(std::string exported) {
  std::string const member = R"("store_id":")";
  auto const at = exported.find(member);
  if (at < exported.find('\n')) exported.erase(at, member.size() + 38);
  return exported;
}

/** The one JSON document that a run printed, or null (which no command prints but `config ID POINTER`); it has one
    remark beside it on standard error, or none. */
inline boost::json::value answer_of(Run const& run, std::string const& remark = {}) {
  INFO("standard output: " << run.out << "\nstandard error: " << run.err);
  CHECK(run.status == 0);
  CHECK(run.err == (remark.empty() ? "" : R"({"remark":")" + remark + "\"}\n"));
  CHECK_THAT(run.out, Catch::Matchers::EndsWith("\n"));
  auto value = json::parse(run.out, json::no_limits);
  CHECK(value.has_value());
  return value.has_value() ? *value : boost::json::value();
}

/** The canonical text of what is at the pointer; "absent" where there is nothing. */
inline std::string at(boost::json::value const& root, std::string_view pointer) {
  auto const* found = json::find(root, json::Pointer::parse(pointer).value());
  return found == nullptr ? "absent" : json::print(*found);
}

/** A text member, without its quotes. */
inline std::string text_at(boost::json::value const& root, std::string_view pointer) {
  auto const* found = json::find(root, json::Pointer::parse(pointer).value());
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

/** What a run says went wrong, as JSON; checks its exit status. */
inline boost::json::value error_of(Run const& run) {
  INFO("standard output: " << run.out << "\nstandard error: " << run.err);
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  auto value = json::parse(run.err, json::no_limits);
  CHECK(value.has_value());
  return value.has_value() ? *value : boost::json::value();
}

/** "kind pointer" of what went wrong, e.g. "invalid_argument /name"; the pointer is left out where there is none. */
inline std::string fault_of(Run const& run) {
  auto const error = error_of(run);
  std::string fault = text_at(error, "/error/kind");
  if (at(error, "/error/pointer") != "absent") fault += " " + text_at(error, "/error/pointer");
  CHECK_FALSE(text_at(error, "/error/message").empty());
  return fault;
}

inline constexpr std::string_view example_config =
    R"({"base_url":"https://api.example.com","label":"Example API","headers":{"Accept":"application/json",)"
    R"("User-Agent":"inlay"},"pagination":{"format":"page","config":{"page_key":"page","limit_key":"per_page"}}})";

/** A store in a folder of its own, with a team, an environment, an integration, and the one installed in the other. */
class Catalogue {
 public:
  Catalogue() {
    team = create("team", R"({"name":"My Awesome Team"})");
    environment = create("environment", R"({"name":"production","team_id":")" + team + R"("})");
    integration = create("integration", R"({"name":"zendesk","category":"helpdesk","team_id":")" + team +
                                            R"(","config":)" + std::string(example_config) + "}");
    install = text_at(answer({"install", "--integration", integration, "--environment", environment}), "/id");
    REQUIRE(install.size() == 36);
  }

  std::string create(std::string const& kind, std::string const& json) const {
    std::string id = text_at(answer({kind, "create", json}), "/id");
    REQUIRE(id.size() == 36);
    return id;
  }

  [[nodiscard]] Run run(std::vector<std::string> const& arguments, RunOptions const& options = {}) const {
    return folder.run(arguments, options);
  }
  [[nodiscard]] boost::json::value answer(std::vector<std::string> const& arguments,
                                          RunOptions const& options = {}) const {
    CAPTURE(arguments);
    return answer_of(run(arguments, options));
  }
  [[nodiscard]] std::string fault(std::vector<std::string> const& arguments, RunOptions const& options = {}) const {
    CAPTURE(arguments);
    return fault_of(run(arguments, options));
  }

  /** Everything that was ever written, as text: the same as before means that nothing was. */
  [[nodiscard]] std::string everything() const { return run({"changes", "--limit", "1000"}).out; }

  Folder folder;
  std::string team;
  std::string environment;
  std::string integration;
  std::string install;
};

inline constexpr char const* some_id = "3fda2b4c-0516-41bc-8ae6-4927e42ecce9";

}  // namespace inlay::test

#endif
