// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/commit.hpp>

#include <support/catch.hpp>

#include <set>
#include <type_traits>

using namespace inlay;

namespace {

constexpr Timestamp earlier{1'000'000};
constexpr Timestamp later{2'000'000};

}  // namespace

TEST_CASE("every entity can be inserted, updated, edited, removed and guarded") {
  std::set<std::size_t> places;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    places.insert({Change(Insert<Entity>{}).index(), Change(Update<Entity>{}).index(), Change(Edit<Entity>{}).index(),
                   Change(Remove<Entity>{}).index()});
    CHECK(std::holds_alternative<Guard<Entity>>(AnyGuard(Guard<Entity>(Entity{}))));
  });
  CHECK(places.size() == std::variant_size_v<Change>);
}

TEST_CASE("each insert draws a birth, which its copies share") {
  Insert<Team> const one{Team{.name = "acme"}};
  Insert<Team> const same = one;
  Insert<Team> const other{Team{.name = "acme"}};
  CHECK(one.birth != Birth{});
  CHECK(same.birth == one.birth);
  CHECK(other.birth != one.birth);
}

TEST_CASE("a guard is of a row as it was read") {
  Team const team{.id = Id<Team>::generate(), .version = Version{3}, .birth = Birth{7}};
  Guard<Team> const guard(team);
  CHECK(guard.id == team.id);
  CHECK(guard.version == Version{3});
  CHECK(guard.birth == Birth{7});
}

TEST_CASE("an inserted row is at version 1, made and changed when the commit was, whatever the caller wrote there") {
  Team const given{.id = Id<Team>::generate(),
                   .name = "acme",
                   .version = Version{9},
                   .birth = Birth{9},
                   .revision = Revision{9},
                   .created_at = earlier,
                   .updated_at = earlier};
  Insert<Team> const insert{given};
  Team const row = inserted(insert, later, Revision{4});
  CHECK(row.id == given.id);
  CHECK(row.name == "acme");
  CHECK(row.version == Version{1});
  CHECK(row.birth == insert.birth);
  CHECK(row.birth != given.birth);
  CHECK(row.revision == Revision{4});
  CHECK(row.created_at == later);
  CHECK(row.updated_at == later);
}

TEST_CASE("an updated row takes from the caller what is the caller's, and what is the store's from before") {
  Team const before{.id = Id<Team>::generate(),
                    .name = "acme",
                    .version = Version{3},
                    .birth = Birth{8},
                    .revision = Revision{4},
                    .created_at = earlier,
                    .updated_at = earlier};
  Team const after{.id = Id<Team>::generate(), .name = "umbrella", .is_verified = true, .created_at = later};
  CHECK(updated(Update<Team>{before, after}, later, Revision{5}) == Team{.id = before.id,
                                                                         .name = "umbrella",
                                                                         .is_verified = true,
                                                                         .version = Version{4},
                                                                         .birth = Birth{8},
                                                                         .revision = Revision{5},
                                                                         .created_at = earlier,
                                                                         .updated_at = later});
}

TEST_CASE("what no store could hold is found in a commit whatever the store holds") {
  Team const team{.id = Id<Team>::generate(), .name = "acme"};
  Commit commit{.changes = {Insert<Team>{team}}};
  CHECK(storage::check(commit).has_value());
  Team unfit = team;
  unfit.logo = "\xFF";
  commit.changes.emplace_back(Update<Team>{team, unfit});
  CHECK(storage::check(commit).error().pointer == "/logo");
  commit.changes.back() = Remove<Team>{unfit};
  CHECK(storage::check(commit).has_value());
  commit.reason = "\xFF";
  CHECK(storage::check(commit).error().pointer == "/reason");
  CHECK(storage::check(Commit{}).error().kind == ErrorKind::invalid_argument);
}

TEST_CASE("a row that was read without its documents is neither written nor taken for what was there") {
  auto const refused = [](Change change) {
    auto const checked = storage::check(Commit{.changes = {std::move(change)}});
    REQUIRE(checked.has_error());
    CHECK(checked.error().kind == ErrorKind::invalid_argument);
    return checked.error().pointer.value_or("none");
  };
  Integration const whole{.id = Id<Integration>::generate(), .name = "n", .team_id = Id<Team>::generate()};
  Integration lean = whole;
  lean.config = Document::left_out();
  CHECK(refused(Insert<Integration>{lean}) == "/config");
  CHECK(refused(Update<Integration>{whole, lean}) == "/config");
  CHECK(refused(Update<Integration>{lean, whole}) == "/config");
  CHECK(refused(Remove<Integration>{lean}) == "/config");
  EnvironmentIntegration install;
  install.override = Document::left_out();
  CHECK(refused(Remove<EnvironmentIntegration>{install}) == "/override");
  CHECK(storage::check(Commit{.changes = {Update<Integration>{whole, whole}}}).has_value());
}
