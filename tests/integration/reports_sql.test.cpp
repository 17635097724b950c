// SPDX-License-Identifier: BSL-1.0
// The queries of docs/reports.md, as they stand there, against what inlay says.
#include <support/catch.hpp>
#include <support/layers.hpp>
#include <support/random.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <inlay/catalog.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

constexpr std::size_t pairs = 300;

/** The block of the page that is marked with that name, for tables with that prefix. */
std::string documented_sql(std::string const& name, std::string const& prefix) {
  std::string const page = support::read_file(INLAY_REPORTS_PAGE);
  std::string const mark = "reports_sql.test.cpp [" + name + "] -->\n```sql\n";
  auto const at = page.find(mark);
  if (at == std::string::npos) throw std::runtime_error("docs/reports.md has no block [" + name + "]");
  auto const begin = at + mark.size();
  std::string sql = page.substr(begin, page.find("```", begin) - begin);
  std::string_view const usual = "inlay_";
  for (auto found = sql.find(usual); found != std::string::npos; found = sql.find(usual, found + prefix.size())) {
    sql.replace(found, usual.size(), prefix);
  }
  return sql;
}

std::string prefix_of(std::string const& url) {
  std::string const name = "table_prefix=";
  auto const at = url.find(name);
  return at == std::string::npos ? "inlay_" : url.substr(at + name.size());
}

/** The store on that kind of server; nothing where the run has none. */
std::string server_url(std::string const& scheme) {
  for (std::string const& url : new_server_urls()) {
    if (scheme_of(url) == scheme) return url;
  }
  return {};
}

std::string nested(int levels, std::string const& leaf) {
  std::string text = leaf;
  for (int i = 0; i < levels; ++i) text = R"({"a":)" + text + "}";
  return text;
}

/** An effective configuration, and the two texts that it is made of. */
struct Merged {
  std::string config;
  std::string override;
  std::string effective;
};

class Stored {
 public:
  explicit Stored(std::string const& url) : catalog_(Catalog::open(url).value()) {
    team_ = catalog_.create(Team{.name = "Acme"}).value().id;
    environment_ = catalog_.create(Environment{.team_id = team_, .name = "production"}).value().id;
    Random random = test::random();
    for (std::size_t i = 0; i < pairs; ++i) {
      auto layers = random_layers(random);
      while (layers.size() < 2) layers = random_layers(random);
      std::optional<Document> override;
      if (!random.chance(5)) override = layers[1].document;
      add(layers[0].document, override);
    }
    for (auto const& [config, override] : std::vector<std::pair<std::string, std::string>>{
             {R"({"p":1,"q":2})", R"({"q":3,"p":null})"},
             {R"({"o":{"p":1,"q":2}})", R"({"o":{"q":3,"p":null}})"},
             {R"({"a":[1,{"b":null}],"n":1e2,"t":"\\u0000"})", R"({"x":{"y":null}})"},
             {R"({"t":"say \":null\""})", R"({"t":"a:null"})"},
             {nested(31, "1"), nested(31, "2")},
             {nested(32, "1"), nested(32, "2")},
             {nested(64, "1"), nested(64, "2")},
             {nested(64, "1"), nested(40, "2")}}) {
      add(Document::parse(config).value(), Document::parse(override).value());
    }
    auto const read = catalog_.for_each_config({.limit = 100}, [&](ReportedConfig const& row) -> Result<void> {
      installed_.at(row.installed.id).effective = row.installed.config.text();
      return {};
    });
    REQUIRE(read.has_value());
  }

  /** Calls `check(id, what is installed, what the query says is its configuration)` for each row, in their order. */
  void compare(std::vector<std::vector<std::string>> const& rows,
               std::function<void(Merged const& installed, std::string const& config)> const& check) const {
    REQUIRE(rows.size() == installed_.size());
    std::size_t i = 0;
    for (auto const& row : rows) {
      CHECK(row.at(0) == to_string(order_.at(i++)));
      Merged const& one = installed_.at(Id<EnvironmentIntegration>::parse(row.at(0)).value());
      CAPTURE(one.config, one.override, one.effective, row.at(4));
      CHECK(row.at(1) == "production");
      CHECK(row.at(3) == "1");
      check(one, row.at(4));
    }
  }

 private:
  void add(Document const& config, std::optional<Document> const& override) {
    auto const name = std::to_string(installed_.size());
    auto const integration =
        catalog_.create(Integration{.name = name, .config = config, .team_id = team_}).value().integration.id;
    auto const install =
        catalog_.install({.integration_id = integration, .environment_id = environment_, .override = override})
            .value()
            .resource.install.id;
    order_.push_back(install);
    installed_[install] = {std::string(config.text()), override ? std::string(override->text()) : "", {}};
  }

  Catalog catalog_;
  Id<Team> team_;
  Id<Environment> environment_;
  std::map<Id<EnvironmentIntegration>, Merged> installed_;
  std::vector<Id<EnvironmentIntegration>> order_;
};

/** How many levels of objects and arrays a text has. */
int levels_of(std::string_view text) {
  int deepest = 0;
  int level = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      deepest = std::max(deepest, ++level);
    } else if (!in_string && (c == '}' || c == ']')) {
      --level;
    }
  }
  return deepest;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("the query for SQLite gives the same bytes as inlay") {
  CAPTURE(test::random().seed());
  support::TemporaryFolder const folder;
  Stored const stored("sqlite:" + folder.file("inlay.db"));
  support::Shell shell(folder.file("inlay.db"));
  stored.compare(shell.rows(documented_sql("sqlite", "inlay_")),
                 [](Merged const& installed, auto const& config) { CHECK(config == installed.effective); });
}

TEST_CASE("the query for MariaDB gives the same JSON as inlay, or nothing where it says so") {
  CAPTURE(test::random().seed());
  std::string const url = server_url("mysql");
  if (url.empty()) return;
  Stored const stored(url);
  support::ServerShell shell(url);
  std::size_t told = 0;
  stored.compare(shell.run(documented_sql("mysql", prefix_of(url))), [&](Merged const& installed, auto const& text) {
    bool const is_left_out =
        has(installed.override, "\":null") || levels_of(installed.config) > 31 || levels_of(installed.override) > 31;
    CHECK((text == "NULL") == is_left_out);
    if (text == "NULL") return;
    ++told;
    auto const config = json::parse(text, json::no_limits);
    REQUIRE(config.has_value());
    CHECK(json::identical(*config, json::parse(installed.effective, json::no_limits).value()));
  });
  CHECK(told > pairs / 4);
}

TEST_CASE("MariaDB loses a change where a patch also removes the first member, and so nothing is asked of it there") {
  std::string const url = server_url("mysql");
  if (url.empty()) return;
  support::ServerShell shell(url);
  auto const merged = [&](std::string const& patch) {
    return shell.run(R"(select json_merge_patch('{"p":1,"q":2}', ')" + patch + "')").at(0).at(0);
  };
  CHECK(merged(R"({"q":3,"p":null})") == R"({"q": 2})");
  CHECK(merged(R"({"q":3})") == R"({"p": 1, "q": 3})");
}

TEST_CASE("the query for PostgreSQL gives the same JSON as inlay, or nothing where it says so") {
  CAPTURE(test::random().seed());
  std::string const url = server_url("postgresql");
  if (url.empty()) return;
  Stored const stored(url);
  support::ServerShell shell(url);
  auto const prefix = prefix_of(url);
  shell.run(documented_sql("postgresql function", prefix));
  auto const rows = shell.run(documented_sql("postgresql", prefix));
  std::size_t told = 0;
  stored.compare(rows, [&](Merged const& installed, auto const& text) {
    CHECK(text.empty() == has(installed.config + installed.override, "\\u0000"));
    if (text.empty()) return;
    ++told;
    // As JSON: PostgreSQL's numbers are decimal, and know no -0.0.
    std::string const quote = "$it$";
    CHECK(shell.number("select (" + quote + text + quote + "::jsonb = " + quote + installed.effective + quote +
                       "::jsonb)::integer") == 1);
    auto const config = json::parse(text, json::no_limits);
    REQUIRE(config.has_value());
    CHECK(json::equal(*config, json::parse(installed.effective, json::no_limits).value()));
  });
  shell.run("drop function " + prefix + "merged");
  CHECK(told > pairs / 4);
}
