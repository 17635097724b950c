// SPDX-License-Identifier: BSL-1.0
// One random scenario on every store at once: right commits, and wrong ones of each sort, are answered alike.
#include <inlay/backends/all.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>
#include <support/random.hpp>
#include <support/stores.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

using namespace inlay;
using test::Random;

namespace {

/** What was ever read of a kind of rows: the newest last. */
template <class Entity>
using Seen = std::vector<Entity>;

class Scenario {
 public:
  Scenario(Random& random, Repository& reference) : random_(random), reference_(reference) {}

  Commit next() {
    Commit commit;
    commit.actor = "scenario";
    commit.token = uuid();
    commit.time = Timestamp{1'700'000'000'000'000 + ++count_};
    for (std::size_t changes = 1 + (random_.chance(3) ? random_.below(3) : 0); changes > 0; --changes) {
      switch (random_.below(5)) {
        case 0: add_change<Team>(commit); break;
        case 1: add_change<Environment>(commit); break;
        case 2: add_change<Integration>(commit); break;
        case 3: add_change<Grant>(commit); break;
        default: add_change<EnvironmentIntegration>(commit);
      }
    }
    if (random_.chance(6)) add_guard<Team>(commit);
    if (random_.chance(6)) add_guard<Integration>(commit);
    return commit;
  }

  /** Reads what such a commit has written. */
  void look(Commit const& commit) {
    for (Change const& change : commit.changes) {
      std::visit(
          [&]<class C>(C const& one) {
            if constexpr (requires { one.row; }) {
              look_at(one.row);
            } else if constexpr (requires { one.after; }) {
              look_at(one.before);
            }
          },
          change);
    }
  }

  /** An id of a kind that may be there. */
  template <class Entity>
  Id<Entity> any() {
    auto const& seen = std::get<Seen<Entity>>(seen_);
    return seen.empty() || random_.chance(12) ? Id<Entity>{uuid()} : recent<Entity>().id;
  }

 private:
  Uuid uuid() {
    Uuid uuid;
    for (auto& byte : uuid.bytes) byte = static_cast<std::uint8_t>(random_.below(256));
    return uuid;
  }
  /** One of few, so that they meet; and now and then one that no row may have. */
  std::string name() { return random_.chance(40) ? std::string("n\0", 2) : "n" + std::to_string(random_.below(6)); }

  /** One that was read, which may have been written since, or be gone; more often one of the last. */
  template <class Entity>
  Entity const& recent() {
    auto const& seen = std::get<Seen<Entity>>(seen_);
    std::size_t const back = random_.below(random_.chance(4) ? seen.size() : std::min<std::size_t>(seen.size(), 6));
    return seen[seen.size() - 1 - back];
  }

  template <class Entity>
  void fill(Entity& row) {
    if constexpr (requires { row.name; }) row.name = name();
    if constexpr (requires { row.team_id; }) row.team_id = any<Team>();
    if constexpr (requires { row.integration_id; }) row.integration_id = any<Integration>();
    if constexpr (requires { row.environment_id; }) row.environment_id = any<Environment>();
    if constexpr (requires { row.is_enabled; }) row.is_enabled = random_.chance(2);
    if constexpr (requires { row.is_beta; }) row.is_beta = random_.chance(2);
  }

  template <class Entity>
  void add_change(Commit& commit) {
    std::size_t const what = std::get<Seen<Entity>>(seen_).empty() ? 0 : random_.below(6);
    if (what < 3) {
      Entity row;
      row.id = random_.chance(8) ? any<Entity>() : Id<Entity>{uuid()};
      fill(row);
      commit.changes.emplace_back(Insert<Entity>{row, Birth{random_.bits() >> 1U}});
    } else if (what < 5) {
      Entity const before = recent<Entity>();
      Entity after = before;
      fill(after);
      commit.changes.emplace_back(Update<Entity>{before, after});
    } else {
      commit.changes.emplace_back(Remove<Entity>{recent<Entity>()});
    }
  }

  template <class Entity>
  void add_guard(Commit& commit) {
    if (!std::get<Seen<Entity>>(seen_).empty()) commit.guards.emplace_back(Guard<Entity>(recent<Entity>()));
  }

  template <class Entity>
  void look_at(Entity const& row) {
    auto const found = reference_.find(FindRequest<Entity>{.id = row.id});
    if (found) std::get<Seen<Entity>>(seen_).push_back(*found);
  }

  Random& random_;
  Repository& reference_;
  std::int64_t count_ = 0;
  std::tuple<Seen<Team>, Seen<Environment>, Seen<Integration>, Seen<EnvironmentIntegration>, Seen<Grant>> seen_;
};

/** All that a caller can branch on. */
std::string shown(Error const& error) {
  return std::string(to_string(error.kind)) + ", " + std::string(to_string(error.outcome)) + ", pointer " +
         error.pointer.value_or("none") + ", current version " +
         (error.current_version ? std::to_string(error.current_version->value) : "none") + ": " + error.message;
}

std::string shown(Result<Committed> const& committed) {
  return committed ? "revision " + std::to_string(committed->revision.value) : shown(committed.error());
}

template <class Entity>
std::string rows_of(Repository const& store) {
  std::string text;
  for (Query<Entity> query{.limit = 1'000};;) {
    auto const page = store.list(query).value();
    for (Entity const& row : page.items) {
      model::write_json(row, text, model::JsonUse::record);
      text += " at " + std::to_string(row.revision.value) + '\n';
    }
    if (!page.next) return text;
    query.after = page.next;
  }
}

/** All that a store holds. */
std::string contents_of(Repository const& store) {
  std::string text = rows_of<Team>(store) + rows_of<Environment>(store) + rows_of<Integration>(store) +
                     rows_of<EnvironmentIntegration>(store) + rows_of<Grant>(store);
  for (Revision after{};;) {
    auto const page = store.changes({.after = after, .limit = 1'000}).value();
    for (CommitRecord const& commit : page.commits) {
      text += std::to_string(commit.revision.value) + ' ' + to_string(commit.token) + '\n';
      for (ChangeRecord const& change : commit.changes) {
        text += std::string(change.entity) + ' ' + (change.before ? std::string(change.before->text()) : "none") + ' ' +
                (change.after ? std::string(change.after->text()) : "none") + '\n';
      }
    }
    after = page.through;
    if (!page.has_more) return text;
  }
}

}  // namespace

TEST_CASE("a random scenario of right and wrong commits is answered alike by every store, kinds of errors too") {
  Random random = test::random();
  CAPTURE(random.seed());
  std::vector<std::string> urls = test::new_store_urls();
  for (std::string const& url : test::new_cluster_urls()) urls.push_back(url);
  std::vector<std::shared_ptr<Repository>> stores;
  for (std::string const& url : urls) stores.push_back(all_backends().open(url).value());
  Scenario scenario(random, *stores[0]);
  std::size_t done = 0;
  std::map<ErrorKind, int> refused;
  for (int step = 0; step < 400; ++step) {
    Commit const commit = scenario.next();
    auto const expected = stores[0]->commit(commit);
    if (expected) {
      ++done;
    } else {
      ++refused[expected.error().kind];
    }
    Id<Team> const team = scenario.any<Team>();
    auto const found = stores[0]->find(FindRequest<Team>{.id = team});
    for (std::size_t i = 1; i < stores.size(); ++i) {
      INFO("step " << step << " on " << urls[i].substr(0, urls[i].find(':')) << ", store " << i);
      CHECK(shown(stores[i]->commit(commit)) == shown(expected));
      auto const other = stores[i]->find(FindRequest<Team>{.id = team});
      REQUIRE(other.has_value() == found.has_value());
      if (found) {
        CHECK(*other == *found);
      } else {
        CHECK(shown(other.error()) == shown(found.error()));
      }
    }
    if (expected) scenario.look(commit);
  }
  CHECK(done > 100);
  for (ErrorKind const kind : {ErrorKind::conflict, ErrorKind::already_exists, ErrorKind::not_found, ErrorKind::in_use,
                               ErrorKind::invalid_argument}) {
    INFO(to_string(kind));
    CHECK(refused[kind] > 3);
  }
  std::string const expected = contents_of(*stores[0]);
  for (std::size_t i = 1; i < stores.size(); ++i) {
    INFO(urls[i].substr(0, urls[i].find(':')) << ", store " << i);
    CHECK(contents_of(*stores[i]) == expected);
  }
}
