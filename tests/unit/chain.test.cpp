// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/chain.hpp>

#include <support/catch.hpp>

#include <functional>
#include <limits>
#include <vector>

using namespace inlay;

namespace {

Uuid const token = parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();

CommitRecord commit() {
  CommitRecord record{.revision = {3}, .token = token, .actor = "ann", .reason = "why", .time = {1'500'001}};
  record.changes = {{.entity = "team", .id = token, .kind = ChangeKind::inserted, .after = Document()},
                    {.entity = "grant", .id = token, .kind = ChangeKind::removed, .before = Document()}};
  return record;
}

}  // namespace

TEST_CASE("what a commit says is written so that it can be computed anywhere, and never otherwise") {
  // Chains of stores rely on it: each value as LENGTH:BYTES, and what is absent as -:
  CHECK(storage::content_digest(commit()) == sha256("36:3fda2b4c-0516-41bc-8ae6-4927e42ecce9"
                                                    "3:ann3:why7:1500001"
                                                    "4:team36:3fda2b4c-0516-41bc-8ae6-4927e42ecce98:inserted-:2:{}"
                                                    "5:grant36:3fda2b4c-0516-41bc-8ae6-4927e42ecce97:removed2:{}-:"));
  CHECK(
      storage::next_link(Digest{}, {3}, {1'500'002}, sha256("abc")) ==
      sha256(std::string(64, '0') + "\n3\n1500002\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

TEST_CASE("nothing that a commit says can be another without another digest") {
  std::vector<std::function<void(CommitRecord&)>> const changes{
      [](CommitRecord& one) { one.token = {}; },
      [](CommitRecord& one) { one.actor = "an"; },
      [](CommitRecord& one) { one.actor = "ann3:why", one.reason.reset(); },
      [](CommitRecord& one) { one.reason = ""; },
      [](CommitRecord& one) { one.reason.reset(); },
      [](CommitRecord& one) { ++one.time.microseconds; },
      [](CommitRecord& one) { one.changes.pop_back(); },
      [](CommitRecord& one) { std::swap(one.changes[0], one.changes[1]); },
      [](CommitRecord& one) { one.changes[0].entity = "grant"; },
      [](CommitRecord& one) { one.changes[0].id = {}; },
      [](CommitRecord& one) { one.changes[0].kind = ChangeKind::updated; },
      [](CommitRecord& one) { std::swap(one.changes[0].before, one.changes[0].after); },
      [](CommitRecord& one) { one.changes[0].after = Document::parse(R"({"a":1})").value(); },
      [](CommitRecord& one) { one.changes[0].after.reset(); }};
  for (std::size_t number = 0; number < changes.size(); ++number) {
    CAPTURE(number);
    CommitRecord other = commit();
    changes[number](other);
    CHECK(storage::content_digest(other) != storage::content_digest(commit()));
  }
  // What the store gives it is not among what it says.
  CommitRecord same = commit();
  same.revision = {4};
  same.moment = {5};
  same.chain = sha256("abc");
  CHECK(storage::content_digest(same) == storage::content_digest(commit()));
}

TEST_CASE("a link is another for another link before, revision, moment or content") {
  Digest const content = sha256("abc");
  Digest const link = storage::next_link(Digest{}, {1}, {2}, content);
  CHECK(storage::next_link(content, {1}, {2}, content) != link);
  CHECK(storage::next_link(Digest{}, {2}, {2}, content) != link);
  CHECK(storage::next_link(Digest{}, {1}, {1}, content) != link);
  CHECK(storage::next_link(Digest{}, {1}, {2}, Digest{}) != link);
}

TEST_CASE("a log ends with the number, moment and link that follow") {
  LogEnd const last{.revision = {4}, .token = {}, .moment = {1'000}, .chain = sha256("abc")};
  Digest const content = sha256("");
  LogEnd const next = storage::next_end(last, token, {2'000}, {0}, content);
  CHECK(next == LogEnd{{5}, token, {2'000}, storage::next_link(last.chain, {5}, {2'000}, content)});
}

TEST_CASE("moments never go back, and follow no time that is more than an hour ahead") {
  constexpr std::int64_t hour = 3'600'000'000;
  auto const next = [](std::int64_t last, std::int64_t time, std::int64_t clock) {
    return storage::next_moment({last}, {time}, {clock}).microseconds;
  };
  CHECK(next(100, 101, 0) == 101);
  CHECK(next(100, 100, 0) == 101);
  CHECK(next(100, -100, 0) == 101);
  CHECK(next(100, std::numeric_limits<std::int64_t>::min(), 0) == 101);
  CHECK(next(100, hour + 100, 0) == hour + 100);
  CHECK(next(100, hour + 101, 0) == 101);
  // Nobody has written for long: the clock knows better than the last moment.
  CHECK(next(100, 9 * hour, 8 * hour) == 9 * hour);
  CHECK(next(100, 9 * hour + 1, 8 * hour) == 101);
  CHECK(next(100, std::numeric_limits<std::int64_t>::max(), 8 * hour) == 101);
}
