// SPDX-License-Identifier: BSL-1.0
// An id is free again when its row is removed. So between an operation's look and its write, and between two of its
// looks, the row may have become another, and somebody else's. Each operation is stopped at each of these moments.
#include <support/catch.hpp>
#include <support/stores.hpp>
#include "reborn_world.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

/** What becomes of Victor's rows, or rights, while one of his calls is on its way. */
struct Event {
  char const* name;
  void (RebornWorld::*run)();
};

std::vector<ChangeRecord> changes_after(Repository const& store, Revision revision) {
  std::vector<ChangeRecord> all;
  for (CommitRecord& commit : store.changes({.after = revision, .limit = 1'000}).value().commits) {
    std::move(commit.changes.begin(), commit.changes.end(), std::back_inserter(all));
  }
  return all;
}

/** Of a call that was stopped: what it said, and what it wrote after that. */
struct Seen {
  Result<std::string> told;
  std::vector<ChangeRecord> written;
};

/** A store, and how calls on it are stopped. */
struct Stage {
  std::shared_ptr<Repository> store;
  std::shared_ptr<Stopped> stopped;

  explicit Stage(std::string const& url) : store(all_backends().open(url).value()) {
    stopped = std::make_shared<Stopped>(store);
  }

  /** Runs a call while the event happens at each of its moments, one after the other, each time in a new world. */
  void for_each_moment(std::function<Result<std::string>(Catalog const&, RebornWorld const&)> const& call,
                       void (RebornWorld::*event)(),
                       std::function<void(RebornWorld const&, Seen const&)> const& check) const {
    for (int moment = 0;; ++moment) {
      CAPTURE(moment);
      RebornWorld world(store);
      Revision then;
      stopped->arm(moment, [&] {
        (world.*event)();
        then = store->revision().value();
      });
      auto told = call(Catalog(stopped).as({.actor = "victor", .team = world.victor.id}), world);
      if (!stopped->has_stopped()) {
        REQUIRE(moment > 1);  // it did something
        return;
      }
      check(world, {std::move(told), changes_after(*store, then)});
    }
  }
};

bool speaks_of_hers(Result<std::string> const& told) {
  return (told ? *told : told.error().message).find("hers") != std::string::npos;
}

/** The calls of those names. */
std::vector<VictorsCall> calls_named(std::vector<std::string> const& names) {
  std::vector<VictorsCall> found;
  for (VictorsCall const& call : victors_calls()) {
    if (std::find(names.begin(), names.end(), call.name) != names.end()) found.push_back(call);
  }
  REQUIRE(found.size() == names.size());
  return found;
}

}  // namespace

TEST_CASE("no call of a team writes or tells of what has become another team's, whenever that happens") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Stage const stage(url);
  for (Event const& event : {Event{"removed, and made by the other", &RebornWorld::become_ritas},
                             Event{"given to the other", &RebornWorld::are_handed_to_rita}}) {
    for (VictorsCall const& call : victors_calls()) {
      CAPTURE(event.name, call.name);
      stage.for_each_moment(call.run, event.run, [&](RebornWorld const& world, Seen const& seen) {
        CAPTURE(seen.told ? *seen.told : to_string(seen.told.error()));
        CHECK_FALSE(speaks_of_hers(seen.told));
        if (call.makes_rows) {
          CHECK(std::none_of(seen.written.begin(), seen.written.end(),
                             [&](ChangeRecord const& change) { return world.was_victors(change.id); }));
          CHECK(seen.told.has_value());
          return;
        }
        CHECK(seen.written == std::vector<ChangeRecord>{});
        if (seen.told) return;  // it had come first
        // There is no such row for him any more, or it was in use when it still was his.
        Error const& error = seen.told.error();
        bool const cannot = error.kind == ErrorKind::not_built && !stage.store->capabilities().can_snapshot;
        CHECK((error.outcome == Outcome::done || error.kind == ErrorKind::not_found ||
               error.kind == ErrorKind::forbidden || error.kind == ErrorKind::in_use || cannot));
        CHECK_FALSE(error.current_version);
      });
    }
  }
}

TEST_CASE("no install is written once what allowed it was withdrawn, whenever that happens") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Stage const stage(url);
  for (VictorsCall const& call : calls_named({"install what everybody may", "install what he was granted",
                                              "create an install", "ask for an integration"})) {
    CAPTURE(call.name);
    stage.for_each_moment(call.run, &RebornWorld::are_withdrawn, [&](RebornWorld const&, Seen const& seen) {
      CAPTURE(seen.told ? *seen.told : to_string(seen.told.error()));
      CHECK(seen.written == std::vector<ChangeRecord>{});
      if (seen.told) return;
      CHECK((seen.told.error().outcome == Outcome::done || seen.told.error().kind == ErrorKind::forbidden ||
             seen.told.error().kind == ErrorKind::not_found));
    });
  }
}

TEST_CASE("a write that names a version with a birth is of that row or of none, whenever the row is made anew") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Stage const stage(url);
  using World = RebornWorld;
  auto const at = [](auto const& row) { return UpdateOptions{.expected_version = RowVersion::of(row)}; };
  for (VictorsCall const &call : std::vector<VictorsCall>{
           {"install",
            [&](Catalog const&c, World const&w) {
              return told(c.update(w.install.id, {.is_enabled = false}, at(w.install)));
            }},
           {"integration",
            [&](Catalog const&c, World const&w) {
              return told(c.update(w.integration.id, {.is_beta = true}, at(w.integration)));
            }},
           {"environment",
            [&](Catalog const&c, World const&w) {
              return told(c.update(w.environment.id, {.name = "new"}, at(w.environment)));
            }},
           {"JSON Patch",
            [&](Catalog const&c, World const&w) {
              return told(c.update(w.install.id,
                                   JsonPatch{parsed(R"([{"op":"replace","path":"/is_enabled","value":false}])")},
                                   at(w.install)));
            }},
           {"nothing to change",
            [&](Catalog const&c, World const&w) {
              return told(c.update(w.install.id, {.is_enabled = true}, at(w.install)));
            }},
           {"set", [&](Catalog const&c,
                       World const&w) { return told(c.set(w.install.id, pointer("/headers/c"), "3", at(w.install))); }},
           {"remove",
            [&](Catalog const&c, World const&w) {
              return told(c.remove(w.install.id, pointer("/headers/b"), at(w.install)));
            }},
           {"inherit",
            [&](Catalog const&c, World const&w) {
              return told(c.inherit(w.install.id, pointer("/headers/a"), at(w.install)));
            }},
           {"uninstall",
            [](Catalog const&c, World const&w) { return told(c.uninstall(w.install.id, RowVersion::of(w.install))); }},
           {"remove an environment",
            [](Catalog const&c, World const&w) {
              return told(c.remove(w.bare_environment.id, RowVersion::of(w.bare_environment)));
            }},
           {"remove an integration",
            [](Catalog const&c, World const&w) {
              return told(c.remove(w.bare_integration.id, RowVersion::of(w.bare_integration)));
            }},
           {"answer",
            [](Catalog const&c, World const&w) {
              return told(c.answer(w.request.id, GrantStatus::granted, RowVersion::of(w.request)));
            }},
       }) {
    CAPTURE(call.name);
    stage.for_each_moment(call.run, &World::are_made_anew, [&](World const& world, Seen const& seen) {
      CAPTURE(seen.told ? *seen.told : to_string(seen.told.error()));
      CHECK(seen.written == std::vector<ChangeRecord>{});
      if (!seen.told) {
        CHECK(seen.told.error().kind == ErrorKind::conflict);
        CHECK_FALSE(seen.told.error().current_version);
      }
      // And not only while it happens.
      auto const late = call.run(Catalog(stage.store).as({.team = world.victor.id}), world);
      REQUIRE(late.has_error());
      CHECK(late.error().kind == ErrorKind::conflict);
      CHECK_FALSE(late.error().current_version);
    });
  }
}

TEST_CASE("a write without a version is applied to the row that its team has made anew") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Stage const stage(url);
  for (VictorsCall const& call :
       calls_named({"patch an install", "patch an integration", "patch an environment", "set a value", "remove a value",
                    "uninstall", "remove an environment", "answer a request"})) {
    CAPTURE(call.name);
    stage.for_each_moment(call.run, &RebornWorld::are_made_anew, [&](RebornWorld const&, Seen const& seen) {
      CAPTURE(seen.told ? *seen.told : to_string(seen.told.error()));
      CHECK(seen.told.has_value());
      CHECK(seen.written.size() <= 1);
    });
  }
}

TEST_CASE("a write that the store decides after lost races is of the row that was judged, or of none") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const store = all_backends().open(url).value();

  /** Changes the install before the first three commits, and then something else. */
  struct Busy : Stopped {
    using Stopped::Stopped;
    int commits = 0;
    std::function<void(int)> before_commit{};
    Result<Committed> commit(Commit const& commit) override {
      before_commit(commits++);
      return inner->commit(commit);
    }
  };
  for (VictorsCall const& call : calls_named({"patch an install", "JSON Patch an install", "set a value"})) {
    CAPTURE(call.name);
    for (auto const event :
         {&RebornWorld::become_ritas, &RebornWorld::are_handed_to_rita, &RebornWorld::are_made_anew}) {
      RebornWorld world(store);
      Busy busy(store);
      Revision then;
      busy.before_commit = [&](int number) {
        if (number < 3) {
          Catalog(store).update(world.install.id, {.show_in_catalog = number % 2 != 0}).value();
        } else if (number == 3) {
          (world.*event)();
          then = store->revision().value();
        }
      };
      auto const told = call.run(
          Catalog(std::shared_ptr<Repository>(std::shared_ptr<void>(), &busy)).as({.team = world.victor.id}), world);
      REQUIRE(busy.commits > 3);
      auto const written = changes_after(*store, then);
      if (event == &RebornWorld::are_made_anew) {
        CHECK(told.has_value());
        CHECK(written.size() == 1);
      } else {
        CHECK_FALSE(speaks_of_hers(told));
        REQUIRE(told.has_error());
        CHECK(told.error().kind == ErrorKind::not_found);
        CHECK(written == std::vector<ChangeRecord>{});
      }
    }
  }
}

TEST_CASE("a value is not set by what a config was before it changed") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const store = all_backends().open(url).value();
  auto const stopped = std::make_shared<Stopped>(store);
  Catalog const host(store);
  for (int moment = 0;; ++moment) {
    CAPTURE(moment);
    RebornWorld const world(store);
    Revision then;
    stopped->arm(moment, [&] {
      // There is no way into an array.
      host.update(world.integration.id, {.config = document(R"({"other":["b"]})")}, {.force = true}).value();
      then = store->revision().value();
    });
    auto const set = Catalog(stopped).as({.team = world.victor.id}).set(world.install.id, pointer("/other/c"), "3");
    if (!stopped->has_stopped()) {
      CHECK(moment > 0);
      break;
    }
    if (set) {
      CHECK(changes_after(*store, then).empty());  // it had come first
    } else {
      CHECK(set.error().kind == ErrorKind::invalid_argument);
      CHECK(set.error().pointer == "/other");
    }
  }
}

TEST_CASE("a removal that runs against any write of its row ends as if one had come before the other") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const store = all_backends().open(url).value();
  auto const stopped = std::make_shared<Stopped>(store);
  for (VictorsCall const& removal :
       calls_named({"uninstall", "remove an environment in use", "remove an integration"})) {
    for (VictorsCall const& call : victors_calls()) {
      CAPTURE(removal.name, call.name);
      for (int moment = 0;; ++moment) {
        CAPTURE(moment);
        RebornWorld const world(store);
        Catalog const victor = Catalog(store).as({.team = world.victor.id});
        std::optional<Result<std::string>> other;
        stopped->arm(moment, [&] { other = call.run(victor, world); });
        auto const removed = removal.run(Catalog(stopped).as({.team = world.victor.id}), world);
        if (!stopped->has_stopped()) {
          CHECK(moment > 0);
          break;
        }
        REQUIRE(other.has_value());
        // Nothing is left half done: a removal is done, or says by what the row is used; or the other has removed it.
        auto const again = removal.run(victor, world);
        if (removed) {
          REQUIRE(again.has_error());
          CHECK(again.error().kind == ErrorKind::not_found);
        } else {
          CHECK((removed.error().kind == ErrorKind::in_use || removed.error().kind == ErrorKind::not_found));
        }
        if (*other) continue;
        ErrorKind const kind = other->error().kind;
        bool const cannot = kind == ErrorKind::not_built && !store->capabilities().can_snapshot;
        CHECK((kind == ErrorKind::not_found || kind == ErrorKind::in_use || kind == ErrorKind::invalid_argument ||
               cannot));
      }
    }
  }
}

TEST_CASE("a value that no config can stand in the way of is written by one commit, whatever becomes of the config") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));

  struct Counting : Stopped {
    using Stopped::Stopped;
    int commits = 0;
    Result<Committed> commit(Commit const& commit) override {
      ++commits;
      return Stopped::commit(commit);
    }
  };
  auto const store = all_backends().open(url).value();
  Catalog const host(store);
  using Write = std::function<bool(Catalog const&, RebornWorld const&)>;
  for (auto const& [name, write] : std::vector<std::pair<std::string, Write>>{
           {"set a value",
            [](Catalog const&c, RebornWorld const&w) { return c.set(w.install.id, pointer("/a"), 1).has_value(); }},
           {"set an object",
            [](Catalog const&c, RebornWorld const&w) {
              return c.set(w.install.id, pointer(""), object(R"({"a":1})"), {.force = true}).has_value();
            }},
           {"remove", [](Catalog const&c,
                         RebornWorld const&w) { return c.remove(w.install.id, pointer("/headers")).has_value(); }},
           {"inherit", [](Catalog const&c,
                          RebornWorld const&w) { return c.inherit(w.install.id, pointer("/headers/a")).has_value(); }},
           {"patch", [](Catalog const&c, RebornWorld const&w) {
              return c.update(w.install.id, object(R"({"override":{"headers":{"c":1}}})")).has_value();
            }}}) {
    CAPTURE(name);
    for (int moment = 0;; ++moment) {
      CAPTURE(moment);
      RebornWorld const world(store);
      auto const stopped = std::make_shared<Counting>(store);
      stopped->arm(moment, [&] { host.update(world.integration.id, {.is_beta = true}).value(); });
      REQUIRE(write(Catalog(stopped).as({.team = world.victor.id}), world));
      if (!stopped->has_stopped()) {
        CHECK(moment > 0);
        break;
      }
      CHECK(stopped->commits == 1);
    }
  }
}

namespace {

/** An integration that everybody may install, and installs of another team, more than one commit removes. */
struct EndedWorld {
  static constexpr int installs = 102;

  std::shared_ptr<Repository> store;
  Catalog host;
  Team owner;
  Team user;
  Integration integration;
  std::vector<Environment> environments;  // the user's; nothing is installed in the last one

  explicit EndedWorld(std::shared_ptr<Repository> repository)
      : store(std::move(repository)),
        host(store),
        owner(host.create(Team{.name = "owner"}).value()),
        user(host.create(Team{.name = "user"}).value()),
        integration(host.create(Integration{.name = "crm", .team_id = owner.id, .sharing = Sharing::allow})
                        .value()
                        .integration) {
    std::vector<Change> changes;
    for (int i = 0; i <= installs; ++i) {
      Environment row{.id = Id<Environment>::generate(), .team_id = user.id, .name = std::to_string(i)};
      changes.emplace_back(Insert<Environment>{row});
      environments.push_back(std::move(row));
      if (i == installs) break;
      changes.emplace_back(
          Insert<EnvironmentIntegration>{EnvironmentIntegration{.id = Id<EnvironmentIntegration>::generate(),
                                                                .integration_id = integration.id,
                                                                .environment_id = environments.back().id}});
    }
    REQUIRE(store->commit({.changes = std::move(changes), .token = generate_uuid(), .time = now()}).has_value());
  }

  [[nodiscard]] Catalog for_owner(std::shared_ptr<Repository> through) const {
    return Catalog(std::move(through)).as({.team = owner.id});
  }
};

}  // namespace

TEST_CASE("an install that is made while its integration is removed stays, and so does the integration") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const store = all_backends().open(url).value();
  auto const stopped = std::make_shared<Stopped>(store);
  int stayed = 0;
  for (int moment = 0;; ++moment) {
    CAPTURE(moment);
    EndedWorld const world(store);
    REQUIRE(world.for_owner(store).end(world.integration.id, "over").value().count == EndedWorld::installs);
    Catalog const user = Catalog(store).as({.team = world.user.id});
    std::optional<Result<Installed>> late;
    stopped->arm(moment, [&] {
      late = user.install({.integration_id = world.integration.id, .environment_id = world.environments.back().id});
    });
    auto const removed = world.for_owner(stopped).remove(world.integration.id);
    if (!stopped->has_stopped()) {
      CHECK(moment > 0);
      break;
    }
    REQUIRE(late.has_value());
    if (late->has_error()) {  // it was gone
      CHECK(removed.has_value());
      continue;
    }
    ++stayed;
    REQUIRE(removed.has_error());
    CHECK(removed.error().kind == ErrorKind::in_use);
    CHECK(world.host.get(world.integration.id).has_value());
    auto const still = user.get((*late)->resource.install.id);
    REQUIRE(still.has_value());
    CHECK_FALSE(still->install.ended.has_value());
  }
  CHECK(stayed > 5);
}

TEST_CASE("an install is not ended once its environment belongs to the integration's owner, whenever that happens") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const store = all_backends().open(url).value();
  auto const stopped = std::make_shared<Stopped>(store);
  for (int moment = 0;; ++moment) {
    CAPTURE(moment);
    EndedWorld const world(store);
    // One in the first commit of those that end them, and one in the second.
    std::vector<Id<Environment>> const handed_over{world.environments[0].id, world.environments[101].id};
    Revision then;
    stopped->arm(moment, [&] {
      for (Id<Environment> const id : handed_over) {
        auto const before = store->find(FindRequest<Environment>{.id = id}).value();
        Update<Environment> update{before, before};
        update.after.team_id = world.owner.id;
        then = store->commit({.changes = {update}, .token = generate_uuid(), .time = now()}).value().revision;
      }
    });
    auto const ended = world.for_owner(stopped).end(world.integration.id, "over");
    if (!stopped->has_stopped()) {
      CHECK(moment > 0);
      break;
    }
    REQUIRE(ended.has_value());
    std::size_t written = 0;
    for (ChangeRecord const& change : changes_after(*store, then)) {
      auto const row = (*change.after->values());
      ++written;
      for (Id<Environment> const id : handed_over)
        CHECK(std::string_view(row->at("environment_id").as_string()) != to_string(id));
    }
    CHECK(ended->count >= written);
    CHECK(ended->count >= EndedWorld::installs - 2);
  }
}
