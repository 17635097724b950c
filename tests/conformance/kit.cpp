// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>

namespace inlay::conformance {

namespace {

std::uint64_t scrambled(std::uint64_t number) {  // SplitMix64
  number += 0x9E3779B97F4A7C15U;
  number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9U;
  number = (number ^ (number >> 27U)) * 0x94D049BB133111EBU;
  return number ^ (number >> 31U);
}

}  // namespace

Uuid scattered_uuid() {
  static std::atomic<std::uint64_t> count{0};
  std::uint64_t const number = ++count;
  Uuid uuid;
  std::uint64_t high = scrambled(number);
  std::uint64_t low = scrambled(~number);
  for (std::size_t i = 0; i < 8; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(high >> (8 * i));
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(low >> (8 * i));
  }
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0FU) | 0x40U);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | 0x80U);
  return uuid;
}

Timestamp later() {
  static std::atomic<std::int64_t> count{0};
  return Timestamp{1'628'589'600'000'001 + 1'000'003 * ++count};
}

Document sample_document(std::string_view text, std::size_t number) {
  std::string json = "{\"" + std::string(text) + "\":" + std::to_string(number);
  json += ",\"nested\":{\"list\":[1,1.5,null,true],\"\xF0\x9F\x98\x80\":\"'; drop table\"}}";
  return must(Document::parse(json));
}

Document document_of(std::size_t bytes) {
  std::string text = R"({"a":")";
  std::size_t const inside = bytes - 8;
  if (inside % 2 != 0) text += 'x';
  for (std::size_t i = 0; i < inside / 2; ++i) text += "\xC3\xA9";
  return Document::from_stored(text + "\"}");
}

bool holds(Condition const& condition, std::optional<FieldValue> const& value) {
  if (!value) return condition.op == Operator::ne;
  auto const& values = condition.values;
  switch (condition.op) {
    case Operator::eq: return *value == values.at(0);
    case Operator::ne: return *value != values.at(0);
    case Operator::in: return std::find(values.begin(), values.end(), *value) != values.end();
    case Operator::lt: return *value < values.at(0);
    case Operator::lte: return *value <= values.at(0);
    case Operator::gt: return *value > values.at(0);
    case Operator::gte: return *value >= values.at(0);
  }
  return false;
}

Subject const& tested() {
  static Subject const the = subject();
  return the;
}

std::vector<CommitRecord> log_after(Repository const& repository, Revision after) {
  std::vector<CommitRecord> log;
  while (true) {
    ChangePage page = must(repository.changes({.after = after, .limit = 1'000}));
    std::move(page.commits.begin(), page.commits.end(), std::back_inserter(log));
    if (!page.has_more) return log;
    after = page.through;
  }
}

Contents contents(Repository const& repository) {
  Contents all;
  all.revision = must(repository.revision());
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (Entity const& row : walk<Entity>(repository)) {
      all.rows.push_back(Catch::StringMaker<Entity>::convert(row));
    }
  });
  auto log = repository.changes({.limit = 1'000});
  if (log || log.error().kind != ErrorKind::compacted) all.log = log_after(repository);
  return all;
}

Commit commit_of(std::vector<Change> changes) {
  Commit commit;
  commit.changes = std::move(changes);
  commit.actor = "the kit";
  commit.token = scattered_uuid();
  commit.time = later();
  return commit;
}

Store::Store() : name_(tested().new_store()), repository_(must(tested().open(name_))) {
  UNSCOPED_INFO(tested().name << ": " << name_);
}

Store::~Store() {
  repository_.reset();
  if (tested().drop) tested().drop(name_);
}

void Store::reopen() {
  repository_.reset();
  repository_ = must(tested().open(name_));
}

Error Store::refused(Commit const& commit) const {
  Contents const before = contents(*repository_);
  Error const error = error_of(repository_->commit(commit));
  CHECK(contents(*repository_) == before);
  CHECK(error.outcome == Outcome::not_done);
  CHECK(!error.message.empty());
  return error;
}

void in_threads(std::size_t count, std::function<void(std::size_t)> const& work) {
  std::mutex mutex;
  std::vector<std::string> failures;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        work(i);
      } catch (std::exception const& failure) {
        std::lock_guard const lock(mutex);
        failures.push_back("thread " + std::to_string(i) + ": " + failure.what());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::string const& failure : failures) UNSCOPED_INFO(failure);
  REQUIRE(failures.empty());
}

}  // namespace inlay::conformance
