// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/requests.hpp>

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>
#include <support/catch.hpp>

#include <type_traits>

using namespace inlay;

// Who has forgotten a team is no administration by that.
static_assert(!std::is_convertible_v<Caller, TeamCaller> && !std::is_convertible_v<TeamCaller, Caller>);
// Asking and answering writes grants.
static_assert(Writable<Team> && Writable<Environment> && Writable<Integration> && Writable<EnvironmentIntegration>);
static_assert(!Writable<Grant> && !Writable<InstalledIntegration>);

TEST_CASE("an update that says nothing else merges, forces nothing, and is done") {
  UpdateOptions const options;
  CHECK(options.documents == DocumentMode::merge);
  CHECK_FALSE(options.force);
  CHECK_FALSE(options.dry_run);
  CHECK_FALSE(options.expected_version);
  CHECK(options.with_installed_in);
}

TEST_CASE("nothing is bounded by a quota, nor waited for, unless a host says so") {
  CatalogOptions const options;
  boost::mp11::mp_for_each<boost::describe::describe_members<TeamQuota, boost::describe::mod_public>>(
      [&](auto member) { CHECK_FALSE((options.team_quota.*member.pointer).has_value()); });
  CHECK(options.ask_again_after.count() == 0);
  CHECK(options.generate_public_id() != options.generate_public_id());
}
