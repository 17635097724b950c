// SPDX-License-Identifier: BSL-1.0
// What a request may take: bytes of answer, memory, disk, and steps of work, whatever is stored. Each is answered in a
// process of its own.
#include "budgets.hpp"

#include <inlay/json/parse.hpp>
#include <inlay/rest/handler.hpp>

#include <sqlite3.h>

#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <support/process.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

// One in so many steps of SQLite's engine is counted.
constexpr int engine_steps = 100;
std::size_t engine_counts = 0;

int count_engine_steps(sqlite3* connection, char const**, sqlite3_api_routines const*) {
  sqlite3_progress_handler(
      connection, engine_steps,
      [](void*) {
        ++engine_counts;
        return 0;
      },
      nullptr);
  return SQLITE_OK;
}

struct Question {
  std::string method;
  std::string path;  // as docs/openapi.yaml has it
  std::string query{};
  std::string id{};
  std::string (*body)(Worst const& worst) = nullptr;
};

std::string with_documents(std::string_view before, Worst const& worst, int value, std::string_view after) {
  return std::string(before) + worst.make(value) + std::string(after);
}

/** Every route, the writes last; the id of the grant is not known before. */
std::vector<Question> requests() {
  std::string const at_environment = to_string(environment);
  std::string const at_integration = to_string(integration);
  std::string const at_install = to_string(install);
  std::string const at_team = to_string(own_team);
  return {
      {"get", "/environment-integration", "?limit=1000"},
      {"get", "/environment-integration", "?limit=1000&expand=integration.config"},
      {"get", "/environment-integration/{id}", "", at_install},
      {"get", "/environment-integration/{id}/config", "", at_install},
      {"get", "/environment-integration/{id}/config", "?explain=true", at_install},
      {"post", "/environment-integration/{id}/preview", "", at_install,
       [](Worst const& worst) { return with_documents(R"({"override":)", worst, 2, "}"); }},
      {"post", "/environment-integration/{id}/preview", "?override=replace", at_install,
       [](Worst const& worst) { return with_documents(R"({"override":)", worst, 3, "}"); }},
      {"post", "/environment-integration/{id}/preview", "", at_install,
       [](Worst const&) -> std::string { return R"({"override":null})"; }},
      {"get", "/integration", "?limit=1000"},
      {"get", "/integration/{id}", "", at_integration},
      {"get", "/openapi.json"},
      {"get", "/environment", "?limit=1000"},
      {"get", "/environment/{id}", "", at_environment},
      {"get", "/team", "?limit=1000"},
      {"get", "/team/{id}", "", at_team},
      {"get", "/grant", "?limit=1000"},
      {"get", "/grant/{id}", "", "(grant)"},
      {"patch", "/environment-integration/{id}", "", at_install,
       [](Worst const&) -> std::string { return R"({"is_enabled":false})"; }},
      {"patch", "/environment-integration/{id}", "", at_install,
       [](Worst const& worst) { return with_documents(R"({"override":)", worst, 4, "}"); }},
      {"patch", "/integration/{id}", "", at_integration,
       [](Worst const&) -> std::string { return R"({"is_beta":true})"; }},
      {"patch", "/integration/{id}", "", at_integration,
       [](Worst const& worst) { return with_documents(R"({"config":)", worst, 2, "}"); }},
      {"patch", "/environment/{id}", "", at_environment,
       [](Worst const&) -> std::string { return R"({"name":"renamed"})"; }},
      {"patch", "/team/{id}", "", at_team, [](Worst const&) -> std::string { return R"({"name":"renamed"})"; }},
      {"patch", "/grant/{id}", "", "(grant)", [](Worst const&) -> std::string { return R"({"status":"denied"})"; }},
      {"post", "/integration/{id}/end", "", at_integration,
       [](Worst const&) -> std::string { return R"({"reason":"over"})"; }},
      {"post", "/integration", "", "",
       [](Worst const& worst) {
         return with_documents(R"({"name":"new","team_id":")" + to_string(own_team) + R"(","config":)", worst, 5, "}");
       }},
      {"post", "/environment-integration", "", "",
       [](Worst const& worst) {
         return with_documents(R"({"integration_id":")" + to_string(spare_integration) + R"(","environment_id":")" +
                                   to_string(environment) + R"(","override":)",
                               worst, 5, "}");
       }},
      {"post", "/environment", "", "",
       [](Worst const&) { return R"({"name":"new","team_id":")" + to_string(own_team) + R"("})"; }},
      {"post", "/team", "", "", [](Worst const&) -> std::string { return R"({"name":"new"})"; }},
      {"post", "/grant", "", "",
       [](Worst const&) {
         return R"({"integration_id":")" + to_string(asked_integration) + R"(","team_id":")" + to_string(spare_team) +
                R"("})";
       }},
      {"post", "/batch", "?dry_run=true", "",
       [](Worst const&) {
         return R"([{"op":"update","entity":"environment_integration","id":")" + to_string(install) +
                R"(","patch":{"override":null}}])";
       }},
      {"post", "/batch", "", "",
       [](Worst const& worst) {
         return with_documents(R"([{"op":"update","entity":"environment_integration","id":")" + to_string(install) +
                                   R"(","patch":{"override":)",
                               worst, 6, "}}]");
       }},
      {"post", "/batch", "", "",
       [](Worst const&) {
         // As many answers as there can be, each of a row that was so already, without its document.
         std::string body = "[";
         for (int i = 0; i < 10'000; ++i) {
           body += R"({"op":"update","entity":"environment","id":")" + to_string(environment) + R"(","patch":{}},)";
         }
         body.back() = ']';
         return body;
       }},
      {"delete", "/environment-integration/{id}", "", at_install},
      {"delete", "/integration/{id}", "", at_integration},
      {"delete", "/environment/{id}", "", to_string(spare_environment)},
      {"delete", "/team/{id}", "", to_string(unused_team)},
  };
}

/** What is on the disk of a store. */
std::size_t disk(std::string const& file) {
  std::size_t bytes = 0;
  for (char const* const end : {"", "-wal"}) {
    std::error_code none;
    auto const size = std::filesystem::file_size(file + end, none);
    if (!none) bytes += size;
  }
  return bytes;
}

/** The rows before and after that commits have, as their records in the change log. */
std::size_t bytes_changed(Repository const& store, Revision since) {
  std::size_t bytes = 0;
  ChangesRequest request{.after = since};
  while (true) {
    ChangePage const page = store.changes(request).value();
    for (auto const& commit : page.commits) bytes += document_bytes(commit);
    if (!page.has_more) return bytes;
    request.after = page.through;
  }
}

struct Taken {
  std::int64_t status = 0;
  std::int64_t answered = 0;
  std::int64_t memory = 0;  // KB
  std::int64_t disk = 0;
  std::int64_t changed = 0;
  std::int64_t allocations = 0;
  std::int64_t engine_steps = 0;
};

Taken taken_by(Question const& asked, Worst const& worst, std::string const& file) {
  support::Process process([&](support::Process::Report const& report) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&count_engine_steps));
    Catalog const catalog(all_backends().open("sqlite:" + file + "?synchronous=normal").value());
    rest::Handler const handler(catalog);
    std::string path = asked.path;
    if (auto const id = path.find("{id}"); id != std::string::npos) {
      std::string name = asked.id;
      if (name == "(grant)") name = to_string(catalog.list<Grant>().value().items.at(0).id);
      path.replace(id, 4, name);
    }
    rest::Request request{.method = asked.method, .target = path + asked.query};
    for (char& c : request.method) c = static_cast<char>(c - 'a' + 'A');
    if (asked.body != nullptr) {
      request.headers.add("Content-Type",
                          request.method == "PATCH" ? "application/merge-patch+json" : "application/json");
      request.headers.add("If-Match", "*");
      if (request.method == "POST") request.headers = {{"Content-Type", "application/json"}};
      request.body = asked.body(worst);
    }
    auto const revision = catalog.repository().revision().value();
    auto const memory_before = support::peak_memory();
    auto const disk_before = disk(file);
    auto const allocations_before = support::allocations();
    engine_counts = 0;
    auto const response = handler(request, {.actor = "a"});
    auto const counted = support::allocations() - allocations_before;
    auto const steps = engine_counts * engine_steps;
    auto const memory_after = support::peak_memory();
    auto const disk_after = disk(file);
    for (std::size_t const number :
         {static_cast<std::size_t>(response.status), response.body.size(),
          static_cast<std::size_t>(memory_after - memory_before), disk_after - std::min(disk_before, disk_after),
          bytes_changed(catalog.repository(), revision), counted, steps}) {
      report(static_cast<std::int64_t>(number));
    }
    return 0;
  });
  Taken taken;
  for (auto* number : {&taken.status, &taken.answered, &taken.memory, &taken.disk, &taken.changed, &taken.allocations,
                       &taken.engine_steps}) {
    if (!process.next(*number)) break;
  }
  process.wait();
  return taken;
}

/** "get /team/{id}" and so on. */
std::set<std::string> documented_routes() {
  std::set<std::string> routes;
  std::istringstream lines(support::read_file(INLAY_OPENAPI));
  std::string path;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
    for (char const* const method : {"get", "post", "patch", "delete", "put"}) {
      if (!path.empty() && line == "    " + std::string(method) + ":") routes.insert(std::string(method) + ' ' + path);
    }
    if (line == "components:") break;
  }
  return routes;
}

}  // namespace

TEST_CASE("no request takes more than its budget of answer, memory, disk and steps, whatever is stored") {
  std::set<std::string> asked_for;
  for (auto const& asked : requests()) asked_for.insert(asked.method + ' ' + asked.path);

  CHECK(documented_routes() == asked_for);

  for (Worst const& worst : worst_documents) {
    support::TemporaryFolder const folder;
    std::string const file = folder.file("store.db");
    support::Process filling([&](support::Process::Report const&) {
      fill(Catalog(all_backends().open("sqlite:" + file + "?synchronous=normal").value()), worst);
      return 0;
    });
    REQUIRE(filling.wait() == 0);
    for (auto const& asked : requests()) {
      auto const taken = taken_by(asked, worst, file);
      CAPTURE(worst.name, asked.method, asked.path, asked.query, taken.status, taken.answered, taken.memory, taken.disk,
              taken.changed, taken.allocations, taken.engine_steps);
      CHECK((taken.status == 200 || taken.status == 201));
      CHECK(taken.answered > 0);
      CHECK(static_cast<std::size_t>(taken.answered) <= most_answered);
      CHECK(static_cast<std::size_t>(taken.memory) <= most_memory);
      CHECK(static_cast<std::size_t>(taken.disk) <= most_disk(static_cast<std::size_t>(taken.changed)));
      // Linear: an allocation for each four bytes that may be answered, and few steps of the engine for each row.
      CHECK(static_cast<std::size_t>(taken.allocations) <= most_answered / 4);
      CHECK(taken.engine_steps <= 20'000);
      if (std::getenv("INLAY_TEST_SHOW_BUDGETS") != nullptr) {
        WARN(worst.name << "; " << asked.method << ' ' << asked.path << asked.query << ": " << taken.status
                        << ", answer " << taken.answered << ", memory " << taken.memory << " KB, disk " << taken.disk
                        << " of " << taken.changed << ", allocations " << taken.allocations << ", engine "
                        << taken.engine_steps);
      }
    }
  }
}

TEST_CASE("to end thousands of installs of another team takes no more than the budget of one request") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("store.db");
  support::Process filling([&](support::Process::Report const&) {
    fill_shared(Catalog(all_backends().open("sqlite:" + file + "?synchronous=normal").value()));
    return 0;
  });
  REQUIRE(filling.wait() == 0);
  Question const ending{"post", "/integration/{id}/end", "", to_string(integration),
                        [](Worst const&) -> std::string { return R"({"reason":"over"})"; }};
  for (bool const is_first : {true, false}) {
    auto const taken = taken_by(ending, worst_documents[0], file);
    CAPTURE(is_first, taken.status, taken.answered, taken.memory, taken.disk, taken.changed, taken.allocations,
            taken.engine_steps);
    if (std::getenv("INLAY_TEST_SHOW_BUDGETS") != nullptr) {
      WARN("end: answer " << taken.answered << ", memory " << taken.memory << " KB, disk " << taken.disk << " of "
                          << taken.changed << ", allocations " << taken.allocations << ", engine "
                          << taken.engine_steps);
    }
    CHECK(taken.status == 200);
    CHECK(taken.answered > 0);
    CHECK(taken.answered < 100);
    CHECK(static_cast<std::size_t>(taken.memory) <= most_memory);
    CHECK((taken.changed > 0) == is_first);  // then they are ended
    CHECK(static_cast<std::size_t>(taken.disk) <= most_disk(static_cast<std::size_t>(taken.changed)));
    CHECK(taken.allocations <= 200 * shared_installs);
    CHECK(taken.engine_steps <= 600 * shared_installs);
  }
}
