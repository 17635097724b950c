// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_CLUSTER_WRITERS_HPP
#define INLAY_TESTS_INTEGRATION_CLUSTER_WRITERS_HPP

// Processes that write to and read from one store without a pause, while a test does to its servers what befalls
// machines, and the judgement of what they were told.

#include <inlay/id.hpp>
#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>
#include <support/cluster.hpp>
#include <support/history.hpp>
#include <support/process.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <list>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace support {

class ClusterWriters {
 public:
  static constexpr std::size_t most = 4;
  static constexpr std::size_t rows = 3;

  /** Makes a store, and rows that all of them will write, and starts a process for each URL.

      @param enter is called in each process before it opens its store.
  */
  ClusterWriters(
      Cluster const& cluster, std::vector<std::string> const& urls, std::function<void()> const& enter = [] {})
      : cluster_(cluster),
        shared_(new (mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Shared) {
    {
      auto const store = open_server(urls.at(0)).value();
      for (auto& id : rows_) {
        inlay::Team team;
        team.id = id = inlay::Id<inlay::Team>::generate();
        team.name = "written by all";
        store->commit(commit_of({inlay::Insert<inlay::Team>{team}})).value();
      }
    }
    for (std::size_t number = 0; number < urls.size(); ++number) {
      processes_.emplace_back([&, number](Process::Report const&) {
        enter();
        return Writer(*this, number, urls[number]).run();
      });
    }
  }
  ~ClusterWriters() {
    processes_.clear();
    munmap(shared_, sizeof(Shared));
  }
  ClusterWriters(ClusterWriters const&) = delete;
  ClusterWriters& operator=(ClusterWriters const&) = delete;

  /** Waits until each of these has had ten more writes acknowledged, and seen ten more reads; fails the test when that
      takes a minute. */
  void must_go_on(std::vector<std::size_t> const& numbers) {
    std::map<std::size_t, std::pair<std::int64_t, std::int64_t>> before;
    for (std::size_t const number : numbers) before[number] = {shared_->writes[number], shared_->reads[number]};
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (auto const& [number, counts] : before) {
      while (shared_->writes[number] < counts.first + 10 || shared_->reads[number] < counts.second + 10) {
        INFO("process " << number << " made " << shared_->writes[number] - counts.first << " writes and "
                        << shared_->reads[number] - counts.second << " reads in a minute");
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  }

  /** Ends the processes, and checks what they were told against what each of these stores has. */
  void end_and_check(std::vector<std::string> const& urls) {
    shared_->is_over = true;
    for (auto& process : processes_) CHECK(process.wait() == 0);
    std::vector<Record> const records = all_records();

    std::vector<std::pair<std::int64_t, std::string>> first_log;
    for (std::string const& url : urls) {
      INFO("as " << url.substr(url.find('@') + 1) << " has it");
      auto const log = log_of(*open_server(url).value());
      if (&url == &urls.front()) {
        first_log = log;
        check(records, log);
      } else {
        CHECK(log == first_log);
      }
    }
  }

 private:
  struct Shared {
    std::atomic<bool> is_over{false};
    std::array<std::atomic<std::int64_t>, most> writes{};  // acknowledged
    std::array<std::atomic<std::int64_t>, most> reads{};
  };
  static_assert(std::atomic<std::int64_t>::is_always_lock_free, "processes share them");

  /** What one call was told. */
  struct Record {
    enum class Kind : char { insert, update, read };
    enum class Outcome : char { done, not_done, unknown };
    Kind kind{};
    Outcome outcome{};
    std::uint8_t writer{};
    std::uint8_t row{};
    inlay::Uuid token{};
    std::int64_t version{};  // that it made, would have made, or saw
    History::Time begin{};
    History::Time end{};
  };

  /** What runs in a process of its own: one handle, which is never opened again, used by three threads. */
  class Writer {
   public:
    Writer(ClusterWriters const& all, std::size_t number, std::string const& url)
        : shared_(*all.shared_),
          rows_(all.rows_),
          number_(number),
          store_(open_server(url).value()),
          records_(all.file("records", number), std::ios::binary),
          faults_(all.file("faults", number)) {}

    int run() {
      std::vector<std::thread> threads;
      threads.emplace_back([this] { until_over([this] { insert(); }); });
      threads.emplace_back([this] { until_over([this] { update(); }); });
      threads.emplace_back([this] { until_over([this] { read(); }); });
      for (auto& thread : threads) thread.join();
      return 0;
    }

   private:
    template <class Work>
    void until_over(Work const& work) {
      while (!shared_.is_over) work();
    }

    void insert() {
      inlay::Team team;
      team.id = inlay::Id<inlay::Team>::generate();
      team.name = "writer " + std::to_string(number_);
      inlay::Commit commit = commit_of({inlay::Insert<inlay::Team>{team}});
      // Every other one in several statements, as a transaction of its own.
      if (inserts_++ % 2 == 1) {
        inlay::Environment environment;
        environment.id = inlay::Id<inlay::Environment>::generate();
        environment.team_id = team.id;
        environment.name = "e";
        commit.changes.emplace_back(inlay::Insert<inlay::Environment>{environment});
      }
      Record record{.kind = Record::Kind::insert, .token = commit.token};
      write(record, commit);
    }

    void update() {
      std::size_t const row = updates_++ % rows;
      auto const before = find(row);
      if (!before) return;
      inlay::Team after = *before;
      after.name = "by writer " + std::to_string(number_) + ", " + std::to_string(updates_);
      inlay::Commit const commit = commit_of({inlay::Update<inlay::Team>{*before, after}});
      Record record{.kind = Record::Kind::update,
                    .row = static_cast<std::uint8_t>(row),
                    .token = commit.token,
                    .version = before->version.value + 1};
      write(record, commit);
    }

    void read() {
      if (reads_++ % 2 == 0) {
        find(reads_ % rows);
        return;
      }
      Record record{.kind = Record::Kind::read, .begin = History::now()};
      inlay::Query<inlay::Team> query;
      query.where = {{"name", inlay::Operator::gte, {std::string("by writer")}},
                     {"name", inlay::Operator::lt, {std::string("by writes")}}};
      auto const page = store_->list(query);
      record.end = History::now();
      if (page.has_error()) {
        refused(page.error(), false);
        return;
      }
      ++shared_.reads[number_];
      for (inlay::Team const& team : page->items) {
        auto const at = std::find(rows_.begin(), rows_.end(), team.id);
        if (at == rows_.end()) continue;
        record.row = static_cast<std::uint8_t>(at - rows_.begin());
        record.version = team.version.value;
        note(record);
      }
    }

    std::optional<inlay::Team> find(std::size_t row) {
      Record record{.kind = Record::Kind::read, .row = static_cast<std::uint8_t>(row), .begin = History::now()};
      auto const found = store_->find(inlay::FindRequest<inlay::Team>{.id = rows_[row]});
      record.end = History::now();
      if (found.has_error()) {
        refused(found.error(), false);
        return std::nullopt;
      }
      record.version = found->version.value;
      note(record);
      ++shared_.reads[number_];
      return *found;
    }

    void write(Record& record, inlay::Commit const& commit) {
      record.begin = History::now();
      auto const committed = store_->commit(commit);
      record.end = History::now();
      if (committed) {
        ++shared_.writes[number_];
      } else {
        inlay::Error const& error = committed.error();
        record.outcome =
            error.outcome == inlay::Outcome::unknown ? Record::Outcome::unknown : Record::Outcome::not_done;
        refused(error, record.kind == Record::Kind::update);
      }
      note(record);
      // A conflict tells what is there.
      if (committed || !committed.error().current_version) return;
      Record seen = record;
      seen.kind = Record::Kind::read;
      seen.outcome = Record::Outcome::done;
      seen.version = committed.error().current_version->value;
      note(seen);
    }

    /** A caller may be told that the store is unavailable, and, where others write the same, of a conflict. */
    void refused(inlay::Error const& error, bool may_conflict) {
      bool const is_expected = error.kind == inlay::ErrorKind::unavailable ||
                               (error.kind == inlay::ErrorKind::conflict && may_conflict && error.current_version &&
                                error.outcome == inlay::Outcome::not_done);
      if (!is_expected) {
        std::lock_guard const lock(mutex_);
        faults_ << inlay::to_string(error) << std::endl;
      }
      if (error.kind == inlay::ErrorKind::unavailable) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    void note(Record record) {
      record.writer = static_cast<std::uint8_t>(number_);
      std::lock_guard const lock(mutex_);
      records_.write(reinterpret_cast<char const*>(&record), sizeof record);
    }

    Shared& shared_;
    std::array<inlay::Id<inlay::Team>, rows> const& rows_;
    std::size_t number_;
    std::shared_ptr<inlay::Repository> store_;
    std::mutex mutex_;  // guards the files
    std::ofstream records_;
    std::ofstream faults_;
    std::size_t inserts_ = 0;
    std::size_t updates_ = 0;
    std::size_t reads_ = 0;
  };

  [[nodiscard]] std::string file(std::string const& what, std::size_t number) const {
    return cluster_.folder() + '/' + what + '.' + std::to_string(number);
  }

  [[nodiscard]] std::vector<Record> all_records() {
    std::vector<Record> records;
    for (std::size_t number = 0; number < processes_.size(); ++number) {
      std::ifstream file(this->file("records", number), std::ios::binary);
      for (Record record; file.read(reinterpret_cast<char*>(&record), sizeof record);) records.push_back(record);
      std::ifstream faults(this->file("faults", number));
      std::set<std::string> unexpected;
      for (std::string line; std::getline(faults, line);) unexpected.insert(line);
      CHECK(unexpected == std::set<std::string>{});
    }
    return records;
  }

  /** The revisions and tokens of commits that changed something. */
  [[nodiscard]] static std::vector<std::pair<std::int64_t, std::string>> log_of(inlay::Repository const& store) {
    std::vector<std::pair<std::int64_t, std::string>> log;
    for (inlay::Revision after{};;) {
      auto const page = store.changes({.after = after, .limit = 1'000}).value();
      for (auto const& commit : page.commits) {
        if (!commit.changes.empty()) log.emplace_back(commit.revision.value, inlay::to_string(commit.token));
      }
      after = page.through;
      if (!page.has_more) return log;
    }
  }

  static void check(std::vector<Record> const& records, std::vector<std::pair<std::int64_t, std::string>> const& log) {
    std::map<std::string, int> times;
    for (auto const& [revision, token] : log) ++times[token];
    std::map<Record::Outcome, int> outcomes;
    int lost = 0;
    int doubled = 0;
    int revived = 0;
    History history;
    for (Record const& record : records) {
      History::Operation operation{.version = record.version,
                                   .begin = record.begin,
                                   .end = record.end,
                                   .by = "process " + std::to_string(record.writer)};
      std::string const row = std::to_string(record.row);
      if (record.kind == Record::Kind::read) {
        operation.kind = History::Kind::read;
        history.add(row, operation);
        continue;
      }
      auto const found = times.find(inlay::to_string(record.token));
      int const count = found == times.end() ? 0 : found->second;
      ++outcomes[record.outcome];
      lost += record.outcome == Record::Outcome::done && count == 0;
      doubled += count > 1;
      revived += record.outcome == Record::Outcome::not_done && count > 0;
      if (record.kind == Record::Kind::insert) continue;
      operation.kind = record.outcome == Record::Outcome::done       ? History::Kind::wrote
                       : record.outcome == Record::Outcome::not_done ? History::Kind::did_not
                                                                     : History::Kind::may_write;
      // All is over, so that what is not there will never be.
      if (operation.kind != History::Kind::may_write || count > 0) history.add(row, operation);
    }
    CHECK(lost == 0);
    CHECK(doubled == 0);
    CHECK(revived == 0);
    CHECK(history.faults() == std::vector<std::string>{});
    CHECK(history.size() > 500);
    WARN(outcomes[Record::Outcome::done] << " writes acknowledged, " << outcomes[Record::Outcome::not_done]
                                         << " not done, " << outcomes[Record::Outcome::unknown]
                                         << " with unknown outcome; " << history.size() << " steps in the history");
  }

  Cluster const& cluster_;
  Shared* shared_;
  std::array<inlay::Id<inlay::Team>, rows> rows_{};
  std::list<Process> processes_;
};

}  // namespace support

#endif
