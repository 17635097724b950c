// SPDX-License-Identifier: BSL-1.0
// What one store does on each engine, all of them in turns: the figures of docs/scale.md. benchmarks/scale_report runs
// it.
#include "store_work.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/storage/changes.hpp>

#include <support/server.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace inlay::benchmarks {
namespace {

constexpr int installs = 512;
constexpr std::size_t many = 16;

/** A store, opened once for each server that leads to it. */
struct Measured {
  Measured(std::string title, std::string const& urls) : name(std::move(title)) {
    prefix = "s" + to_string(generate_uuid()).substr(24) + "_";
    for (std::size_t at = 0; at < urls.size();) {
      std::size_t const end = std::min(urls.find('+', at), urls.size());
      std::string url = urls.substr(at, end - at);
      first_url = first_url.empty() ? url : first_url;
      url += std::string(url.find('?') == std::string::npos ? "?" : "&") + "pool_size=16&lease_timeout=60s";
      if (url.find("://") != std::string::npos) url += "&table_prefix=" + prefix;
      handles.push_back(all_backends().open(sqlite_url(url)).value());
      at = end + 1;
    }
    ids = fill(*handles.front(), installs);
    for (std::size_t part = 0; part < many; ++part) {
      for (std::size_t i = installs * part / many; i < installs * (part + 1) / many; ++i) {
        rows[part].push_back(handles.front()->find(FindRequest<EnvironmentIntegration>{.id = ids[i]}).value());
      }
    }
    for (int i = 0; i < 100; ++i) {
      overrides.push_back(
          Document::parse(R"({"headers":{"x-tenant":"t1"},"rate_limit":)" + std::to_string(i + 1) + "}").value());
    }
  }

  /** SQLite's have no lease_timeout. */
  [[nodiscard]] static std::string sqlite_url(std::string url) {
    std::string const lease = "&lease_timeout=60s";
    if (url.starts_with("sqlite:")) url.replace(url.find(lease), lease.size(), "&busy_timeout=60s");
    return url;
  }

  [[nodiscard]] Repository& handle(std::size_t thread) const { return *handles[thread % handles.size()]; }

  std::string name;
  std::string prefix;
  std::string first_url{};
  std::vector<std::shared_ptr<Repository>> handles;
  std::vector<Id<EnvironmentIntegration>> ids;
  std::map<std::size_t, std::vector<EnvironmentIntegration>> rows;  // each written by one thread only
  std::vector<Document> overrides;
};

/** One piece of work; false: it was refused, and is done anew. */
using Work = std::function<bool(Measured& store, std::size_t thread, std::size_t turn)>;

bool commit(Measured& store, std::size_t thread, std::size_t turn) {
  auto& rows = store.rows.at(thread);
  EnvironmentIntegration& before = rows[turn % rows.size()];
  EnvironmentIntegration after = before;
  after.override = store.overrides[static_cast<std::size_t>(before.version.value) % store.overrides.size()];
  Commit commit;
  commit.actor = "benchmark";
  commit.token = generate_uuid();
  commit.time = now();
  commit.changes.emplace_back(Update<EnvironmentIntegration>{before, after});
  auto const committed = store.handle(thread).commit(commit);
  if (committed.has_error()) return false;
  after.version = Version{before.version.value + 1};
  before = after;
  return true;
}

bool read(Measured& store, std::size_t thread, std::size_t turn) {
  auto const id = store.ids[(turn * many + thread) % store.ids.size()];
  return store.handle(thread).find(FindRequest<InstalledIntegration>{.id = id, .from = ReadFrom::any}).has_value();
}

bool list(Measured& store, std::size_t thread, std::size_t) {
  return store.handle(thread)
      .list(Query<InstalledIntegration>{.with_nested_documents = false, .from = ReadFrom::any})
      .has_value();
}

/** What a follower asks that has seen all there is. */
bool poll(Measured& store, std::size_t thread, std::size_t) {
  thread_local std::map<std::string, Revision> seen;
  Revision& after = seen[store.prefix];
  if (after == Revision{}) after = store.handle(thread).revision().value();
  auto const page = store.handle(thread).changes({.after = after});
  if (page) after = page->through;
  return page.has_value();
}

struct Rate {
  double done = 0;     // a second
  double refused = 0;  // of a hundred that were tried
};

Rate measure(Measured& store, std::size_t threads, std::chrono::milliseconds time, Work const& work) {
  std::atomic<bool> is_over = false;
  std::atomic<long long> done = 0;
  std::atomic<long long> refused = 0;
  std::vector<std::thread> workers;
  auto const begin = std::chrono::steady_clock::now();
  for (std::size_t thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      for (std::size_t turn = 0; !is_over; ++turn) ++(work(store, thread, turn) ? done : refused);
    });
  }
  std::this_thread::sleep_for(time);
  is_over = true;
  for (std::thread& worker : workers) worker.join();
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
  auto const all = static_cast<double>(done + refused);
  return {static_cast<double>(done) / took.count(), all == 0 ? 0 : 100 * static_cast<double>(refused) / all};
}

/** How many bytes the log has on the disk. */
double log_bytes_on_disk(Measured const& store) {
  if (store.first_url.starts_with("sqlite:")) {
    std::string const path = store.first_url.substr(7, store.first_url.find('?') - 7);
    return static_cast<double>(std::filesystem::file_size(path));  // all of it, of which the log is nearly all
  }
  std::string const tables = "('" + store.prefix + "change', '" + store.prefix + "commit')";
  if (!store.first_url.starts_with("postgres")) {
    support::ServerShell shell(store.first_url);
    shell.run("analyze table " + store.prefix + "change, " + store.prefix + "commit");
    return static_cast<double>(shell.number(
        "select sum(data_length + index_length) from information_schema.tables where table_name in " + tables));
  }
  // A URL of several hosts is not the shell's to read; the first is the primary.
  std::string url = store.first_url.substr(0, store.first_url.find('?'));
  if (auto const comma = url.find(','); comma != std::string::npos) url.erase(comma, url.rfind('/') - comma);
  return static_cast<double>(support::ServerShell(url).number(
      "select sum(pg_total_relation_size(oid)) from pg_class where relname in " + tables));
}

void print(Measured const& store, std::string_view measure, double value) {
  std::cout << store.name << ',' << measure << ',' << value << std::endl;  // as it comes, for who watches
}

void run(int rounds, std::chrono::milliseconds time, std::vector<std::unique_ptr<Measured>> const& stores) {
  for (int round = 0; round < rounds; ++round) {
    for (auto const& store : stores) {
      for (std::size_t const threads : {std::size_t{1}, many}) {
        Rate const commits = measure(*store, threads, time, commit);
        print(*store, "commits_" + std::to_string(threads), commits.done);
        print(*store, "refused_" + std::to_string(threads), commits.refused);
      }
      print(*store, "reads", measure(*store, many, time, read).done);
      print(*store, "lists", measure(*store, many, time, list).done);
      print(*store, "polls", measure(*store, many, time, poll).done);
    }
  }
  for (auto const& store : stores) {
    Revision const last = store->handle(0).revision().value();
    auto const page = store->handle(0).changes({.after = Revision{last.value - 100}}).value();
    std::size_t bytes = 0;
    for (CommitRecord const& commit : page.commits) bytes += document_bytes(commit);
    print(*store, "log_bytes", static_cast<double>(bytes) / static_cast<double>(page.commits.size()));
    print(*store, "disk_bytes", log_bytes_on_disk(*store) / static_cast<double>(last.value));
  }
}

}  // namespace
}  // namespace inlay::benchmarks

int main(int argc, char** argv) try {
  if (argc < 4) {
    std::cerr << "usage: scale ROUNDS SECONDS NAME=URL[+URL...]...\n";
    return 2;
  }
  std::vector<std::unique_ptr<inlay::benchmarks::Measured>> stores;
  for (int i = 3; i < argc; ++i) {
    std::string const argument = argv[i];
    std::size_t const equals = argument.find('=');
    if (equals == std::string::npos) throw std::runtime_error("a store is NAME=URL");
    stores.push_back(
        std::make_unique<inlay::benchmarks::Measured>(argument.substr(0, equals), argument.substr(equals + 1)));
  }
  auto const time = std::chrono::milliseconds(static_cast<long long>(1'000 * std::atof(argv[2])));
  inlay::benchmarks::run(std::atoi(argv[1]), time, stores);
} catch (std::exception const& error) {
  std::cerr << "scale: " << error.what() << "\n";
  return 1;
}
