// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

#include <inlay/json/parse.hpp>
#include <inlay/model/summary.hpp>
#include <inlay/storage/errors.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <atomic>
#include <sstream>
#include <thread>

using namespace inlay;
using test::effective;
using test::error_of;
using test::Example;
using test::install_of;
using test::override_of;

namespace {

/** A store in memory that can be lost as soon as the next commit is done. */
class DiesAfterCommits final : public RepositoryFrom<DiesAfterCommits> {
 public:
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    if (is_dead) return dead();
    return static_cast<Reader<Readable> const&>(*store_).find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    if (is_dead) return dead();
    return static_cast<Reader<Readable> const&>(*store_).list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    if (is_dead) return dead();
    auto const committed = store_->commit(commit);
    is_dead = dies && committed.has_value();
    return committed;
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return store_->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return store_->compact(request); }
  Result<Revision> revision() const override { return store_->revision(); }
  Capabilities const& capabilities() const noexcept override { return store_->capabilities(); }

  void revive() { dies = is_dead = false; }

  bool dies = false;
  bool is_dead = false;

 private:
  static Error dead() { return {.kind = ErrorKind::unavailable, .message = "the connection is lost"}; }

  std::shared_ptr<Repository> store_ = Backends().add(memory_backend()).open("memory:").value();
};

}  // namespace

// Grants are written by asking and answering only, whatever is compiled where.
template <class Entity>
concept CanBeCreated = requires(Catalog const& catalog, Entity row) {
  catalog.create(row);
};
template <class Entity>
concept CanBeRemoved = requires(Catalog const& catalog, Id<Entity> id) {
  catalog.remove(id);
};
template <class Entity>
concept CanBeUpdated = requires(Catalog const& catalog, Id<Entity> id, boost::json::object const& patch) {
  catalog.update(id, patch);
  catalog.update(id, JsonPatch{});
};
static_assert(CanBeCreated<Integration> && CanBeRemoved<Integration> && CanBeUpdated<Integration>);
static_assert(!CanBeCreated<Grant> && !CanBeRemoved<Grant> && !CanBeUpdated<Grant>);
// remove(id, pointer) without its pointer does not compile, where it would uninstall.
static_assert(CanBeUpdated<EnvironmentIntegration> && !CanBeRemoved<EnvironmentIntegration>);

TEST_CASE("a merge patch on the resource changes what it names and nothing else") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const updated =
      catalog.update(example.install.id, test::object(R"({"is_enabled":false,"override":{"base_url":"https://eu"}})"))
          .value();
  CHECK(updated.changed);
  CHECK_FALSE(updated.resource.install.is_enabled);
  CHECK(updated.resource.install.show_in_catalog);
  CHECK(updated.resource.install.override->text() == R"({"base_url":"https://eu"})");
  CHECK(updated.resource.install.version == Version{2});
  CHECK(updated.resource.install.updated_at > example.install.updated_at);
  CHECK(updated.resource.install.created_at == example.install.created_at);
  CHECK(updated.resource.integration.name == "zendesk");
  CHECK(updated.resource.team.name == "My Awesome Team");
  REQUIRE(updated.resource.installed_in.has_value());
  CHECK(updated.resource.installed_in->ids == std::vector{example.environment.id});
  CHECK(catalog.get(example.install.id).value() == updated.resource);
}

TEST_CASE("a typed change changes what it names and nothing else") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const disabled = catalog.update(example.install.id, {.is_enabled = false}).value();
  CHECK_FALSE(disabled.resource.install.is_enabled);
  CHECK(disabled.resource.install.show_in_catalog);

  catalog.update(example.install.id, {.override = test::document(R"({"a":1})")}).value();
  catalog.update(example.install.id, {.override = test::document(R"({"b":2})")}).value();
  CHECK(override_of(catalog, example.install.id) == R"({"a":1,"b":2})");
  catalog.update(example.install.id, {.override = std::optional<Document>()}).value();
  CHECK(override_of(catalog, example.install.id) == "none");

  auto const team = catalog.update(example.team.id, {.domain = std::optional<std::string>(), .is_white_labeled = true});
  CHECK_FALSE(team.value().resource.domain.has_value());
  CHECK(team.value().resource.is_white_labeled);
  CHECK(team.value().resource.name == "My Awesome Team");
}

TEST_CASE("a patch that changes nothing leaves version, time and revision alone") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const before = catalog.update(example.install.id, test::object(R"({"override":{"a":1}})")).value().resource;
  auto const revision = catalog.repository().revision().value();
  for (char const* patch : {"{}", R"({"is_enabled":true})", R"({"override":{"a":1}})", R"({"override":{}})",
                            R"({"override":{"b":null}})", R"({"override":{"b":{"c":null}}})"}) {
    auto const updated = catalog.update(example.install.id, test::object(patch)).value();
    CAPTURE(patch);
    CHECK_FALSE(updated.changed);
    CHECK(updated.resource == before);
  }
  CHECK(catalog.repository().revision().value() == revision);
}

TEST_CASE("a stale expected version is a conflict that says the current one, even when nothing would change") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  catalog.update(example.install.id, {.is_enabled = false}).value();
  for (char const* patch : {R"({"show_in_catalog":false})", "{}"}) {
    auto const error =
        error_of(catalog.update(example.install.id, test::object(patch), {.expected_version = Version{1}}));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.current_version == Version{2});
  }
  CHECK(catalog.update(example.install.id, {.is_enabled = true}, {.expected_version = Version{2}}).has_value());
  CHECK(error_of(catalog.uninstall(example.install.id, Version{1})).current_version == Version{3});
}

TEST_CASE("each way a patch can be wrong is an error of its own that says where") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const before = catalog.get(example.install.id).value();
  auto const revision = catalog.repository().revision().value();
  struct Case {
    char const* patch;
    char const* pointer;
  };
  std::vector<std::string> messages;
  for (Case const& wrong :
       {Case{R"({"colour":1})", "/colour"}, Case{R"({"version":7})", "/version"},
        Case{R"({"is_enabled":"yes"})", "/is_enabled"}, Case{R"({"is_enabled":null})", "/is_enabled"},
        Case{R"({"override":[]})", "/override"}, Case{R"({"integration":{"name":"x"}})", "/integration"},
        Case{R"({"is_enabled":false,"id":"x"})", "/id"}}) {
    CAPTURE(wrong.patch);
    auto const error = error_of(catalog.update(example.install.id, test::object(wrong.patch)));
    CHECK(error.kind == ErrorKind::invalid_argument);
    CHECK(error.pointer == wrong.pointer);
    messages.push_back(error.message);
  }
  CHECK(messages[0] != messages[1]);
  CHECK(messages[2] != messages[3]);
  auto const too_deep = std::string(70, '[') + std::string(70, ']');
  boost::json::value deep = json::parse(too_deep, {.max_depth = 100}).value();
  auto const error = error_of(catalog.update(example.install.id, boost::json::object{{"override", {{"a", deep}}}}));
  CHECK(error.kind == ErrorKind::invalid_document);
  CHECK(error.pointer->rfind("/override/a/0/0", 0) == 0);
  CHECK(catalog.get(example.install.id).value() == before);
  CHECK(catalog.repository().revision().value() == revision);
}

TEST_CASE("null means inherit in a merge patch and remove in replace mode") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"a":1,"b":2})", R"({"a":10,"b":20})");

  catalog.update(id, test::object(R"({"override":{"a":null}})")).value();
  CHECK(override_of(catalog, id) == R"({"b":20})");
  CHECK(effective(catalog, id) == R"({"a":1,"b":20})");

  catalog.update(id, test::object(R"({"override":{"a":null}})"), {.documents = DocumentMode::replace, .force = true})
      .value();
  CHECK(override_of(catalog, id) == R"({"a":null})");
  CHECK(effective(catalog, id) == R"({"b":2})");

  catalog.update(id, test::object(R"({"override":null})")).value();
  CHECK(override_of(catalog, id) == "none");
  CHECK(effective(catalog, id) == R"({"a":1,"b":2})");
}

TEST_CASE("replacing a document needs an expected version, or force") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const patch = test::object(R"({"override":{"a":1}})");
  auto const error = error_of(catalog.update(example.install.id, patch, {.documents = DocumentMode::replace}));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.reason == Reason::version_required);
  CHECK(catalog.update(example.install.id, patch, {.expected_version = Version{1}, .documents = DocumentMode::replace})
            .has_value());
  CHECK(catalog.update(example.install.id, patch, {.documents = DocumentMode::replace, .force = true}).has_value());
}

TEST_CASE("replacing or dropping a whole override by its verbs needs an expected version, or force") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, "{}", R"({"x":1})");
  boost::json::value const other{{"y", 2}};
  CHECK(error_of(catalog.set(id, json::Pointer(), other)).kind == ErrorKind::invalid_argument);
  CHECK(error_of(catalog.inherit(id, json::Pointer())).kind == ErrorKind::invalid_argument);
  CHECK(override_of(catalog, id) == R"({"x":1})");
  CHECK(catalog.inherit(id, json::Pointer(), {.dry_run = true}).value().changed);
  CHECK(catalog.set(id, json::Pointer(), other, {.expected_version = Version{1}}).value().changed);
  CHECK(override_of(catalog, id) == R"({"y":2})");
  CHECK(catalog.inherit(id, json::Pointer(), {.force = true}).value().changed);
  CHECK(override_of(catalog, id) == "none");
}

TEST_CASE("a JSON Patch changes the caller's members, tests any, and needs an expected version or force") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"a":1,"b":{"c":2}})", R"({"b":{"d":4}})");
  JsonPatch const patch{test::parsed(R"([
    {"op": "test", "path": "/version", "value": 1},
    {"op": "replace", "path": "/is_enabled", "value": false},
    {"op": "add", "path": "/override/a", "value": null},
    {"op": "move", "from": "/override/b/d", "path": "/override/b/e"}])")};
  CHECK(error_of(catalog.update(id, patch)).kind == ErrorKind::invalid_argument);
  auto const updated = catalog.update(id, patch, {.expected_version = Version{1}}).value();
  CHECK_FALSE(updated.resource.install.is_enabled);
  CHECK(override_of(catalog, id) == R"({"b":{"e":4},"a":null})");
  CHECK(effective(catalog, id) == R"({"b":{"c":2,"e":4}})");

  auto const failed = error_of(catalog.update(id, patch, {.force = true}));
  CHECK(failed.kind == ErrorKind::conflict);
  CHECK(failed.pointer->rfind("/0", 0) == 0);
  CHECK(catalog.get(id).value().install.version == Version{2});

  struct Case {
    char const* patch;
    char const* pointer;
  };
  for (Case const& wrong :
       {Case{R"([{"op":"replace","path":"/version","value":9}])", "/0/path"},
        Case{R"([{"op":"test","path":"/id","value":"x"},{"op":"move","from":"/id","path":"/override"}])", "/1/from"},
        Case{R"([{"op":"add","path":"/colour","value":9}])", "/0/path"},
        Case{R"([{"op":"remove","path":""}])", "/0/path"}, Case{R"([{"op":null,"path":"/id"}])", "/0/op"},
        Case{R"([{"op":"spin","path":"/id"}])", "/0/op"}, Case{R"([{"path":"/id"}])", "/0"},
        Case{R"([{"op":"add","path":"/id"}])", "/0"},
        Case{R"([{"op":"test","path":"/version","value":2},{"op":"replace","path":"/is_enabled","value":1}])", "/1"},
        Case{R"([{"op":"remove","path":"/is_enabled"},{"op":"test","path":"/version","value":2}])", "/0"}}) {
    CAPTURE(wrong.patch);
    auto const error = error_of(catalog.update(id, JsonPatch{test::parsed(wrong.patch)}, {.force = true}));
    CHECK(error.kind == ErrorKind::invalid_argument);
    CHECK(error.pointer == wrong.pointer);
  }
  catalog.update(id, JsonPatch{test::parsed(R"([{"op":"remove","path":"/override"}])")}, {.force = true}).value();
  CHECK(override_of(catalog, id) == "none");
}

TEST_CASE("what a JSON Patch makes of a row is wrong at the operation that last wrote there") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const other = catalog.create(Integration{.name = "other", .team_id = example.team.id}).value().integration;
  struct Case {
    char const* patch;
    char const* pointer;
    ErrorKind kind;
  };
  for (bool const is_dry_run : {true, false}) {
    for (Case const& wrong :
         {Case{R"([{"op":"test","path":"/version","value":1},{"op":"replace","path":"/name","value":"zendesk"}])", "/1",
               ErrorKind::already_exists},
          Case{R"([{"op":"replace","path":"/name","value":"free"},{"op":"add","path":"/name","value":"zendesk"},)"
               R"({"op":"replace","path":"/is_beta","value":true}])",
               "/1", ErrorKind::already_exists},
          Case{R"([{"op":"replace","path":"/is_beta","value":true},{"op":"replace","path":"/name","value":""}])", "/1",
               ErrorKind::invalid_argument}}) {
      CAPTURE(wrong.patch, is_dry_run);
      auto const error = error_of(
          catalog.update(other.id, JsonPatch{test::parsed(wrong.patch)}, {.force = true, .dry_run = is_dry_run}));
      CHECK(error.kind == wrong.kind);
      CHECK(error.pointer == wrong.pointer);
    }
  }
  CHECK(catalog.get(other.id).value().integration == other);

  Catalog const theirs = catalog.as({.actor = "alice", .team = example.team.id});
  auto const forbidden =
      error_of(theirs.update(example.team.id,
                             JsonPatch{test::parsed(R"([{"op":"replace","path":"/name","value":"Acme"},)"
                                                    R"({"op":"replace","path":"/is_verified","value":false}])")},
                             {.force = true}));
  CHECK(forbidden.kind == ErrorKind::forbidden);
  CHECK(forbidden.pointer == "/1");
}

TEST_CASE("an override that a JSON Patch empties can be filled again by the same patch") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, "{}", R"({"x":1})");
  auto const patch = [&](char const* operations) {
    return catalog.update(id, JsonPatch{test::parsed(operations)}, {.force = true});
  };
  REQUIRE(patch(R"([{"op":"remove","path":"/override/x"},{"op":"add","path":"/override/y","value":2}])").has_value());
  CHECK(override_of(catalog, id) == R"({"y":2})");
  REQUIRE(patch(R"([{"op":"remove","path":"/override/y"}])").has_value());
  CHECK(override_of(catalog, id) == "none");
}

TEST_CASE("a JSON Patch that changes nothing but the order of members changes that") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, "{}", R"({"x":1,"y":2})");
  JsonPatch const patch{test::parsed(R"([{"op":"replace","path":"/override","value":{"y":2,"x":1}}])")};
  CHECK(catalog.update(id, patch, {.force = true}).value().changed);
  CHECK(override_of(catalog, id) == R"({"y":2,"x":1})");
  CHECK_FALSE(catalog.update(id, patch, {.force = true}).value().changed);
}

TEST_CASE("what a resource is nested with is read-only, not unknown") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const patch = [](std::string const& name) { return test::object("{\"" + name + "\":{}}"); };
  for (std::string const name : {"integration", "version"}) {
    auto const error = error_of(catalog.update(example.install.id, patch(name)));
    CHECK(error.message == name + " is read-only");
    CHECK(error.pointer == "/" + name);
  }
  for (std::string const name : {"team", "environment_ids", "environment_ids_truncated"}) {
    CHECK(error_of(catalog.update(example.integration.id, patch(name))).message == name + " is read-only");
  }
  CHECK(error_of(catalog.update(example.install.id, patch("team"))).message.starts_with("unknown member"));
}

TEST_CASE("an integration's config has the same two write modes, and a null in it is data") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const id = example.integration.id;
  auto merged = catalog.update(id, test::object(R"({"config":{"label":"New","logo":null,"headers":null}})")).value();
  auto const& config = merged.resource.integration.config;
  CHECK(config.values().value()->at("label") == "New");
  CHECK_FALSE(config.values().value()->contains("logo"));
  CHECK(config.values().value()->contains("base_url"));
  auto replaced = catalog
                      .update(id, test::object(R"({"config":{"pagination":null}})"),
                              {.documents = DocumentMode::replace, .force = true})
                      .value();
  CHECK(replaced.resource.integration.config.text() == R"({"pagination":null})");
  CHECK(effective(catalog, example.install.id) == R"({"pagination":null})");
  CHECK(error_of(catalog.update(id, test::object(R"({"config":null})"))).pointer == "/config");
}

TEST_CASE("a dry run shows the resource and the difference it would make, and writes nothing") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"url":"x","headers":{"a":1}})", "none");
  auto const revision = catalog.repository().revision().value();
  auto const preview =
      catalog.update(id, test::object(R"({"is_enabled":false,"override":{"url":"y","new":[1]}})"), {.dry_run = true})
          .value();
  CHECK(preview.changed);
  CHECK_FALSE(preview.resource.install.is_enabled);
  CHECK(preview.resource.install.version == Version{2});
  CHECK_FALSE(preview.differences_truncated);
  REQUIRE(preview.differences.size() == 2);
  CHECK(preview.differences[0].pointer == "/url");
  CHECK(preview.differences[0].before == R"("x")");
  CHECK(preview.differences[0].after == R"("y")");
  CHECK(preview.differences[1].pointer == "/new");
  CHECK_FALSE(preview.differences[1].before.has_value());
  CHECK(preview.differences[1].after == "[1]");
  CHECK(catalog.repository().revision().value() == revision);
  CHECK(catalog.get(id).value().install.is_enabled);
}

TEST_CASE("installing what is installed already returns it unchanged") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const again = catalog
                         .install({.integration_id = example.integration.id,
                                   .environment_id = example.environment.id,
                                   .is_enabled = false,
                                   .override = test::document(R"({"a":1})")})
                         .value();
  CHECK_FALSE(again.created);
  CHECK(again.resource.install == example.install);

  Id<EnvironmentIntegration> const own = Id<EnvironmentIntegration>::generate();
  auto const other = catalog.create(Environment{.team_id = example.team.id, .name = "staging"}).value();
  EnvironmentIntegration const request{.id = own, .integration_id = example.integration.id, .environment_id = other.id};
  CHECK(catalog.install(request).value().created);
  CHECK_FALSE(catalog.install(request).value().created);
  CHECK(catalog.install(request).value().resource.install.id == own);

  auto const third = catalog.create(Environment{.team_id = example.team.id, .name = "test"}).value();
  auto const taken =
      error_of(catalog.install({.id = own, .integration_id = example.integration.id, .environment_id = third.id}));
  CHECK(taken.kind == ErrorKind::already_exists);
  CHECK(taken.pointer == "/id");
}

TEST_CASE("installing what is not there, or where nothing is, says which") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const no_integration = error_of(
      catalog.install({.integration_id = Id<Integration>::generate(), .environment_id = example.environment.id}));
  CHECK(no_integration.kind == ErrorKind::not_found);
  CHECK(no_integration.pointer == "/integration_id");
  auto const no_environment = error_of(
      catalog.install({.integration_id = example.integration.id, .environment_id = Id<Environment>::generate()}));
  CHECK(no_environment.kind == ErrorKind::not_found);
  CHECK(no_environment.pointer == "/environment_id");
}

TEST_CASE("names are unique within their team only") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const taken = error_of(catalog.create(Environment{.team_id = example.team.id, .name = "production"}));
  CHECK(taken.kind == ErrorKind::already_exists);
  CHECK(taken.pointer == "/name");
  auto const other = catalog.create(Team{.name = "My Awesome Team"}).value();
  CHECK(catalog.create(Environment{.team_id = other.id, .name = "production"}).has_value());
}

TEST_CASE("a dry run refuses a name that another has, as the update itself would") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const other = catalog.create(Integration{.name = "other", .team_id = example.team.id}).value().integration;
  UpdateOptions const dry_run{.dry_run = true};
  for (auto const& options : {dry_run, UpdateOptions{}}) {
    auto const taken = error_of(catalog.update(other.id, {.name = "zendesk"}, options));
    CHECK(taken.kind == ErrorKind::already_exists);
    CHECK(taken.pointer == "/name");
  }
  CHECK(catalog.update(other.id, {.name = "free"}, dry_run).value().changed);
  CHECK_FALSE(catalog.update(other.id, {.name = "other"}, dry_run).value().changed);
  CHECK(catalog.update(other.id, {.is_beta = true}, dry_run).value().changed);
  CHECK(catalog.get(other.id).value().integration == other);
}

TEST_CASE("what was created and cannot be read again is an error that says it was done") {
  auto const store = std::make_shared<DiesAfterCommits>();
  Catalog const catalog(store);
  auto const team = catalog.create(Team{.name = "team"}).value();  // needs no reading
  auto const environment = catalog.create(Environment{.team_id = team.id, .name = "e"}).value();
  auto const integration = catalog.create(Integration{.name = "i", .team_id = team.id}).value().integration;

  store->dies = true;
  auto const created = error_of(catalog.create(Integration{.name = "second", .team_id = team.id}));
  CHECK(created.kind == ErrorKind::unavailable);
  CHECK(created.outcome == Outcome::done);
  store->revive();
  auto const second = catalog.list(Query<Integration>{.where = {{"name", Operator::eq, {std::string("second")}}}});
  REQUIRE(second.value().items.size() == 1);
  CHECK(created.message.find(to_string(second.value().items[0].id)) != std::string::npos);

  store->dies = true;
  auto const installed =
      error_of(catalog.install({.integration_id = integration.id, .environment_id = environment.id}));
  CHECK(installed.outcome == Outcome::done);
  store->revive();
  CHECK_FALSE(catalog.install({.integration_id = integration.id, .environment_id = environment.id}).value().created);

  // One that failed before is no such thing.
  store->is_dead = true;
  CHECK(error_of(catalog.create(Team{.name = "never"})).outcome == Outcome::not_done);
}

TEST_CASE("removing what others still reference is in_use, and says by what") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const team = error_of(catalog.remove(example.team.id));
  CHECK(team.kind == ErrorKind::in_use);
  CHECK(team.used_by == std::vector<std::string>{"environment", "integration"});
  CHECK(team.message.find("environment \"production\"") != std::string::npos);
  CHECK(team.message.find("integration \"zendesk\"") != std::string::npos);
  auto const asking = catalog.create(Team{.name = "asking"}).value();
  Grant const grant{.id = Id<Grant>::generate(), .integration_id = example.integration.id, .team_id = asking.id};
  catalog.repository().commit({.changes = {Insert<Grant>{grant}}, .token = generate_uuid(), .time = now()}).value();
  auto const integration = error_of(catalog.remove(example.integration.id));
  CHECK(integration.kind == ErrorKind::in_use);
  CHECK(integration.message.find(to_string(example.install.id)) != std::string::npos);
  CHECK(integration.message.find("grant") == std::string::npos);  // which would go with it

  CHECK(catalog.uninstall(example.install.id).has_value());
  CHECK(catalog.remove(example.integration.id).has_value());
  CHECK(catalog.remove(example.environment.id).has_value());
  CHECK(catalog.remove(example.team.id).has_value());
  CHECK(error_of(catalog.remove(example.team.id)).kind == ErrorKind::not_found);
}

TEST_CASE("a removal takes the grants along, and the change log keeps them") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const asking = catalog.create(Team{.name = "asking"}).value();
  Grant const grant{.id = Id<Grant>::generate(), .integration_id = example.integration.id, .team_id = asking.id};
  catalog.repository().commit({.changes = {Insert<Grant>{grant}}, .token = generate_uuid(), .time = now()}).value();
  catalog.uninstall(example.install.id).value();
  catalog.remove(example.integration.id).value();
  CHECK(catalog.list<Grant>().value().items.empty());
  auto const page = catalog.changes({.row = ChangesRequest::Row{"grant", grant.id.uuid}}).value();
  REQUIRE(page.commits.size() == 2);
  CHECK(page.commits[1].changes[0].kind == ChangeKind::removed);
}

TEST_CASE("actor and reason go with every write into the change log") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const alice = catalog.as({.actor = "alice@example.com", .reason = "ticket 7"});
  alice.set(example.install.id, test::pointer("/label"), "Mine").value();
  auto const page =
      catalog.changes({.row = ChangesRequest::Row{"environment_integration", example.install.id.uuid}}).value();
  REQUIRE(page.commits.size() == 2);
  CHECK(page.commits[0].actor.empty());
  CHECK(page.commits[1].actor == "alice@example.com");
  CHECK(page.commits[1].reason == "ticket 7");
  CHECK(page.commits[1].changes[0].before->values().value()->contains("override") == false);
  CHECK(page.commits[1].changes[0].after->values().value()->at("override") == test::parsed(R"({"label":"Mine"})"));
  CHECK(error_of(catalog.as({.actor = std::string(256, 'x')}).remove(example.team.id)).kind ==
        ErrorKind::invalid_argument);
}

TEST_CASE("all pages of a list are walked in the order of creation") {
  Catalog const catalog = test::open_in_memory();
  auto const team = catalog.create(Team{.name = "team"}).value();
  for (int i = 0; i < 7; ++i) {
    catalog.create(Environment{.team_id = team.id, .name = "e" + std::to_string(i)}).value();
  }
  std::string names;
  catalog.for_each(Query<Environment>{.limit = 3}, [&](Environment const& item) { names += item.name; }).value();
  CHECK(names == "e0e1e2e3e4e5e6");
  names.clear();
  catalog
      .for_each(Query<Environment>{.limit = 2},
                [&](Environment const& item) {
                  names += item.name;
                  return item.name != "e4";
                })
      .value();
  CHECK(names == "e0e1e2e3e4");
}

TEST_CASE("the limits of a catalogue hold for documents however they were made") {
  Catalog const catalog =
      Catalog::open("memory:", Backends().add(memory_backend()), {.limits = {.max_bytes = 100, .max_depth = 3}})
          .value();
  auto const team = catalog.create(Team{.name = "team"}).value();
  auto const deep = error_of(catalog.create(
      Integration{.name = "deep", .config = test::document(R"({"a":{"b":{"c":{}}}})"), .team_id = team.id}));
  CHECK(deep.kind == ErrorKind::invalid_document);
  CHECK(deep.pointer == "/config/a/b/c");
  auto const integration =
      catalog
          .create(Integration{
              .name = "i", .config = test::document(R"({"a":")" + std::string(80, 'x') + "\"}"), .team_id = team.id})
          .value();
  auto const grown = error_of(
      catalog.update(integration.integration.id, boost::json::object{{"config", {{"b", std::string(20, 'x')}}}}));
  CHECK(grown.kind == ErrorKind::invalid_document);
  CHECK(grown.pointer->rfind("/config", 0) == 0);
}

TEST_CASE("whoever writes to a document that is not what inlay wrote is told table and id, as who reads it") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, "{}", R"({"a":1})");
  auto const before = catalog.get(id).value();
  auto install = before.install;
  install.override = Document::from_stored("[1]");
  auto integration = before.integration;
  integration.config = Document::from_stored("{oops");
  REQUIRE(catalog.repository()
              .commit({.changes = {Update<EnvironmentIntegration>{before.install, install},
                                   Update<Integration>{before.integration, integration}},
                       .token = generate_uuid()})
              .has_value());
  auto const pointer = json::Pointer() / "a";
  auto const patch = test::object(R"({"override":{"b":1}})");
  JsonPatch const operations{test::parsed(R"([{"op":"add","path":"/override/b","value":1}])")};
  for (Error const& error : {error_of(catalog.set(id, pointer, 2)), error_of(catalog.remove(id, pointer)),
                             error_of(catalog.inherit(id, pointer)), error_of(catalog.update(id, patch)),
                             error_of(catalog.set(id, pointer, 2, {.dry_run = true})),
                             error_of(catalog.update(id, operations, {.force = true}))}) {
    CAPTURE(error);
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK(error.message ==
          storage::corrupt_row("environment_integration", id.uuid, "its override is not a JSON object").message);
  }
  auto const error = error_of(catalog.update(integration.id, test::object(R"({"config":{"b":1}})")));
  CHECK(error.message ==
        storage::corrupt_row("integration", integration.id.uuid, "its config is not a JSON object").message);

  // What does not look at it, or puts another in its place, goes on.
  CHECK(catalog.update(id, test::object(R"({"is_enabled":false})")).has_value());
  CHECK(catalog.update(id, test::object(R"({"override":null})")).has_value());
}

TEST_CASE("a document as deep as may be comes through the change log and an export") {
  Catalog const catalog =
      Catalog::open("memory:", Backends().add(memory_backend()), {.limits = json::no_limits}).value();
  auto const team = catalog.create(Team{.name = "team"}).value();
  auto const nested = [](std::size_t levels) {
    std::string text;
    for (std::size_t i = 1; i < levels; ++i) text += R"({"a":)";
    return Document::parse(text + "{}" + std::string(levels - 1, '}'), json::no_limits).value();
  };
  std::size_t const deepest = json::greatest_depth - 8;
  CHECK(error_of(catalog.create(Integration{.name = "i", .config = nested(deepest + 1), .team_id = team.id})).kind ==
        ErrorKind::invalid_document);
  auto const id =
      catalog.create(Integration{.name = "i", .config = nested(deepest), .team_id = team.id}).value().integration.id;
  auto const history = catalog.as({.team = team.id}).changes({.row = ChangesRequest::Row{"integration", id.uuid}});
  CHECK(history.value().commits.size() == 1);

  std::string lines;
  RecordSink const to_lines = [&lines](StoreRecord const& record) -> Result<void> {
    storage::append_line(record, lines);
    return {};
  };
  REQUIRE(catalog.repository().dump({.sink = to_lines}).has_value());
  Catalog const other = Catalog::open("memory:", Backends().add(memory_backend())).value();
  std::istringstream file(lines);
  REQUIRE(
      other.repository()
          .restore({.fill = [&](RecordSink const& sink) { return storage::read_lines({.in = file, .sink = sink}); }})
          .has_value());
  CHECK(other.get(id).value().integration.config == nested(deepest));
}

TEST_CASE("eight threads patch different members of one override and none is undone") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, "{}", "none");
  constexpr int threads = 8;
  constexpr int patches = 100;
  std::atomic<int> failures{0};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (int i = 1; i <= patches; ++i) {
        boost::json::object const patch{{"override", {{"m" + std::to_string(t), i}}}};
        if (!catalog.update(id, patch)) ++failures;
      }
    });
  }
  for (auto& thread : running) thread.join();
  CHECK(failures == 0);
  auto const install = catalog.get(id).value().install;
  CHECK(install.version == Version{1 + threads * patches});
  for (int t = 0; t < threads; ++t) {
    CHECK(install.override->values().value()->at("m" + std::to_string(t)) == patches);
  }
}

TEST_CASE("a team sees whole what it was granted, however large that is, where a list leaves the configs out") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  for (int i = 0; i < 6; ++i) {
    Integration row{.name = "large " + std::to_string(i), .team_id = example.team.id, .sharing = Sharing::ask};
    row.config = Document::from_stored(R"({"text":")" + std::string(1'000'000, 'x') + "\"}");
    auto const created = catalog.create(std::move(row)).value();
    auto const asked = catalog.ask_for(created.integration.id, other.id).value();
    REQUIRE(catalog.answer(asked.grant.id, GrantStatus::granted).has_value());
  }
  Catalog const theirs = catalog.as({.actor = "other", .team = other.id});
  auto const page = theirs.list(Query<OwnedIntegration>{.limit = 1'000, .with_documents = false}).value();
  REQUIRE(page.items.size() >= 6);
  CHECK_FALSE(page.next);
  for (OwnedIntegration const& one : page.items) {
    if (one.integration.name.starts_with("large")) CHECK_FALSE(model::is_summary(one.integration));
  }
}
