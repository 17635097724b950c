// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/batch.hpp>
#include <inlay/team_catalog.hpp>

#include <support/catch.hpp>
#include <support/counting_store.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace inlay;
using test::document;
using test::error_of;
using test::Example;
using test::object;

namespace {

/** What the log has since then: of each commit, what happened to which rows. */
std::vector<std::vector<std::string>> logged(Catalog const& catalog, Revision after) {
  std::vector<std::vector<std::string>> commits;
  auto const page = catalog.changes({.after = after}).value();
  for (CommitRecord const& commit : page.commits) {
    auto& changes = commits.emplace_back();
    for (ChangeRecord const& change : commit.changes) {
      char const* const kind = change.kind == ChangeKind::inserted  ? "inserted "
                               : change.kind == ChangeKind::updated ? "updated "
                                                                    : "removed ";
      changes.push_back(kind + change.entity);
    }
  }
  return commits;
}

Revision now_at(Catalog const& catalog) { return catalog.repository().revision().value(); }

}  // namespace

TEST_CASE("a batch is one commit of everything, and answers what each call would") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Revision const before = now_at(catalog);

  auto batch = catalog.as({.actor = "anna", .reason = "moving in"}).batch();
  auto const team = batch.create(Team{.name = "New"});
  auto const live = batch.create(Environment{.team_id = team.id, .name = "live"});
  auto const crm = batch.create(Integration{.name = "crm", .config = document(R"({"a":1})"), .team_id = team.id});
  auto const installed = batch.install({.integration_id = crm.id, .environment_id = live.id});
  auto const set = batch.set(installed.id, "/a", 2);
  auto const changed = batch.update(example.install.id, {.is_enabled = false});
  CHECK(batch.size() == 6);
  CHECK(now_at(catalog) == before);  // nothing is done until it is committed

  auto const done = batch.commit().value();
  CHECK(done.changed);
  CHECK(done.revision.value == before.value + 1);
  CHECK(now_at(catalog) == done.revision);
  CHECK(logged(catalog, before) == std::vector<std::vector<std::string>>{
                                       {"updated environment_integration", "inserted team", "inserted environment",
                                        "inserted integration", "inserted environment_integration"}});
  auto const record = catalog.changes({.after = before}).value().commits.front();
  CHECK(record.actor == "anna");
  CHECK(record.reason == "moving in");

  CHECK(done.get(team) == catalog.get(team.id).value());
  CHECK(done.get(live) == catalog.get(live.id).value());
  CHECK(done.get(crm).integration == catalog.get(crm.id).value().integration);
  CHECK(done.get(crm).team == catalog.get(team.id).value());
  CHECK(done.get(installed).created);
  CHECK(done.get(installed).resource.install == catalog.get(installed.id).value().install);
  CHECK(done.get(set).changed);
  CHECK(done.get(set).version() == Version{1});
  CHECK(done.get(changed).version() == Version{2});
  CHECK(done.get(changed).resource.install == catalog.get(example.install.id).value().install);
  CHECK(test::effective(catalog, installed.id) == R"({"a":2})");
}

TEST_CASE("operations of a batch on one row see each other, and the log has one record of it") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Revision const before = now_at(catalog);
  auto batch = catalog.batch();

  SECTION("changed twice: updated once, from what was to what is") {
    auto const first = batch.update(example.install.id, object(R"({"override":{"a":1,"b":1}})"));
    auto const second = batch.inherit(example.install.id, "/a");
    auto const done = batch.commit().value();
    CHECK(logged(catalog, before) == std::vector<std::vector<std::string>>{{"updated environment_integration"}});
    auto const change = catalog.changes({.after = before}).value().commits.front().changes.front();
    CHECK(!(*change.before->values())->contains("override"));
    CHECK(test::override_of(catalog, example.install.id) == R"({"b":1})");
    // Whichever answer it is, it is the row that is there now, so that what has its version is what has its members.
    CHECK(done.get(first).resource.install == done.get(second).resource.install);
    CHECK(done.get(first).version() == Version{2});
  }
  SECTION("made and changed: inserted as it is in the end, at version 1") {
    auto const made = batch.create(Integration{.name = "crm", .team_id = example.team.id});
    batch.update(made.id, {.name = "mail"}, {.expected_version = Version{1}});
    auto const done = batch.commit().value();
    CHECK(logged(catalog, before) == std::vector<std::vector<std::string>>{{"inserted integration"}});
    CHECK(done.get(made).integration.name == "mail");
    CHECK(done.get(made).version() == Version{1});
  }
  SECTION("made and removed: nothing") {
    auto const made = batch.create(Integration{.name = "crm", .team_id = example.team.id});
    auto const removed = batch.remove(made.id);
    auto const done = batch.commit().value();
    CHECK(!done.changed);
    CHECK(done.revision == before);
    CHECK(now_at(catalog) == before);
    CHECK(done.get(made).integration.name == "crm");  // as it was before that
    CHECK(done.get(removed).id == made.id.uuid);
  }
  SECTION("changed and changed back: nothing") {
    auto const one = batch.update(example.integration.id, {.name = "other"});
    batch.update(example.integration.id, {.name = "zendesk"});
    auto const done = batch.commit().value();
    CHECK(!done.changed);
    CHECK(now_at(catalog) == before);
    CHECK(done.get(one).resource.integration == catalog.get(example.integration.id).value().integration);
  }
  SECTION("changed and removed: removed, as the store had it") {
    batch.update(example.install.id, {.is_enabled = false});
    batch.uninstall(example.install.id);
    batch.commit().value();
    CHECK(logged(catalog, before) == std::vector<std::vector<std::string>>{{"removed environment_integration"}});
    auto const change = catalog.changes({.after = before}).value().commits.front().changes.front();
    CHECK((*change.before->values())->at("is_enabled") == true);
  }
  SECTION("removed, and another made with its id: both") {
    batch.uninstall(example.install.id);
    auto const again = batch.install(
        {.id = example.install.id, .integration_id = example.integration.id, .environment_id = example.environment.id});
    auto const done = batch.commit().value();
    CHECK(logged(catalog, before) == std::vector<std::vector<std::string>>{
                                         {"removed environment_integration", "inserted environment_integration"}});
    CHECK(done.get(again).resource.install.birth != example.install.birth);
    CHECK(done.get(again).resource.install == catalog.get(example.install.id).value().install);
  }
}

TEST_CASE("what a batch has made and removed again is in the way of nothing") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto batch = catalog.batch();
  auto const environment = batch.create(Environment{.team_id = example.team.id, .name = "staging"});
  auto const install = batch.install({.integration_id = example.integration.id, .environment_id = environment.id});
  batch.uninstall(install.id);
  batch.remove(environment.id);
  CHECK(!batch.commit().value().changed);
}

TEST_CASE("a batch does all or nothing, and says which operation is at fault, and where") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Revision const before = now_at(catalog);
  auto const refused = [&](auto const& add) {
    auto batch = catalog.batch();
    batch.update(example.install.id, {.is_enabled = false});
    batch.create(Team{.name = "another"});
    add(batch);
    batch.create(Team{.name = "after"});
    Error const error = error_of(batch.commit());
    CHECK(now_at(catalog) == before);
    CHECK(batch.commit({.dry_run = true}).error() == error);
    return error;
  };
  Error error = refused([&](Batch& batch) {
    boost::json::object const infinite{{"a", std::numeric_limits<double>::infinity()}};
    batch.update(example.install.id, boost::json::object{{"override", infinite}});
  });
  CHECK(error.kind == ErrorKind::invalid_document);
  CHECK(error.pointer == "/2/override/a");
  error = refused([&](Batch& batch) { batch.update(example.install.id, object(R"({"colour":1})")); });
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.pointer == "/2/colour");
  error = refused([&](Batch& batch) { batch.remove(example.team.id); });
  CHECK(error.kind == ErrorKind::in_use);
  CHECK(error.pointer == "/2");
  CHECK(error.used_by == std::vector<std::string>{"environment", "integration"});
  error = refused([&](Batch& batch) { batch.create(Environment{.team_id = Id<Team>::generate(), .name = "x"}); });
  CHECK(error.kind == ErrorKind::not_found);
  CHECK(error.pointer == "/2/team_id");
  error = refused([&](Batch& batch) { batch.create(Environment{.team_id = example.team.id, .name = "production"}); });
  CHECK(error.kind == ErrorKind::already_exists);
  CHECK(error.pointer == "/2/name");
  error = refused([&](Batch& batch) { batch.create(Team{.id = example.team.id, .name = "x"}); });
  CHECK(error.kind == ErrorKind::already_exists);
  CHECK(error.pointer == "/2/id");
  error = refused([&](Batch& batch) {
    batch.update(example.integration.id, JsonPatch{test::parsed(R"([{"op":"test","path":"/name","value":"no"}])")},
                 {.force = true});
  });
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(error.pointer.value().starts_with("/2/0"));
  error = refused([&](Batch& batch) { batch.set(example.install.id, std::string("no pointer"), 1); });
  CHECK(error.kind == ErrorKind::invalid_argument);
  error = refused([&](Batch& batch) { batch.create_from<Team>(object(R"({"name":3})")); });
  CHECK(error.pointer == "/2/name");
}

TEST_CASE("an expected version is the one that the row had before the batch") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const at = RowVersion::of(catalog.get(example.install.id).value().install);
  auto batch = catalog.batch();
  batch.update(example.install.id, {.is_enabled = false}, {.expected_version = at});
  batch.update(example.install.id, object(R"({"override":{"a":1}})"),
               {.expected_version = at, .documents = DocumentMode::replace});
  batch.update(example.install.id, JsonPatch{test::parsed(R"([{"op":"test","path":"/version","value":1}])")},
               {.expected_version = at});
  auto const done = batch.commit().value();
  CHECK(catalog.get(example.install.id).value().version() == Version{2});
  CHECK(std::get<Updated<EnvironmentIntegration>>(done.answers.at(2)).changed == false);

  Error const stale = error_of(batch.commit());
  CHECK(stale.kind == ErrorKind::conflict);
  CHECK(stale.pointer == "/0");
  CHECK(stale.current_version == Version{2});

  auto unversioned = catalog.batch();
  unversioned.update(example.install.id, {.override = replace(document("{}"))});
  CHECK(error_of(unversioned.commit()).reason == Reason::version_required);
  CHECK(unversioned.commit({.dry_run = true}).has_value());  // as for a call of its own
}

TEST_CASE("an id that an operation plans stands for the row that it finds") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Revision const before = now_at(catalog);
  auto batch = catalog.batch();
  auto const environment = batch.ensure(Environment{.team_id = example.team.id, .name = "production"});
  auto const integration = batch.ensure(Integration{.name = "crm", .team_id = example.team.id});
  auto const there = batch.install({.integration_id = example.integration.id, .environment_id = environment.id});
  batch.set(there.id, "/label", "ours");
  auto const made = batch.install({.integration_id = integration.id, .environment_id = environment.id});
  auto const done = batch.commit().value();
  CHECK(!done.get(environment).created);
  CHECK(done.get(environment).id() == example.environment.id);
  CHECK(done.get(integration).created);
  CHECK(done.get(integration).id() == integration.id);
  CHECK(!done.get(there).created);
  CHECK(done.get(there).id() == example.install.id);
  CHECK(done.get(there).version() == Version{2});
  CHECK(done.get(made).resource.install.environment_id == example.environment.id);
  CHECK(logged(catalog, before).size() == 1);
  CHECK(test::override_of(catalog, example.install.id) == R"({"label":"ours"})");
}

TEST_CASE("a batch shares, answers and ends as the calls do") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Team const other = catalog.create(Team{.name = "other"}).value();
  Environment const theirs = catalog.create(Environment{.team_id = other.id, .name = "live"}).value();
  Revision const before = now_at(catalog);

  auto batch = catalog.batch();
  batch.update(example.integration.id, {.sharing = Sharing::ask});
  auto const asked = batch.ask_for(example.integration.id, other.id);
  auto const granted = batch.answer(asked.id, GrantStatus::granted);
  auto const installed = batch.install({.integration_id = example.integration.id, .environment_id = theirs.id});
  auto const ended = batch.end(example.integration.id, "no more");
  auto const done = batch.commit().value();
  CHECK(done.get(asked).created);
  CHECK(done.get(asked).id() == asked.id);
  CHECK(done.get(granted).status == GrantStatus::granted);
  CHECK(done.get(granted) == catalog.get(asked.id).value());
  CHECK(done.get(ended).count == 1);
  CHECK(done.get(installed).resource.install.ended->reason == "no more");
  CHECK(logged(catalog, before) == std::vector<std::vector<std::string>>{
                                       {"updated integration", "inserted environment_integration", "inserted grant"}});

  // Removing it takes the ended install and the grant along; the install of its own team is in the way.
  auto removal = catalog.batch();
  removal.remove(example.integration.id);
  CHECK(error_of(removal.commit()).pointer == "/0");
  auto both = catalog.batch();
  both.uninstall(example.install.id);
  both.remove(example.integration.id);
  both.commit().value();
  CHECK(error_of(catalog.get(asked.id)).kind == ErrorKind::not_found);
  CHECK(error_of(catalog.get(installed.id)).kind == ErrorKind::not_found);
}

TEST_CASE("a dry run of a batch answers what it would come to, and writes nothing") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Revision const before = now_at(catalog);
  auto batch = catalog.batch();
  auto const first = batch.set(example.install.id, "/label", "ours");
  auto const second = batch.set(example.install.id, "/label", "theirs");
  auto const made = batch.create(Team{.name = "New"});
  auto const would_be = batch.commit({.dry_run = true}).value();
  CHECK(now_at(catalog) == before);
  CHECK(would_be.revision == before);
  CHECK(would_be.changed);
  CHECK(would_be.get(first).differences.size() == 1);
  CHECK(would_be.get(second).differences.front().before == R"("ours")");
  CHECK(would_be.get(second).version() == Version{2});
  CHECK(would_be.get(made).id == made.id);
  CHECK(error_of(catalog.get(made.id)).kind == ErrorKind::not_found);

  auto const done = batch.commit().value();
  CHECK(done.get(second).differences.empty());
  CHECK(done.revision.value == before.value + 1);
}

TEST_CASE("a batch has at most so many operations, and bytes, and changes as many rows") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  Revision const before = now_at(catalog);
  auto many = catalog.batch();
  for (std::size_t i = 0; i < Batch::max_changes; ++i) many.inherit(example.install.id, "/a");
  CHECK(many.commit().has_value());
  many.inherit(example.install.id, "/a");
  CHECK(error_of(many.commit()).kind == ErrorKind::invalid_argument);
  CHECK(error_of(many.commit()).pointer == "/10000");

  std::string const half_mebibyte(std::size_t{1} << 19U, 'x');
  auto large = catalog.batch();
  for (int i = 0; i < 31; ++i) large.set(example.install.id, "/a", half_mebibyte);
  CHECK(large.commit({.dry_run = true}).has_value());
  for (int i = 0; i < 2; ++i) large.set(example.install.id, "/a", half_mebibyte);
  Error const error = error_of(large.commit({.dry_run = true}));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.pointer == "/31");

  // A small change of large rows.
  std::vector<Id<EnvironmentIntegration>> installs;
  for (int i = 0; i < 33; ++i) {
    auto const environment =
        catalog.create(Environment{.team_id = example.team.id, .name = "e" + std::to_string(i)}).value();
    installs.push_back(catalog
                           .install({.integration_id = example.integration.id,
                                     .environment_id = environment.id,
                                     .override = document(R"({"a":")" + half_mebibyte + R"("})")})
                           .value()
                           .id());
  }
  auto rows = catalog.batch();
  for (auto const& id : installs) rows.update(id, {.is_enabled = false});
  Error const too_large = error_of(rows.commit());
  CHECK(too_large.kind == ErrorKind::invalid_argument);
  CHECK(too_large.pointer == "/15");  // the log keeps what a row was and what it is
  CHECK(catalog.get(installs.front()).value().install.is_enabled);

  // What is taken away is kept until then, and by the log.
  auto removals = catalog.batch();
  for (auto const& id : installs) removals.uninstall(id);
  Error const too_much = error_of(removals.commit());
  CHECK(too_much.kind == ErrorKind::invalid_argument);
  CHECK(too_much.pointer == "/31");
  CHECK(catalog.get(installs.front()).has_value());
  CHECK(before < now_at(catalog));
}

TEST_CASE("a batch stops in the midst of an operation that writes more than one may") {
  auto const store = std::make_shared<test::CountingStore>();
  Catalog const catalog{std::shared_ptr<Repository>(store)};
  Example const example(catalog);
  Team const other = catalog.create(Team{.name = "other"}).value();
  std::string const half_mebibyte(std::size_t{1} << 19U, 'x');
  for (int i = 0; i < 60; ++i) {
    auto const environment = catalog.create(Environment{.team_id = other.id, .name = "e" + std::to_string(i)}).value();
    catalog
        .install({.integration_id = example.integration.id,
                  .environment_id = environment.id,
                  .override = document(R"({"a":")" + half_mebibyte + R"("})")})
        .value();
  }
  catalog.uninstall(example.install.id).value();
  auto ending = catalog.batch();
  ending.end(example.integration.id, "over");
  auto const before = store->asked();
  Error const error = error_of(ending.commit());
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.pointer == "/0");
  CHECK((store->asked() - before).lists < 10);  // of the 60 installs a page has 7
  catalog.end(example.integration.id, "over").value();
  auto removing = catalog.batch();
  removing.create(Team{.name = "New"});
  removing.remove(example.integration.id);
  CHECK(error_of(removing.commit()).pointer == "/1");
  catalog.remove(example.integration.id).value();
}

TEST_CASE("an operation of a batch is no dry run, and the name of who commits it is no operation's fault") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto dry = catalog.batch();
  dry.update(example.install.id, {.is_enabled = false}, {.dry_run = true});
  CHECK(error_of(dry.commit()).kind == ErrorKind::invalid_argument);
  CHECK(error_of(dry.commit()).pointer == "/0");
  auto named = catalog.as({.reason = std::string("\xff")}).batch();
  named.update(example.install.id, {.is_enabled = false});
  CHECK(error_of(named.commit()).pointer == "/reason");
  CHECK(error_of(named.commit({.dry_run = true})).pointer == "/reason");
}

TEST_CASE("an empty batch writes nothing") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const done = catalog.batch().commit().value();
  CHECK(!done.changed);
  CHECK(done.answers.empty());
  CHECK(done.revision == now_at(catalog));
}

TEST_CASE("rows may hand their unique names on in a batch, but not exchange them") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const make = [&](char const* name) {
    return catalog.create(Environment{.team_id = example.team.id, .name = name}).value().id;
  };
  auto const a = make("a");
  auto const b = make("b");
  auto const c = make("c");

  auto handing_on = catalog.batch();
  handing_on.update(a, {.name = "first"});
  handing_on.update(b, {.name = "a"});
  handing_on.update(c, {.name = "b"});
  handing_on.create(Environment{.team_id = example.team.id, .name = "c"});
  handing_on.commit().value();
  CHECK(catalog.get(c).value().name == "b");

  auto exchanging = catalog.batch();
  exchanging.update(b, {.name = "between"});
  exchanging.update(c, {.name = "a"});
  exchanging.update(b, {.name = "b"});
  Error const error = error_of(exchanging.commit());
  CHECK(error.kind == ErrorKind::already_exists);
  CHECK(error.pointer->ends_with("/name"));
  CHECK(catalog.get(b).value().name == "a");

  auto freeing = catalog.batch();
  freeing.remove(b);
  freeing.update(c, {.name = "a"});
  freeing.commit().value();
  CHECK(catalog.get(c).value().name == "a");
}

TEST_CASE("a batch whose rows are changed before it is committed is decided anew") {
  auto const store = std::make_shared<test::CountingStore>();
  Catalog const catalog{std::shared_ptr<Repository>(store)};
  Example const example(catalog);
  auto const change_meanwhile = [&](auto const& change) {
    store->before_commit = [&, change, is_first = true](Commit const&) mutable {
      if (std::exchange(is_first, false)) {
        auto const hook = std::exchange(store->before_commit, {});
        change();
      }
    };
  };

  SECTION("a row that it changes: what others wrote of other members stays") {
    change_meanwhile([&] { catalog.set(example.install.id, "/theirs", 1).value(); });
    auto batch = catalog.batch();
    batch.set(example.install.id, "/ours", 1);
    batch.create(Team{.name = "New"});
    auto const done = batch.commit().value();
    CHECK(test::override_of(catalog, example.install.id) == R"({"theirs":1,"ours":1})");
    CHECK(std::get<Updated<EnvironmentIntegration>>(done.answers.front()).version() == Version{3});
  }
  SECTION("a row that it changes with an expected version: conflict, and nothing is done") {
    change_meanwhile([&] { catalog.set(example.install.id, "/theirs", 1).value(); });
    auto batch = catalog.batch();
    auto const made = batch.create(Team{.name = "New"});
    batch.set(example.install.id, "/ours", 1, {.expected_version = Version{1}});
    Error const error = error_of(batch.commit());
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.pointer == "/1");
    CHECK(error.current_version == Version{2});
    CHECK(error_of(catalog.get(made.id)).kind == ErrorKind::not_found);
  }
  SECTION("what allows it: forbidden") {
    Team const other = catalog.create(Team{.name = "other"}).value();
    Environment const theirs = catalog.create(Environment{.team_id = other.id, .name = "live"}).value();
    change_meanwhile([&] { catalog.update(example.integration.id, {.sharing = Sharing::deny}).value(); });
    auto batch = catalog.as({.team = other.id}).batch();
    batch.update(theirs.id, {.name = "renamed"});
    batch.install({.integration_id = example.integration.id, .environment_id = theirs.id});
    Error const error = error_of(batch.commit());
    CHECK(error.kind == ErrorKind::not_found);  // it does not see it any more
    CHECK(error.pointer == "/1/integration_id");
    CHECK(catalog.get(theirs.id).value().name == "live");
  }
  SECTION("a name that it takes: the operation is refused that takes it") {
    change_meanwhile([&] { catalog.create(Environment{.team_id = example.team.id, .name = "staging"}).value(); });
    auto batch = catalog.batch();
    batch.create(Team{.name = "New"});
    batch.create(Environment{.team_id = example.team.id, .name = "staging"});
    Error const error = error_of(batch.commit());
    CHECK(error.kind == ErrorKind::already_exists);
    CHECK(error.pointer == "/1/name");
  }
  SECTION("a row that it references is removed") {
    Team const going = catalog.create(Team{.name = "going"}).value();
    change_meanwhile([&] { catalog.remove(going.id).value(); });
    auto batch = catalog.batch();
    batch.create(Environment{.team_id = going.id, .name = "x"});
    CHECK(error_of(batch.commit()).kind == ErrorKind::not_found);
    CHECK(error_of(batch.commit()).pointer == "/0/team_id");
  }
  SECTION("a row that it removes is used") {
    Team const used = catalog.create(Team{.name = "used"}).value();
    change_meanwhile([&] { catalog.create(Environment{.team_id = used.id, .name = "x"}).value(); });
    auto batch = catalog.batch();
    batch.remove(used.id);
    CHECK(error_of(batch.commit()).kind == ErrorKind::in_use);
  }
  SECTION("a request that it found to be made, or answered, already") {
    Team const asking = catalog.create(Team{.name = "asking"}).value();
    catalog.update(example.integration.id, {.sharing = Sharing::ask}).value();
    Grant const grant = catalog.ask_for(example.integration.id, asking.id).value().grant;
    bool const asks = GENERATE(true, false);
    if (!asks) catalog.answer(grant.id, GrantStatus::granted).value();
    change_meanwhile([&] { catalog.answer(grant.id, asks ? GrantStatus::denied : GrantStatus::revoked).value(); });
    auto batch = catalog.batch();
    if (asks) {
      batch.ask_for(example.integration.id, asking.id);
    } else {
      batch.answer(grant.id, GrantStatus::granted);
    }
    batch.create(Team{.name = "New"});
    batch.commit().value();
    CHECK(catalog.get(grant.id).value().status == (asks ? GrantStatus::pending : GrantStatus::granted));
  }
  SECTION("what it found to be so already") {
    change_meanwhile([&] { catalog.update(example.install.id, {.is_enabled = false}).value(); });
    auto batch = catalog.batch();
    batch.update(example.install.id, {.is_enabled = true});
    batch.create(Team{.name = "New"});
    batch.commit().value();
    CHECK(catalog.get(example.install.id).value().install.is_enabled);
  }
}

TEST_CASE("a batch reads rows that it changes many at a time, and commits once") {
  auto const store = std::make_shared<test::CountingStore>();
  Catalog const catalog{std::shared_ptr<Repository>(store)};
  Example const example(catalog);
  std::vector<Id<EnvironmentIntegration>> installs;
  for (int i = 0; i < 150; ++i) {
    auto const environment =
        catalog.create(Environment{.team_id = example.team.id, .name = "e" + std::to_string(i)}).value();
    installs.push_back(
        catalog.install({.integration_id = example.integration.id, .environment_id = environment.id}).value().id());
  }
  auto batch = catalog.batch();
  for (auto const& id : installs) batch.update(id, {.is_enabled = false});
  auto const before = store->asked();
  batch.commit().value();
  CHECK(store->asked() - before == test::CountingStore::Asks{.finds = 0, .lists = 1, .commits = 1});
}

TEST_CASE("a batch of a team does what the team may, and is held to its quota as one write") {
  auto const store = std::make_shared<test::CountingStore>();
  Catalog const administration{std::shared_ptr<Repository>(store)};
  Example const example(administration);
  Team const other = administration.create(Team{.name = "other"}).value();
  CatalogOptions options;
  options.team_quota = {.rows = 3};
  Catalog const limited(store, options);
  TeamCatalog const own = limited.for_team({.team = other.id, .actor = "bob"});

  auto const create_environments = [&](int count) {
    auto batch = own.batch();
    for (int i = 0; i < count; ++i) batch.create(Environment{.team_id = other.id, .name = "e" + std::to_string(i)});
    return batch.commit();
  };
  CHECK(error_of(create_environments(4)).kind == ErrorKind::quota_exceeded);
  CHECK(create_environments(3).has_value());

  auto foreign = own.batch();
  foreign.update(example.integration.id, {.name = "mine"});
  Error const error = error_of(foreign.commit());
  CHECK(error.kind == ErrorKind::forbidden);
  CHECK(error.pointer == "/0");
  auto hidden = own.batch();
  hidden.update(example.install.id, {.is_enabled = false});
  CHECK(error_of(hidden.commit()).kind == ErrorKind::not_found);

  // What it sees of others in an answer is what it sees of them anywhere.
  auto batch = own.batch();
  auto const environments = own.list(Query<Environment>{}).value().items;
  batch.remove(environments.front().id);
  auto const installed =
      batch.install({.integration_id = example.integration.id, .environment_id = environments.back().id});
  auto const done = batch.commit().value();
  CHECK(done.get(installed).resource.team == own.get(installed.id).value().team);
  CHECK(done.get(installed).resource.team.version == Version{});
}
