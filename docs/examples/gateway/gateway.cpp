// SPDX-License-Identifier: BSL-1.0
// A gateway on inlay: threads that resolve configurations and lay their own over them, while operators change, explain
// and take back what they changed, which the threads see by following the change log. `gateway sqlite:gateway.db`
#include "../expect.hpp"

#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Install = inlay::Id<inlay::EnvironmentIntegration>;

/** What one environment runs with. It never changes: what the store has now is another one. */
using Configs = std::map<std::string, inlay::InstalledConfig, std::less<>>;

/** The newest Configs, read anew whenever the change log has gone on. */
class Following {
 public:
  Following(inlay::Catalog catalog, inlay::Id<inlay::Environment> environment)
      : catalog_(std::move(catalog)), environment_(environment) {
    seen_ = catalog_.repository().revision().value();  // asked for first: what changes meanwhile is read once more
    expect(read());
    thread_ = std::thread([this] { follow(); });
  }
  ~Following() {
    is_over_ = true;
    thread_.join();
  }
  Following(Following const&) = delete;
  Following& operator=(Following const&) = delete;

  [[nodiscard]] std::shared_ptr<Configs const> now() const {
    std::lock_guard const lock(mutex_);
    return configs_;
  }

 private:
  void follow() {
    while (!is_over_) {
      auto const page = catalog_.changes({.after = seen_, .limit = 1'000});
      bool const has_changed = page && !page->commits.empty();
      if (has_changed && read()) {
        seen_ = page->through;  // and on, without waiting: there may be more
      } else {
        std::this_thread::sleep_for(5ms);  // still with what was read before; a second would do
      }
    }
  }

  bool read() {
    auto found = catalog_.effective_configs(environment_);
    if (!found) return false;
    auto made = std::make_shared<Configs>();
    for (auto& one : *found) {
      std::string name = one.integration_name;
      made->insert_or_assign(std::move(name), std::move(one));
    }
    std::lock_guard const lock(mutex_);
    configs_ = std::move(made);
    return true;
  }

  inlay::Catalog catalog_;
  inlay::Id<inlay::Environment> environment_;
  inlay::Revision seen_{};
  mutable std::mutex mutex_;
  std::shared_ptr<Configs const> configs_ = std::make_shared<Configs>();
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

/** One request: the configuration as it is now, with what this request asks for on top. @return its timeout. */
int handle(Following const& following, inlay::Layer const& of_request) {
  auto const configs = following.now();
  inlay::InstalledConfig const& installed = configs->at("zendesk");
  auto const config = installed.config.borrowed_with(of_request).value();  // owns nothing; both outlive it

  expect(config.get<std::string>("/base_url").value() == "https://api.example.com");
  expect(config.get<std::string>("/headers/X-Request").value().starts_with("worker "));
  expect(config.get_or("/retries", 3).value() == 3);  // absent means three
  return config.get<int>("/timeout_ms").value();
}

/** Raises the timeout by decision of somebody who has seen it at that version, and decides again if it has changed. */
void raise_timeout(inlay::Catalog const& as_bob, Install id, inlay::Version seen, int by) {
  for (int tries = 0; tries < 3; ++tries) {
    int const timeout = as_bob.effective_config(id).value().config.get<int>("/timeout_ms").value();
    auto const written = as_bob.set(id, "/timeout_ms", timeout + by, {.expected_version = seen});
    if (written) return;
    if (written.error().kind != inlay::ErrorKind::conflict) break;
    std::cout << "bob: " << written.error() << "; once more\n";
    seen = as_bob.get(id).value().install.version;
  }
  expect(false);
}

void explain(inlay::Catalog const& catalog, Install id) {
  auto const explanation = catalog.explain(id, "/timeout_ms").value();
  for (auto const& leaf : explanation.leaves) {
    std::cout << leaf.pointer << " is " << leaf.winner.json.value_or("absent") << ", by the " << leaf.winner.layer;
    for (auto const& below : leaf.shadowed)
      std::cout << "; the " << below.layer << " says " << below.json.value_or("-");
    std::cout << '\n';
  }
  expect(explanation.contributors.front() == "environment");
}

/** Takes back the last change of an install by hand: its override becomes what it was before. */
void undo(inlay::Catalog const& catalog, Install id) {
  inlay::ChangesRequest request{.limit = 1'000};
  request.row = {.entity = std::string(inlay::EnvironmentIntegration::entity_name), .id = id.uuid};
  std::optional<inlay::ChangeRecord> last;
  for (bool has_more = true; has_more;) {
    auto const page = catalog.changes(request).value();
    if (!page.commits.empty()) last = page.commits.back().changes.front();
    request.after = page.through;
    has_more = page.has_more;
  }
  auto const row = [](inlay::Document const& logged) {
    return inlay::model::read_record<inlay::EnvironmentIntegration>(*logged.values().value()).value();
  };
  auto const before = row(*last->before);
  auto const undone = catalog.as({.actor = "alice", .reason = "undo"})
                          .update(id, {.override = inlay::replace(before.override)},
                                  {.expected_version = row(*last->after).version});  // nobody has written since
  expect(undone.has_value() && undone->resource.install.override == before.override);
}

/** What there has to be, whether or not it is there already. */
Install seed(inlay::Catalog const& catalog) {
  auto const acme = inlay::Id<inlay::Team>::parse("5f0c3c2e-8f7b-4a53-9d0f-0f4a8a1c2b3d").value();
  auto const team = catalog.ensure(inlay::Team{.id = acme, .name = "Acme"}).value();
  auto const production = catalog.ensure(inlay::Environment{.team_id = team.id(), .name = "production"}).value();
  auto config = inlay::Document::parse(R"({"base_url": "https://api.example.com", "timeout_ms": 500,
                                           "headers": {"Accept": "application/json"}})");
  auto const zendesk =
      catalog.ensure(inlay::Integration{.name = "zendesk", .config = config.value(), .team_id = team.id()}).value();
  auto const id = catalog.install({.integration_id = zendesk.id(), .environment_id = production.id()}).value().id();
  expect(catalog.inherit(id, "/timeout_ms").has_value());  // of an earlier run
  return id;
}

}  // namespace

int main(int argc, char** argv) {
  auto const catalog = inlay::Catalog::open(argc > 1 ? argv[1] : "memory:").value();
  Install const id = seed(catalog);
  Following const following(catalog, catalog.find<inlay::Environment>("Acme", "production").value().id);

  std::atomic<bool> is_over = false;
  std::array<std::atomic<int>, 4> timeouts{};  // what each thread has met last
  std::vector<std::thread> workers;
  for (std::size_t number = 0; number < timeouts.size(); ++number) {
    workers.emplace_back([&, number] {
      std::string const patch = R"({"headers": {"X-Request": "worker )" + std::to_string(number) + "\"}}";
      inlay::Layer const layer{.name = "request", .document = inlay::Document::parse(patch).value()};
      while (!is_over) timeouts.at(number) = handle(following, layer);
    });
  }
  auto const all_meet = [&](int timeout) {
    for (auto const& met : timeouts) {
      for (int waited = 0; met != timeout; ++waited) {
        expect(waited < 10'000);
        std::this_thread::sleep_for(1ms);
      }
    }
    std::cout << "all threads meet " << timeout << " ms\n";
  };

  all_meet(500);
  auto const seen = catalog.get(id).value().install.version;
  expect(catalog.as({.actor = "alice"}).set(id, "/timeout_ms", 1'000).has_value());
  all_meet(1'000);
  raise_timeout(catalog.as({.actor = "bob"}), id, seen, 200);  // who has seen what there was before alice
  all_meet(1'200);
  explain(catalog, id);
  undo(catalog, id);
  all_meet(1'000);

  is_over = true;
  for (std::thread& worker : workers) worker.join();
}
