// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/verify.hpp>

#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>

#include <functional>
#include <vector>

using namespace inlay;
using Catch::Matchers::Contains;

namespace {

/** A store of which there is nothing but a log, read in small pages. */
class Log final : public RepositoryFrom<Log> {
 public:
  StoreState told{.store_id = generate_uuid()};
  std::vector<CommitRecord> commits;
  mutable std::function<void()> before_page{};
  Capabilities own{.backend = "log", .has_identity = true};
  bool is_behind = false;  // pages are read from a server that has not the newest commit

  void add(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      CommitRecord one{.token = generate_uuid(), .actor = "ann", .time = {1'000}};
      told.newest = storage::next_end(told.newest, one.token, one.time, {}, storage::content_digest(one));
      one.revision = told.newest.revision;
      one.moment = told.newest.moment;
      one.chain = told.newest.chain;
      commits.push_back(std::move(one));
    }
  }

  void compact(std::size_t count) {
    CommitRecord const last = commits[count - 1];
    told.compacted = {last.revision, last.token, last.moment, last.chain};
    commits.erase(commits.begin(), commits.begin() + static_cast<std::ptrdiff_t>(count));
  }

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const&) const {
    return storage::no_such_row("row");
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const&) const {
    return Page<Readable>{};
  }
  Result<Committed> commit(Commit const&) override { return storage::nothing_to_commit(); }
  Result<ChangePage> changes(ChangesRequest const& request) const override {
    if (before_page) std::exchange(before_page, {})();
    if (request.after < told.compacted.revision) return storage::changes_compacted(told.compacted.revision);
    Revision const here{told.newest.revision.value - (is_behind ? 1 : 0)};
    ChangePage page{.through = here};
    for (CommitRecord const& one : commits) {
      if (one.revision <= request.after || one.revision > here) continue;
      page.has_more = page.commits.size() == 3;
      if (page.has_more) break;
      page.commits.push_back(one);
    }
    if (page.has_more) page.through = page.commits.back().revision;
    return page;
  }
  Result<void> compact(CompactRequest const&) override { return {}; }
  Result<Revision> revision() const override { return told.newest.revision; }
  Result<StoreState> state() const override { return told; }
  Capabilities const& capabilities() const noexcept override { return own; }
};

/** What is said of a log; "" when it is whole. */
std::string fault_of(Log const& log) {
  auto const verified = storage::verify_log(log);
  if (verified) return "";
  CHECK(verified.error().kind == ErrorKind::corrupt);
  return verified.error().message;
}

}  // namespace

TEST_CASE("a log is whole from where it is compacted to the newest commit") {
  Log log;
  CHECK(storage::verify_log(log).value().commits == 0);
  log.add(10);
  CHECK(storage::verify_log(log).value().commits == 10);
  log.compact(4);
  storage::Verified const verified = storage::verify_log(log).value();
  CHECK(verified.commits == 6);
  CHECK(verified.state == log.told);
  log.compact(6);
  CHECK(storage::verify_log(log).value().commits == 0);
}

TEST_CASE("it is said at which revision a chain breaks, and why") {
  struct Case {
    std::function<void(Log&)> spoil;
    std::string said;
  };
  for (auto const& [spoil, said] : std::vector<Case>{
           {[](Log& log) { log.commits[4].actor = "bob"; }, "revision 5: it does not say what was committed"},
           {[](Log& log) { log.commits[4].token = {}; }, "revision 5: it does not say what was committed"},
           {[](Log& log) { log.commits[4].chain = {}; }, "revision 5: it does not say what was committed"},
           {[](Log& log) { ++log.commits[9].moment.microseconds; }, "revision 10: it does not say"},
           {[](Log& log) { log.commits[4].moment = log.commits[3].moment; },
            "revision 5: its moment, 1970-01-01T00:00:00.001003Z, is not after that of the commit before"},
           {[](Log& log) { log.commits.erase(log.commits.begin() + 4); },
            "revision 6: the commit before it is missing"},
           {[](Log& log) { log.commits.erase(log.commits.begin()); }, "revision 2: the commit before it is missing"},
           {[](Log& log) { log.commits.pop_back(); },
            "revision 9: the log ends here, and the store says another revision of its newest commit: 10"},
           {[](Log& log) { log.told.newest.token = {}; }, "says another token"},
           {[](Log& log) { ++log.told.newest.moment.microseconds; }, "says another moment"},
           {[](Log& log) { log.told.newest.chain = {}; }, "says another link"},
           {[](Log& log) { log.compact(3), log.told.compacted.chain = {}; }, "revision 4: it does not say"},
           {[](Log& log) { log.compact(10), log.told.compacted.chain = {}; }, "revision 10: the log ends here"}}) {
    Log log;
    log.add(10);
    spoil(log);
    CHECK_THAT(fault_of(log), Contains(said));
  }
}

TEST_CASE("who writes or compacts meanwhile does not break a chain") {
  Log log;
  log.add(10);
  log.before_page = [&] { log.add(5); };
  CHECK(storage::verify_log(log).value().commits == 10);
  log.before_page = [&] { log.compact(4); };
  CHECK(storage::verify_log(log).value().commits == 11);
  Log other;
  other.add(3);
  log.before_page = [&] {
    log.told = other.told;
    log.commits = other.commits;
  };
  CHECK(storage::verify_log(log).value().commits == 3);
}

TEST_CASE("a backend that keeps no chain cannot be verified") {
  Log log;
  log.own.has_identity = false;
  Error const error = storage::verify_log(log).error();
  CHECK(error.kind == ErrorKind::not_built);
  CHECK_THAT(error.message, Contains("the backend log keeps no chain"));
}

TEST_CASE("a log that is read from a server which is behind is not taken for a broken one") {
  Log log;
  log.add(5);
  log.is_behind = true;
  auto const verified = storage::verify_log(log);
  REQUIRE(verified.has_error());
  CHECK(verified.error().kind == ErrorKind::unavailable);
  CHECK_THAT(verified.error().message, Contains("revision 5") && Contains("is at 4"));
}
