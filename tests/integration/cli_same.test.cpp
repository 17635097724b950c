// SPDX-License-Identifier: BSL-1.0
// One long session with the program, on every store that this build and the environment have: each prints the same
// bytes and exits with the same status, but for what a store chooses itself, which is ids, births, times, links of its
// chain and cursors.
#include "cli.hpp"

#include <inlay/storage/store_url.hpp>

#include <support/stores.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>

using namespace inlay;
using namespace inlay::test;

namespace {

using Arguments = std::vector<std::string>;

std::string with_all_replaced(std::string text, std::string const& what, std::string const& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/** Texts of one store, with placeholders for what is its own: `<store>`, `<time>`, `<cursor>`, `<link>` of its chain,
    `<id 1>`, `<id 2>`, … in the order in which the ids appear, and as many for births. */
class Placeholders {
 public:
  explicit Placeholders(std::string url) : url_(std::move(url)), redacted_(StoreUrl::parse(url_).value().redacted()) {}

  std::string put_into(std::string text) {
    text = with_all_replaced(std::move(text), url_, "<store>");
    text = with_all_replaced(std::move(text), redacted_, "<store>");
    static std::regex const time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
    static std::regex const cursor(
        R"re(("next_cursor":"|"cursor":"|add --after |--cursor |'--cursor' ')[A-Za-z0-9_-]+)re");
    static std::regex const id("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    static std::regex const age(R"(just now|\d+ (min|h|days?) ago)");
    text = std::regex_replace(text, time, "<time>");
    static std::regex const link(R"(\b[0-9a-f]{64}\b)");
    text = std::regex_replace(text, link, "<link>");
    static std::regex const gap("  +");  // ages are of different widths, and what stands beside them is padded
    if (std::regex_search(text, age)) text = std::regex_replace(std::regex_replace(text, age, "<age>"), gap, "  ");
    text = std::regex_replace(text, cursor, "$1<cursor>");
    static std::regex const birth(R"(\b[0-9a-f]{16}\b)");
    number_all(text, id, "id");
    number_all(text, birth, "birth");
    // Whether letters are among its digits or not: which ends have none differs from store to store, their order does
    // not.
    static std::regex const end_of_id(R"(\b[0-9a-f]{8,12}\b)");
    number_all(text, end_of_id, "end");
    return text;
  }

 private:
  void number_all(std::string& text, std::regex const& what, std::string const& name) {
    std::smatch found;
    while (std::regex_search(text, found, what)) {
      auto const number = numbers_.try_emplace(found.str(), numbers_.size() + 1).first->second;
      text.replace(static_cast<std::size_t>(found.position()), static_cast<std::size_t>(found.length()),
                   "<" + name + " " + std::to_string(number) + ">");
    }
  }

  std::string url_;
  std::string redacted_;
  std::map<std::string, std::size_t> numbers_;
};

/** The program on one store, and all that it printed. */
class Session {
 public:
  explicit Session(std::string const& url) : url_(url), placeholders_(url) {}

  /** Runs a command that must succeed; its answer. */
  std::string done(Arguments const& arguments, std::string const& input = {}) {
    auto const run = this->run(arguments, input);
    CAPTURE(transcript_.back());
    REQUIRE(run.status == 0);
    return run.out;
  }

  /** The same for a command that answers a row; its id. */
  std::string id_of(Arguments const& arguments) {
    std::string id = text_at(json::parse(done(arguments), json::no_limits).value(), "/id");
    REQUIRE(id.size() == 36);
    return id;
  }

  /** Runs a command that must be refused with an error of this kind, and this pointer where there is one. */
  void refused(std::string const& fault, Arguments const& arguments) {
    auto const run = this->run(arguments, {});
    CAPTURE(transcript_.back());
    REQUIRE(run.status == 1);
    CHECK(fault_of(run) == fault);
  }

  /** Runs a command that makes no sense as it is typed. */
  void misused(Arguments const& arguments) {
    auto const run = this->run(arguments, {});
    CAPTURE(transcript_.back());
    CHECK(run.status == 2);
  }

  /** One text for each command: as it was typed, and what came of it. */
  [[nodiscard]] std::vector<std::string> const& transcript() const { return transcript_; }

  Folder folder;

 private:
  Run run(Arguments arguments, std::string const& input) {
    std::string typed = "$ inlay";
    for (std::string const& argument : arguments) typed += " '" + argument + "'";
    std::replace(arguments.begin(), arguments.end(), std::string("<store>"), url_);
    arguments.insert(arguments.begin(), {"--store", url_});
    Run run = folder.run(arguments, {.input = input});
    transcript_.push_back(placeholders_.put_into(typed + "\n" + run.out + "--- standard error\n" + run.err +
                                                 "--- exit status " + std::to_string(run.status)));
    return run;
  }

  std::string url_;
  Placeholders placeholders_;
  std::vector<std::string> transcript_;
};

/** The rows that the session is about. */
struct Rows {
  std::string acme;
  std::string beta;
  std::string gamma;
  std::string production;  // Acme's, as is staging
  std::string staging;
  std::string elsewhere;  // Beta's
  std::string zendesk;    // Acme's, as are the other two
  std::string crm;
  std::string shared;
  std::string install;  // of zendesk in production
};

std::string with_id(std::string const& member, std::string const& id, std::string const& rest) {
  return "{\"" + member + "\":\"" + id + "\"," + rest + "}";
}

void make_teams(Session& on, Rows& rows) {
  on.done({"migrate"});
  on.done({"migrate"});
  on.done({"team", "list"});
  rows.acme = on.id_of({"--actor", "alice", "--reason", "the first", "team", "create", R"({"name":"Acme"})"});
  rows.beta = on.id_of({"team", "create",
                        R"({"name":"Beta ✓ \"quoted\" 🎉","domain":"beta.example","is_verified":true,)"
                        R"("terms_of_service":"https://beta.example/terms"})"});
  rows.gamma = on.id_of({"team", "create", R"({"name":"acme ","domain":"'; drop table team; --"})"});
  std::string const own = "5aa1c7f2-9d3e-4b0c-8f6d-2c1e0b9a8d77";
  on.done({"team", "create", with_id("id", own, R"("name":"Acme")")});
  on.refused("already_exists /id", {"team", "create", with_id("id", own, R"("name":"Again")")});
  on.refused("invalid_argument /name", {"team", "create", "{}"});
  on.refused("invalid_argument /name", {"team", "create", R"({"name":""})"});
  on.refused("invalid_argument /name", {"team", "create", R"({"name":"a\u0000b"})"});
  on.refused("invalid_argument /nick", {"team", "create", R"({"name":"x","nick":"y"})"});
  on.refused("invalid_argument /is_verified", {"team", "create", R"({"name":"x","is_verified":null})"});
  on.refused("invalid_argument /version", {"team", "create", R"({"name":"x","version":7})"});
  on.refused("invalid_document /name", {"team", "create", R"({"name":"x","name":"y"})"});

  on.done({"team", "get", rows.beta});
  on.done({"--output", "table", "team", "get", rows.beta});
  on.refused("not_found", {"team", "get", some_id});
  on.refused("not_found", {"team", "get", "beta"});
  on.refused("invalid_argument", {"team", "get", "Acme"});
  on.done({"team", "get", "acme "});
  on.done({"team", "get", own.substr(28)});
  on.refused("invalid_argument", {"team", "get", "a/b"});
  on.refused("not_found", {"environment", "get", rows.beta});
}

void read_teams(Session& on, Rows const& rows) {
  std::string const first = on.done({"team", "list", "--limit", "2"});
  std::string const cursor = text_at(json::parse(first).value(), "/next_cursor");
  on.done({"team", "list", "--limit", "2", "--cursor", cursor});
  on.done({"--output", "table", "team", "list", "--limit", "3"});
  for (char const* filter :
       {"name=Acme", "name[ne]=Acme", "name=acme", "name=acme ", "name[in]=Acme,acme ", "name[gt]=Acme",
        "name[lte]=acme", "domain=beta.example", "domain[ne]=beta.example", "domain[lt]=z", "logo[ne]=x",
        "is_verified=true", "is_verified[gt]=false", "version=1", "version[gte]=2",
        "created_at[lt]=2001-01-01T00:00:00Z", "updated_at[gte]=2001-01-01T00:00:00.5Z"}) {
    on.done({"team", "list", filter});
  }
  on.done({"team", "list", "id=" + rows.beta});
  on.done({"team", "list", "id[in]=" + rows.acme + "," + rows.gamma, "is_verified=false"});
  on.done({"team", "list", "domain='; drop table team; --"});
  for (char const* filter : {"nick=x", "name", "name[like]=x", "is_verified=maybe", "version=one", "id=one", "=x",
                             "created_at=yesterday", "logo[in]"}) {
    on.refused("invalid_argument", {"team", "list", filter});
  }
  on.refused("invalid_argument", {"team", "list", "--limit", "0"});
  on.refused("invalid_argument", {"team", "list", "--limit", "1001"});
  on.refused("invalid_argument", {"team", "list", "--cursor", "AAAA"});
}

void change_teams(Session& on, Rows const& rows) {
  on.done({"--actor", "bob", "team", "update", rows.beta, R"({"domain":null,"name":"Beta"})"});
  on.done({"team", "update", rows.beta, R"({"name":"Beta"})"});
  on.done({"--output", "table", "team", "update", rows.beta, R"({"name":"Beta"})"});
  on.done({"team", "update", rows.beta, R"({"logo":"https://beta.example/logo"})", "--if-version", "2"});
  on.refused("conflict", {"team", "update", rows.beta, R"({"logo":null})", "--if-version", "2"});
  on.refused("conflict", {"team", "update", rows.beta, R"({"name":"Beta"})", "--if-version", "1"});
  on.done({"team", "update", rows.beta, R"({"logo":null})", "--dry-run"});
  on.refused("invalid_argument /created_at", {"team", "update", rows.beta, R"({"created_at":"2001-01-01T00:00:00Z"})"});
  on.refused("invalid_argument /nick", {"team", "update", rows.beta, R"({"nick":1})"});
  on.refused("invalid_argument /name", {"team", "update", rows.beta, R"({"name":null})"});
  on.refused("invalid_argument ", {"team", "update", rows.beta, "[]"});
  on.refused("not_found", {"team", "update", some_id, R"({"name":"x"})"});

  std::string const operations =
      R"([{"op":"test","path":"/version","value":3},{"op":"replace","path":"/name","value":"Beta & Sons"}])";
  on.refused("invalid_argument", {"team", "update", rows.beta, "--json-patch", operations});
  on.done({"team", "update", rows.beta, "--json-patch", operations, "--force"});
  on.refused("conflict /0/value", {"team", "update", rows.beta, "--json-patch", operations, "--force"});
  on.refused("invalid_argument /0/path",
             {"team", "update", rows.beta, "--json-patch", "--force", R"([{"op":"remove","path":"/nick"}])"});
}

void make_places(Session& on, Rows& rows) {
  auto const environment = [&](std::string const& team, std::string const& name) {
    return Arguments{"environment", "create", with_id("team_id", team, R"("name":")" + name + '"')};
  };
  rows.production = on.id_of(environment(rows.acme, "production"));
  rows.staging = on.id_of(environment(rows.acme, "production "));
  rows.elsewhere = on.id_of(environment(rows.beta, "elsewhere"));
  std::string const gone = on.id_of(environment(rows.beta, "production"));
  on.refused("already_exists /name", environment(rows.acme, "production"));
  on.refused("not_found /team_id", environment(some_id, "nowhere"));
  on.refused("invalid_argument /team_id", {"environment", "create", R"({"name":"x"})"});
  on.done({"environment", "get", rows.production});
  on.done({"environment", "list", "team_id=" + rows.acme, "name[gt]=production"});
  on.done({"--output", "table", "environment", "list"});
  on.done({"environment", "update", rows.staging, R"({"name":"staging"})"});
  on.refused("already_exists /name", {"environment", "update", rows.staging, R"({"name":"production"})"});
  on.refused("invalid_argument /team_id",
             {"environment", "update", rows.staging, with_id("team_id", rows.beta, R"("name":"x")")});
  on.refused("conflict", {"environment", "delete", gone, "--if-version", "4"});
  on.done({"environment", "delete", gone, "--if-version", "1"});
  on.refused("not_found", {"environment", "delete", gone});
  on.refused("not_found", {"environment", "delete", gone, "--if-version", "1"});
}

void make_integrations(Session& on, Rows& rows) {
  auto const integration = [&](std::string const& team, std::string const& rest) {
    return Arguments{"integration", "create", with_id("team_id", team, rest)};
  };
  rows.zendesk = on.id_of(
      integration(rows.acme, R"("name":"zendesk","category":"helpdesk","config":)" + std::string(example_config)));
  on.folder.write("crm.json",
                  with_id("team_id", rows.acme,
                          R"("name":"crm","is_beta":true,"category":"Help, desk","config":{"n":[18446744073709551615,)"
                          R"(-9223372036854775808,-0.0,1.50,1e300,5e-324],"\u0000":null,"z":{"é":"\ud83d\ude00"},)"
                          R"("a":{}})"));
  rows.crm = on.id_of({"integration", "create", "@crm.json"});
  rows.shared = on.id_of(integration(rows.acme, R"("name":"shared","sharing":"allow")"));
  on.refused("already_exists /name", integration(rows.acme, R"("name":"crm")"));
  on.refused("not_found /team_id", integration(some_id, R"("name":"x")"));
  on.refused("invalid_argument /sharing", integration(rows.acme, R"("name":"x","sharing":"some")"));
  on.refused("invalid_argument /config", integration(rows.acme, R"("name":"x","config":[])"));
  on.refused("invalid_document /config/a", integration(rows.acme, R"("name":"x","config":{"a":1,"a":2})"));
  on.refused("invalid_argument", {"integration", "create", "@missing.json"});
  on.done({"integration", "create", "-"}, with_id("team_id", rows.beta, R"("name":"crm","config":{"mine":true})"));

  on.done({"integration", "get", rows.crm});
  on.done({"--output", "table", "integration", "get", rows.zendesk});
  for (char const* filter :
       {"category=helpdesk", "category[ne]=helpdesk", "category[in]=Help\\, desk,other", "sharing[in]=allow,ask",
        "sharing[lt]=ask", "is_beta=true", "team.name=Acme", "team.is_verified=true"}) {
    on.done({"integration", "list", filter});
  }
  on.done({"--output", "table", "integration", "list", "name[ne]=crm"});
  on.refused("invalid_argument", {"integration", "list", "config={}"});
  on.refused("invalid_argument", {"integration", "list", "sharing=some"});

  on.done({"integration", "update", rows.zendesk, R"({"config":{"label":"Help desk","more":{"x":1}}})"});
  on.done({"integration", "update", rows.zendesk, R"({"config":{"more":null}})", "--dry-run"});
  on.done({"--output", "table", "integration", "update", rows.zendesk, R"({"config":{"more":null}})", "--dry-run"});
  on.done({"integration", "update", rows.zendesk, R"({"config":{"more":null}})"});
  on.refused("invalid_argument", {"integration", "update", rows.crm, R"({"config":{}})", "--replace-config"});
  on.done(
      {"integration", "update", rows.crm, R"({"config":{"b":null,"a":1}})", "--replace-config", "--if-version", "1"});
  on.done({"integration", "update", rows.crm, "--json-patch", R"([{"op":"add","path":"/config/c","value":[1,2]}])",
           "--if-version", "2"});
}

void install(Session& on, Rows& rows) {
  rows.install = on.id_of({"install", "--integration", "zendesk", "--environment", "production"});
  on.done({"install", "--integration", rows.zendesk, "--environment", rows.production, "--override", R"({"a":1})"});
  on.done({"--output", "table", "install", "--integration", "zendesk", "--environment", "production"});
  on.done({"install", "--integration", "zendesk", "--environment", "staging", "--override",
           R"({"base_url":"https://staging.example.com","headers":{"Accept":null}})"});
  on.done({"install", "--integration", rows.crm, "--environment", "staging", "--override", "{}"});
  on.done({"install", "--integration", "shared", "--environment", "elsewhere"});
  on.refused("invalid_argument", {"install", "--integration", "crm", "--environment", "staging"});
  on.refused("not_found", {"install", "--integration", "none", "--environment", "staging"});
  on.refused("not_found /integration_id", {"install", "--integration", some_id, "--environment", "staging"});
  on.refused("not_found /environment_id", {"install", "--integration", "zendesk", "--environment", some_id});
  on.refused("not_found /integration_id",
             {"--team", rows.beta, "install", "--integration", rows.zendesk, "--environment", "elsewhere"});
  on.refused("invalid_argument ",
             {"install", "--integration", "zendesk", "--environment", "elsewhere", "--override", "1"});

  on.done({"get", rows.install});
  on.done({"--output", "table", "get", rows.install});
  on.done({"integration", "get", rows.zendesk});
  for (char const* filter : {"integration.name=zendesk", "integration.category[ne]=helpdesk", "is_enabled=true",
                             "integration.team.name=Acme", "environment.name=staging", "environment.team.name=Acme",
                             "show_in_catalog=false"}) {
    on.done({"list", filter, "--limit", "1000"});
  }
  on.done({"list", "environment_id=" + rows.staging, "--expand", "integration.config"});
  on.done({"--output", "table", "list", "--limit", "1"});
  on.refused("invalid_argument", {"list", "override={}"});
  on.refused("not_found", {"get", some_id});
}

void change_install(Session& on, Rows const& rows) {
  std::string const& id = rows.install;
  on.done({"update", id, R"({"is_enabled":false,"override":{"headers":{"X-Team":"a"},"label":"Ours"}})"});
  on.done({"update", id, R"({"is_enabled":false,"override":{"label":null}})"});
  on.done({"update", id, R"({"is_enabled":false})"});
  on.done({"update", id, R"({"override":{"base_url":"x"}})", "--if-version", "3", "--dry-run"});
  on.done({"--output", "table", "update", id, R"({"override":{"base_url":"x"}})", "--dry-run"});
  on.refused("conflict", {"update", id, R"({"is_enabled":true})", "--if-version", "1"});
  on.refused("invalid_argument", {"update", id, R"({"override":{}})", "--replace-override"});
  on.done({"update", id, R"({"override":{"pagination":null,"headers":{"A":"1"}}})", "--replace-override", "--force"});
  on.refused("invalid_argument /is_enabled", {"update", id, R"({"is_enabled":"no"})"});
  on.refused("invalid_argument /integration_id",
             {"update", id, with_id("integration_id", rows.crm, R"("is_enabled":true)")});
  on.refused("invalid_document ", {"update", id, "{"});
  std::string const operations = R"([{"op":"move","from":"/override/headers/A","path":"/override/headers/B"}])";
  on.done({"update", id, "--json-patch", operations, "--if-version", "4"});
  on.refused("conflict", {"update", id, "--json-patch", operations, "--if-version", "4"});

  on.done({"set", id, "/base_url", R"("https://eu.example.com")"});
  on.done({"set", id, "/pagination/format", "\"cursor\"", "--dry-run"});
  on.done({"remove", id, "/headers/User-Agent"});
  on.done({"--output", "table", "remove", id, "/headers/User-Agent"});
  on.done({"inherit", id, "/base_url", "--if-version", "7"});
  on.refused("conflict", {"inherit", id, "/headers", "--if-version", "7"});
  on.refused("invalid_argument", {"set", id, "base_url", "1"});
  on.refused("invalid_argument /base_url", {"set", id, "/base_url", "null"});
  on.refused("invalid_argument ", {"set", id, "", "1"});
  on.refused("not_found", {"set", some_id, "/a", "1"});

  std::string const path = "Acme/production/zendesk";
  on.done({"get", path});
  on.done({"--output", "table", "set", path, "/label", "--string", "Ours, too"});
  on.done({"--output", "table", "update", path, R"({"show_in_catalog":false})"});
  on.done({"set", path, "/label", "--string", "Ours"});
  on.done({"remove", path, "/nobody/has/this"});
  on.refused("not_found", {"get", "Acme/production/zendesc"});
  on.refused("not_found", {"get", "Acme/nowhere/zendesk"});
  on.refused("not_found", {"get", "Nobody/production/zendesk"});
  on.done({"install", path});
  on.done({"--output", "table", "list", "--sort", "-version"});
  on.done({"list", "--sort", "integration.name", "--limit", "2"});
  on.done({"integration", "list", "--sort", "category"});

  on.done({"config", id});
  on.done({"config", id, "/headers"});
  on.done({"config", id, "/headers", "--layer", R"(request={"headers":{"Accept":null,"X-Trace":"1"}})"});
  on.done({"--output", "table", "config", id});
  on.refused("not_found /pagination", {"config", id, "/pagination"});
  on.refused("not_found", {"config", some_id});
  on.done({"explain", id});
  on.done({"explain", id, "/pagination"});
  on.done({"explain", id, "/nothing"});
  on.done({"explain", id, "/headers", "--layer", R"(request={"headers":5})"});
  on.done({"--output", "table", "explain", id});
}

void share(Session& on, Rows const& rows) {
  on.refused("forbidden /integration_id", {"sharing", "ask", "--integration", "zendesk", "--team", "Beta & Sons"});
  on.done({"integration", "update", rows.zendesk, R"({"sharing":"ask"})"});
  std::string const grant = on.id_of({"sharing", "ask", "--integration", "zendesk", "--team", "Beta & Sons"});
  on.done({"--team", rows.beta, "sharing", "ask", "--integration", "zendesk"});
  on.refused("invalid_argument", {"sharing", "ask", "--integration", "zendesk", "--team", "Acme"});
  on.refused("not_found", {"sharing", "ask", "--integration", "zendesk", "--team", "Nobody"});
  on.refused("invalid_argument /integration_id", {"sharing", "ask", "--integration", "shared", "--team", rows.beta});
  on.done({"sharing", "list", "status=pending"});
  on.done({"--output", "table", "sharing", "list", "team_id=" + rows.beta});
  on.done({"sharing", "get", grant});
  on.refused("forbidden /integration_id",
             {"--team", rows.beta, "install", "--integration", "zendesk", "--environment", "elsewhere"});
  on.refused("invalid_argument /status", {"sharing", "revoke", grant});
  on.refused("conflict", {"sharing", "grant", grant, "--if-version", "2"});
  on.done({"sharing", "grant", grant, "--if-version", "1"});
  on.done({"sharing", "grant", grant});
  std::string const installed =
      on.id_of({"--team", rows.beta, "install", "--integration", "zendesk", "--environment", rows.elsewhere});
  on.done({"sharing", "revoke", grant});
  on.refused("invalid_argument /status", {"sharing", "deny", grant});
  on.done({"--team", rows.beta, "sharing", "ask", "--integration", "zendesk"});
  on.done({"--team", rows.acme, "sharing", "deny", grant});
  on.refused("not_found", {"sharing", "grant", some_id});

  on.done({"--team", rows.beta, "get", installed});
  on.done({"--team", rows.beta, "list"});
  on.done({"--team", rows.beta, "integration", "list"});
  on.done({"--team", rows.beta, "team", "list"});
  on.done({"--team", rows.beta, "history", installed});
  on.done({"--team", rows.gamma, "integration", "get", rows.zendesk});
  on.refused("not_found", {"--team", rows.gamma, "get", installed});
  on.refused("not_found", {"--team", rows.gamma, "uninstall", installed});
  on.refused("forbidden", {"--team", rows.gamma, "integration", "delete", rows.zendesk});
  on.refused("forbidden", {"--team", rows.gamma, "changes"});
  on.refused("not_found", {"--team", some_id, "list"});
}

void take_apart(Session& on, Rows const& rows) {
  on.refused("in_use", {"integration", "delete", rows.zendesk});
  on.refused("in_use", {"environment", "delete", rows.production});
  on.refused("in_use", {"team", "delete", rows.acme});
  on.refused("conflict", {"uninstall", rows.install, "--if-version", "1"});
  on.done({"uninstall", rows.install});
  on.done({"install", "--integration", "zendesk", "--environment", "production"});
  on.refused("not_found", {"uninstall", rows.install});
  on.done({"--output", "table", "team", "delete", rows.gamma});
  on.refused("not_found", {"team", "get", rows.gamma});
}

void look_back(Session& on, Rows const& rows) {
  on.done({"history", rows.install});
  on.done({"history", rows.gamma});
  on.done({"--output", "table", "history", rows.zendesk});
  on.done({"--output", "table", "history", rows.install});
  on.done({"history", rows.beta, "--after", "3", "--limit", "1"});
  on.refused("not_found", {"history", some_id});
  on.done({"changes", "--limit", "3"});
  on.done({"changes", "--after", "3", "--limit", "1000"});
  on.refused("invalid_argument", {"changes", "--after", "100000"});
  on.done({"--output", "table", "changes", "--limit", "1000"});
  on.refused("invalid_argument", {"changes", "--limit", "0"});
}

void move_house(Session& on) {
  std::string const exported = on.done({"export"});
  on.done({"copy", "<store>", "sqlite:copy.db"});
  on.done({"copy", "sqlite:copy.db", "<store>", "--replace"});
  CHECK(without_store_id(on.done({"export"})) == without_store_id(exported));
  on.done({"verify"});
  on.done({"--output", "table", "verify"});
  on.refused("already_exists", {"copy", "<store>", "sqlite:copy.db"});
  on.refused("already_exists", {"import", "-"});
  on.done({"import", "-", "--replace"}, exported);
  on.done({"export"});
  on.done({"list"});
  on.done({"team", "create", R"({"name":"after the move"})"});
  on.done({"compact", "--through", "5"});
  on.refused("compacted", {"changes", "--after", "4"});
  on.done({"changes", "--after", "5", "--limit", "3"});
  on.done({"--output", "table", "compact", "--keep-days", "0"});
  on.done({"verify"});
  on.refused("invalid_argument", {"compact", "--through", "100000"});
  on.done({"export"});
}

void leave_the_store_alone(Session& on) {
  on.done({"version"});
  on.done({"json", "merge", R"({"a":1,"b":{"c":2}})", R"({"b":{"c":null},"d":1.0})"});
  on.done({"json", "patch", R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])"});
  on.done({"json", "diff", R"({"a":1})", R"({"b":1})"});
  on.done({"json", "diff", "--json-patch", R"({"a":1})", R"({"b":1})"});
  on.misused({"serve", "--port", "8080"});  // the tests of the server run it on every store
  on.misused({});
  on.misused({"drop"});
  on.misused({"get"});
  on.misused({"update", some_id});
  on.misused({"list", "--output", "yaml"});
  on.misused({"--team", some_id, "export"});
  on.done({"update", "--help"});
}

std::vector<std::string> transcript_of(std::string const& url) {
  Session on(url);
  Rows rows;
  make_teams(on, rows);
  read_teams(on, rows);
  change_teams(on, rows);
  make_places(on, rows);
  make_integrations(on, rows);
  install(on, rows);
  change_install(on, rows);
  share(on, rows);
  take_apart(on, rows);
  look_back(on, rows);
  move_house(on);
  leave_the_store_alone(on);
  return on.transcript();
}

}  // namespace

TEST_CASE("a long session prints the same bytes on every store, but for ids, times and cursors") {
  auto const expected = transcript_of("sqlite:inlay.db");
  std::vector<std::string> others = new_server_urls();
  for (std::string const& url : new_cluster_urls()) others.push_back(url);
  if (others.empty()) others.emplace_back("sqlite:other.db?table_prefix=x_");
  for (std::string const& url : others) {
    CAPTURE(scheme_of(url));
    auto const transcript = transcript_of(url);
    CHECK(transcript.size() == expected.size());
    for (std::size_t i = 0; i < std::min(transcript.size(), expected.size()); ++i) CHECK(transcript[i] == expected[i]);
  }
}
