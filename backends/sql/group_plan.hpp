// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_GROUP_PLAN_HPP
#define INLAY_BACKENDS_SQL_GROUP_PLAN_HPP

// Which commits may be done together. It does no input or output.

#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/model/describe.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/internal/key_text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::sql {

/** What a commit touches, as hashes: two that are alike by chance only keep commits apart that could go together. */
struct Footprint {
  std::vector<std::uint64_t>
      alone{};  ///< for itself: rows that it writes, unique keys that it takes or frees, its token
  std::vector<std::uint64_t> shared{};  ///< as others may too: rows that it guards, or that what it writes references
};

namespace detail {

/** Gathers the footprint of one commit. */
class Touched {
 public:
  explicit Touched(Commit const& commit) {
    footprint_.alone.push_back(hash("token", to_string(commit.token)));
    for (Change const& change : commit.changes) {
      std::visit([&](auto const& one) { add(one); }, change);
    }
    for (AnyGuard const& guard : commit.guards) {
      std::visit([&]<class Entity>(Guard<Entity> const& one) { footprint_.shared.push_back(row(one.id)); }, guard);
    }
  }

  [[nodiscard]] Footprint take() && { return std::move(footprint_); }

 private:
  template <class Entity>
  void add(Insert<Entity> const& insert) {
    write(insert.row.id);
    add_keys(insert.row);
    add_references(insert.row);
  }
  template <class Entity>
  void add(Update<Entity> const& update) {
    write(update.before.id);
    add_keys_that_change(update.before, update.after);
    add_references(update.after);
  }
  template <class Entity>
  void add(Edit<Entity> const& edit) {
    write(edit.id);
  }
  template <class Entity>
  void add(Remove<Entity> const& remove) {
    write(remove.before.id);
    add_keys(remove.before);
  }

  template <class Entity>
  void write(Id<Entity> const& id) {
    footprint_.alone.push_back(row(id));
  }

  template <class Entity>
  void add_keys(Entity const& row) {
    for (std::size_t i = 0; i < Entity::unique_keys.size(); ++i) footprint_.alone.push_back(key(row, i));
  }

  template <class Entity>
  void add_keys_that_change(Entity const& before, Entity const& after) {
    for (std::size_t i = 0; i < Entity::unique_keys.size(); ++i) {
      std::uint64_t const freed = key(before, i);
      std::uint64_t const taken = key(after, i);
      if (freed != taken) footprint_.alone.insert(footprint_.alone.end(), {freed, taken});
    }
  }

  template <class Entity>
  void add_references(Entity const& from) {
    model::for_each_reference<Entity>([&](model::Reference const&, auto pointer) {
      auto const& member = from.*pointer;
      if constexpr (model::is_optional_v<std::remove_cvref_t<decltype(member)>>) {
        if (member) footprint_.shared.push_back(row(*member));
      } else {
        footprint_.shared.push_back(row(member));
      }
    });
  }

  template <class Entity>
  [[nodiscard]] static std::uint64_t row(Id<Entity> const& id) {
    std::string value;
    storage::append_key(id, value);
    return hash(Entity::entity_name, value);
  }

  template <class Entity>
  [[nodiscard]] static std::uint64_t key(Entity const& from, std::size_t number) {
    return hash(Entity::entity_name, std::to_string(number) + storage::key_text(Entity::unique_keys[number], from));
  }

  [[nodiscard]] static std::uint64_t hash(std::string_view kind, std::string_view value) {
    std::string text(kind);
    text.append(1, '\0').append(value);
    return inlay::detail::sip_hash<1, 3>(text, inlay::detail::hash_key());
  }

  Footprint footprint_;
};

}  // namespace detail

[[nodiscard]] inline Footprint footprint_of(Commit const& commit) { return detail::Touched(commit).take(); }

/** The commits of one group, which touch nothing that another of them writes. */
class GroupPlan {
 public:
  struct Bounds {
    std::size_t commits = 64;
    std::size_t bytes = std::size_t{1} << 20U;
  };

  GroupPlan() = default;
  explicit GroupPlan(Bounds bounds) : bounds_(bounds) {}

  /** Asks in order of arrival for each commit that waits; the first is always taken. Who is left out for what it
      touches is not overtaken by others who touch the same, and once there is no room everybody is left out. */
  [[nodiscard]] bool takes(Footprint const& commit, std::size_t bytes) {
    if (is_full()) return false;
    if (commits_ > 0 && bytes > bounds_.bytes - bytes_) {
      commits_ = bounds_.commits;
      return false;
    }
    auto const is_in = [](auto const& touched) {
      return [&touched](std::uint64_t one) { return touched.contains(one); };
    };
    bool const collides = std::any_of(commit.alone.begin(), commit.alone.end(), is_in(alone_)) ||
                          std::any_of(commit.alone.begin(), commit.alone.end(), is_in(shared_)) ||
                          std::any_of(commit.shared.begin(), commit.shared.end(), is_in(alone_));
    alone_.insert(commit.alone.begin(), commit.alone.end());
    shared_.insert(commit.shared.begin(), commit.shared.end());
    if (collides) return false;
    ++commits_;
    bytes_ += std::min(bytes, bounds_.bytes - bytes_);
    return true;
  }

  [[nodiscard]] bool is_full() const noexcept { return commits_ >= bounds_.commits; }

 private:
  Bounds bounds_{};
  std::size_t commits_ = 0;
  std::size_t bytes_ = 0;
  std::unordered_set<std::uint64_t> alone_;
  std::unordered_set<std::uint64_t> shared_;
};

}  // namespace inlay::sql

#endif
