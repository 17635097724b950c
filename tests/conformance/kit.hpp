// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFORMANCE_KIT_HPP
#define INLAY_CONFORMANCE_KIT_HPP

// What the tests of the kit share: a fresh store for each, and short words for what they do to it.

#include "catch.hpp"
#include "rows.hpp"

#include <inlay/conformance/conformance.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::conformance {

/** The program's subject. */
[[nodiscard]] Subject const& tested();

/** The value; fails the test when there is none. For the test's own thread. */
template <class T>
T must(Result<T> result) {
  if (result.has_error()) FAIL("unexpected error: " << result.error());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

/** The error; fails the test when there is none. */
template <class T>
Error error_of(Result<T> const& result) {
  if (!result.has_error()) FAIL("this should have been refused");
  return result.error();
}

/** All that a store holds. */
struct Contents {
  Revision revision{};
  std::vector<std::string> rows{};  ///< the JSON of every row, and the revision that wrote it
  std::vector<CommitRecord> log{};

  friend bool operator==(Contents const&, Contents const&) = default;
};

/** All rows of a kind, walking over the pages. */
template <class Readable>
[[nodiscard]] std::vector<Readable> walk(Repository const& repository, Query<Readable> query = {.limit = 1'000}) {
  std::vector<Readable> all;
  while (true) {
    Page<Readable> page = must(repository.list(query));
    std::move(page.items.begin(), page.items.end(), std::back_inserter(all));
    if (!page.next) return all;
    query.after = page.next;
  }
}

/** The whole change log after a revision. */
[[nodiscard]] std::vector<CommitRecord> log_after(Repository const& repository, Revision after = {});

[[nodiscard]] Contents contents(Repository const& repository);

/** A commit of these changes by the kit, with a token and a time of its own. */
[[nodiscard]] Commit commit_of(std::vector<Change> changes);

/** A store of its own, new and empty, for as long as this lives. */
class Store {
 public:
  Store();
  ~Store();
  Store(Store const&) = delete;
  Store& operator=(Store const&) = delete;

  [[nodiscard]] Repository& operator*() const { return *repository_; }
  [[nodiscard]] Repository* operator->() const { return repository_.get(); }

  /** The store once more, through another handle, if the backend lets us have one. */
  [[nodiscard]] Result<std::shared_ptr<Repository>> open_again() const { return tested().open(name_); }

  /** Gives up the handle that this has, and opens the store anew. */
  void reopen();

  /** Commits; fails the test when that is refused. */
  Revision commit(Commit const& commit) const { return must(repository_->commit(commit)).revision; }

  /** The row as it is stored after a commit that inserts it. */
  template <class Entity>
  Entity insert(Entity const& row) const {
    return insert(Insert<Entity>{row});
  }
  template <class Entity>
  Entity insert(Insert<Entity> const& insert) const {
    Commit const write = commit_of({insert});
    return inserted(insert, write.time, commit(write));
  }

  /** The row as it is stored after a commit that changes it. */
  template <class Entity>
  Entity update(Entity const& before, Entity const& after) const {
    Commit const write = commit_of({Update<Entity>{before, after}});
    return updated(Update<Entity>{before, after}, write.time, commit(write));
  }

  template <class Entity>
  Revision remove(Entity const& before) const {
    return commit(commit_of({Remove<Entity>{before}}));
  }

  /** A sample row as it is stored after a commit that inserts it and all that it references. */
  template <class Entity>
  Entity insert_sample(std::size_t number) const {
    std::vector<Change> changes;
    add_sample<Entity>(changes, number);
    return commit_last<Entity>(std::move(changes));
  }

  /** The same, with that document in the place of each of its own. */
  template <class Entity>
  Entity insert_sample(std::size_t number, Document const& document) const {
    std::vector<Change> changes;
    Entity const row = with_documents(add_sample<Entity>(changes, number), document);
    changes.back() = Insert<Entity>{row};
    return commit_last<Entity>(std::move(changes));
  }

  /** The row of that id; fails the test when there is none. */
  template <class Readable>
  [[nodiscard]] Readable read(Id<model::Root<Readable>> id) const {
    return must(repository_->find(FindRequest<Readable>{.id = id}));
  }

  template <class Readable>
  [[nodiscard]] std::vector<Readable> all() const {
    return walk<Readable>(*repository_);
  }

  /** The error of a commit that must be refused, and must leave no trace. */
  Error refused(Commit const& commit) const;
  Error refused(std::vector<Change> changes) const { return refused(commit_of(std::move(changes))); }

 private:
  /** The row of the last change, an insert, as it is stored after a commit of all of them. */
  template <class Entity>
  Entity commit_last(std::vector<Change> changes) const {
    auto const last = std::get<Insert<Entity>>(changes.back());
    Commit const write = commit_of(std::move(changes));
    return inserted(last, write.time, commit(write));
  }

  std::string name_;
  std::shared_ptr<Repository> repository_;
};

/** Calls `visit.template operator()<Entity>()` for every entity there is, each in a section of its own. */
template <class Visitor>
void for_each_entity(Visitor&& visit) {
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    DYNAMIC_SECTION(Entity::entity_name) { visit.template operator()<Entity>(); }
  });
}

/** Calls `visit.template operator()<Readable>()` for every entity and read model, each in a section of its own. */
template <class Visitor>
void for_each_readable(Visitor&& visit) {
  std::size_t number = 0;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, model::Readables>>(
      [&]<class Readable>(std::type_identity<Readable>) {
        DYNAMIC_SECTION(model::Root<Readable>::entity_name << " in readable " << number++) {
          visit.template operator()<Readable>();
        }
      });
}

/** Runs `work(i)` in that many threads at once; fails the test when one of them throws, saying what.

    Assertions are not thread-safe: a thread throws (`value()` does), or leaves its findings for the test to look at.
*/
void in_threads(std::size_t count, std::function<void(std::size_t)> const& work);

}  // namespace inlay::conformance

/** Rows that differ are shown as their JSON. */
template <class Entity>
requires(inlay::model::is_entity<Entity>) struct Catch::StringMaker<Entity, void> {
  static std::string convert(Entity const& row) {
    std::string text;
    inlay::model::write_json(row, text, inlay::model::JsonUse::record);
    return text + " at revision " + std::to_string(row.revision.value);
  }
};
template <>
struct Catch::StringMaker<inlay::conformance::Contents, void> {
  static std::string convert(inlay::conformance::Contents const& contents) {
    std::string text = "revision " + std::to_string(contents.revision.value) + ", " +
                       std::to_string(contents.log.size()) + " commits in the log, rows:";
    for (std::string const& row : contents.rows) text += "\n  " + row;
    return text;
  }
};
template <>
struct Catch::StringMaker<inlay::Version, void> {
  static std::string convert(inlay::Version version) { return "version " + std::to_string(version.value); }
};
template <>
struct Catch::StringMaker<inlay::Birth, void> {
  static std::string convert(inlay::Birth birth) { return "birth " + inlay::to_string(birth); }
};
template <>
struct Catch::StringMaker<inlay::Revision, void> {
  static std::string convert(inlay::Revision revision) { return "revision " + std::to_string(revision.value); }
};
template <>
struct Catch::StringMaker<inlay::Usage, void> {
  static std::string convert(inlay::Usage const& usage) {
    return std::to_string(usage.rows) + " rows, " + std::to_string(usage.bytes) + " bytes, " +
           std::to_string(usage.bytes_logged) + " bytes logged";
  }
};
template <>
struct Catch::StringMaker<inlay::Timestamp, void> {
  static std::string convert(inlay::Timestamp time) { return inlay::to_precise_string(time); }
};

#endif
