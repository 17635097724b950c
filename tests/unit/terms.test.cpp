// SPDX-License-Identifier: BSL-1.0
#include <inlay/live/follower/terms.hpp>

#include <support/catch.hpp>

#include <memory>

using namespace inlay;

TEST_CASE("why a follower started anew has a name") {
  CHECK(to_string(live::NewStart::none) == "none");
  CHECK(to_string(live::NewStart::first) == "first");
  CHECK(to_string(live::NewStart::compacted) == "compacted");
  CHECK(to_string(live::NewStart::forked) == "forked");
  CHECK(to_string(live::NewStart::corrupt) == "corrupt");
}

TEST_CASE("a row that could never be read is not taken for one that is not there") {
  live::Held<Team> held;
  CHECK(held.is_absent());
  held.unreadable = std::make_shared<Error const>(Error{.kind = ErrorKind::corrupt});
  CHECK_FALSE(held.is_absent());
  CHECK_FALSE(live::Held<Team>{.row = std::make_shared<Team const>()}.is_absent());
}

TEST_CASE("a scope is everything, some environments, or a team's") {
  auto const environment = Id<Environment>::generate();
  auto const team = Id<Team>::generate();
  CHECK(live::FollowScope().kind == live::FollowScope::Kind::everything);
  CHECK(live::FollowScope::everything().kind == live::FollowScope::Kind::everything);
  CHECK(live::FollowScope::of({environment}).environments == std::vector{environment});
  CHECK(live::FollowScope::of({environment}).kind == live::FollowScope::Kind::environments);
  CHECK(live::FollowScope::of(team).team == team);
  CHECK(live::FollowScope::of(team).kind == live::FollowScope::Kind::team);
}
