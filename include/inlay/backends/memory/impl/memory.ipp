// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_IMPL_MEMORY_IPP
#define INLAY_BACKENDS_MEMORY_IMPL_MEMORY_IPP

#include <inlay/backends/memory.hpp>
#include <inlay/backends/memory/detail/change_log.hpp>
#include <inlay/backends/memory/detail/id_getters.hpp>
#include <inlay/backends/memory/detail/keyed.hpp>
#include <inlay/backends/memory/detail/merge.hpp>
#include <inlay/backends/memory/detail/rows_read.hpp>
#include <inlay/backends/memory/detail/table.hpp>
#include <inlay/backends/memory/detail/transfer.hpp>
#include <inlay/model/internal/record_bytes.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/internal/match.hpp>
#include <inlay/storage/internal/restored_log.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <tuple>
#include <utility>

namespace inlay {

namespace memory {

/** Lets any number of readers in, or one writer. A writer that waits holds up the readers that come after it: the
    platform's own lock lets them pass, and a busy store would never be written. */
class FairLock {
 public:
  [[nodiscard]] std::shared_lock<std::shared_mutex> read() const {
    std::lock_guard const turn(turnstile_);
    return std::shared_lock(mutex_);
  }
  [[nodiscard]] std::unique_lock<std::shared_mutex> write() const {
    std::lock_guard const turn(turnstile_);
    return std::unique_lock(mutex_);
  }

 private:
  mutable std::mutex turnstile_;
  mutable std::shared_mutex mutex_;
};

/** Whether a scope lets a row through. To be called while the lock is held, and while the scope lives. */
template <class Entity>
using Predicate = std::function<bool(Entity const& row)>;

/** A condition, and where the field that it names was found. */
using PlacedCondition = std::pair<FieldPlace, Condition const*>;

/** Whether a condition of a scope says what rows are called. */
[[nodiscard]] inline bool is_on_name(Condition const& condition) { return condition.field == "name"; }

/** Whether a scope says first what rows are called: these are few, and all of them are looked at. */
[[nodiscard]] inline bool is_begun_by_name(Scope const& scope) {
  return !scope.parts.empty() && scope.parts.front().kind == Scope::Kind::condition &&
         is_on_name(scope.parts.front().condition);
}

/** Adds the conditions that every row which the scope lets through meets. They can only narrow the search. */
template <class Entity>
void collect_conditions(Scope const& scope, std::vector<PlacedCondition>& where) {
  if (scope.kind == Scope::Kind::all_of) {
    for (Scope const& part : scope.parts) collect_conditions<Entity>(part, where);
  } else if (scope.kind == Scope::Kind::condition) {
    where.emplace_back(*inlay::detail::find_filter_field(scope.condition.field, inlay::detail::read_parts<Entity>()),
                       &scope.condition);
  }
}

class MemoryRepository final : public RepositoryFrom<MemoryRepository> {
 public:
  Result<Committed> commit(Commit const& commit) override;
  Result<ChangePage> changes(ChangesRequest const& request) const override;
  Result<void> compact(CompactRequest const& request) override;
  Result<Usage> usage(UsageRequest const& request) const override;
  Result<void> snapshot(SnapshotRequest const& request) const override;
  Result<void> dump(DumpRequest const& request) const override;
  Result<void> restore(RestoreRequest const& request) override;

  Result<Revision> revision() const override {
    auto const lock = lock_.read();
    return log_.revision();
  }

  Result<StoreState> state() const override {
    auto const lock = lock_.read();
    return log_.state();
  }

  Capabilities const& capabilities() const noexcept override {
    static Capabilities const own{
        .backend = "memory", .can_transfer = true, .can_snapshot = true, .can_count = true, .has_identity = true};
    return own;
  }

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const;
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const;
  template <class Readable>
  Result<std::optional<Readable>> named_readable(NamedRequest<Readable> const& request) const;

 private:
  /** A commit while it is being written: undoes what it has done unless it is kept. */
  struct Transaction {
    Timestamp time{};
    Revision revision{};
    std::vector<std::function<void()>> undo{};
    std::vector<LoggedChange> changes{};

    Transaction(Timestamp commit_time, Revision own_revision) : time(commit_time), revision(own_revision) {}
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    ~Transaction() {
      for (auto step = undo.rbegin(); step != undo.rend(); ++step) (*step)();
    }

    void keep() noexcept { undo.clear(); }
  };

  template <class Entity>
  [[nodiscard]] Table<Entity>& table() noexcept {
    return std::get<Table<Entity>>(tables_);
  }
  template <class Entity>
  [[nodiscard]] Table<Entity> const& table() const noexcept {
    return std::get<Table<Entity>>(tables_);
  }

  template <class Entity>
  [[nodiscard]] Result<Row<Entity>> unchanged(Id<Entity> id, Version version, Birth birth) const;
  template <class Entity>
  [[nodiscard]] Result<void> check_constraints(Entity const& row) const;
  template <class Entity>
  void write(Row<Entity> const& before, Row<Entity> const& after, Transaction& transaction);
  template <class Entity>
  [[nodiscard]] Id<Team> owner_of(Entity const& row) const;

  template <class Entity>
  [[nodiscard]] Result<void> apply(Insert<Entity> const& change, Transaction& transaction);
  template <class Entity>
  [[nodiscard]] Result<void> apply(Update<Entity> const& change, Transaction& transaction);
  template <class Entity>
  [[nodiscard]] Result<void> apply(Edit<Entity> const& change, Transaction& transaction);
  template <class Entity>
  [[nodiscard]] Result<void> apply(Remove<Entity> const& change, Transaction& transaction);
  template <class Entity>
  [[nodiscard]] Result<void> rewrite(Row<Entity> const& before, Entity const& after, Transaction& transaction);

  /** The rows that make up a Readable, found from the first of them. */
  template <class Readable>
  using PartRows = boost::mp11::mp_rename<boost::mp11::mp_transform<Row, model::Parts<Readable>>, std::tuple>;
  template <class Readable>
  [[nodiscard]] PartRows<Readable> join(Row<model::Root<Readable>> const& root) const;
  template <class Readable>
  [[nodiscard]] static Readable assemble(PartRows<Readable> const& rows, Query<Readable> const& query = {});
  template <class Entity>
  [[nodiscard]] OrderedRows<Entity> const* narrowest(std::vector<PlacedCondition> const& where, bool by_names) const;
  template <class Entity>
  [[nodiscard]] OrderedRows<Entity> const* rows_with(Scope const& scope) const;
  template <class Entity>
  [[nodiscard]] std::optional<std::vector<Row<Entity>>> visible_rows(Scope const& scope) const;
  [[nodiscard]] std::optional<std::set<Uuid>> related_ids(Scope const& scope) const;
  template <class Entity>
  [[nodiscard]] std::optional<OrderedRows<Entity>> rows_named(std::vector<PlacedCondition> const& where) const;
  template <class Entity>
  [[nodiscard]] bool ordered_sources(Scope const& scope, std::vector<PlacedCondition> const& where,
                                     std::vector<OrderedRows<Entity> const*>& sources,
                                     std::deque<OrderedRows<Entity>>& made) const;
  /** Takes a record as it is, into a store that nobody else knows yet. */
  [[nodiscard]] Result<void> take(StoreRecord const& record, storage::RestoredLog& log);

  [[nodiscard]] InstalledIn installed_in(Id<Integration> integration, Scope const& scope) const;

  template <class Entity>
  [[nodiscard]] Result<Predicate<Entity>> predicate(Scope const& scope) const;
  template <class Entity>
  [[nodiscard]] Result<Predicate<Entity>> related_predicate(Scope const& scope) const;

  /** What was found out about a scope on related rows: their ids, if there is a way to them. */
  struct Known {
    std::optional<std::set<Uuid>> ids{};
  };

  FairLock lock_;
  Tables tables_;
  ChangeLog log_{generate_random_uuid()};
};

// Reading

template <class Readable>
MemoryRepository::PartRows<Readable> MemoryRepository::join(Row<model::Root<Readable>> const& root) const {
  PartRows<Readable> rows;
  std::get<0>(rows) = root;
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    // Foreign keys see to it that each part is there.
    ((std::get<index + 1>(rows) = *table<model::Part<Readable, index + 1>>().find(
          ((*std::get<index>(rows)).*model::joining_member<Readable, index>).uuid)),
     ...);
  }
  (std::make_index_sequence<model::part_count<Readable> - 1>{});
  return rows;
}

template <class Readable>
Readable MemoryRepository::assemble(PartRows<Readable> const& rows, Query<Readable> const& query) {
  Readable whole;
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    ((model::part_of<index>(whole) = *std::get<index>(rows)), ...);
    auto const drop_documents = [&]<class Entity>(Entity& row, std::size_t part) {
      if (query.brings_documents(part)) return;
      model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*pointer) {
        if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
          row.*pointer = part == 0 ? Document::left_out() : Member{};
        }
      });
    };
    (drop_documents(model::part_of<index>(whole), index), ...);
  }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return whole;
}

/** Where the integration is installed, in the environments that the scope lets through. */
InstalledIn MemoryRepository::installed_in(Id<Integration> integration, Scope const& scope) const {
  InstalledIn found;
  if (auto const environments = scope.is_everything() ? std::nullopt : visible_rows<Environment>(scope)) {
    // From these, or it would cost something where others have installed it.
    for (Row<Environment> const& environment : *environments) {
      ++rows_read();
      auto const* const install =
          table<EnvironmentIntegration>().find_keyed(0, "environment_id", environment->id.uuid, integration.uuid);
      if (install != nullptr) found.ids.push_back(environment->id);
    }
  } else {
    auto const is_visible = predicate<Environment>(scope).value();
    std::size_t number = 0;
    while (model::references<EnvironmentIntegration>[number].entity != Integration::entity_name) ++number;
    for (auto const& [place, install] : table<EnvironmentIntegration>().referring_to(number, integration.uuid)) {
      ++rows_read();
      if (!is_visible || is_visible(**table<Environment>().find(install->environment_id.uuid))) {
        found.ids.push_back(install->environment_id);
      }
    }
  }
  std::sort(found.ids.begin(), found.ids.end());
  found.is_truncated = found.ids.size() > InstalledIn::max_ids;
  if (found.is_truncated) found.ids.resize(InstalledIn::max_ids);
  return found;
}

/** The index that holds the rows which meet a condition, and no others; nullptr where none does. */
template <class Entity>
OrderedRows<Entity> const* MemoryRepository::rows_with(Scope const& scope) const {
  if (scope.kind != Scope::Kind::condition || scope.condition.op != Operator::eq) return nullptr;
  OrderedRows<Entity> const* rows = nullptr;
  std::size_t number = 0;
  std::size_t reference = 0;
  model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*) {
    if constexpr (std::is_enum_v<Member>) {
      if (field.name == scope.condition.field) {
        auto const value = model::enum_from_name<Member>(std::get<std::string>(scope.condition.values.front()));
        rows = &table<Entity>().with_value(number, static_cast<int>(*value));  // check_condition() has found the name
      }
    }
    ++number;
  });
  for (; reference < model::reference_count<Entity>; ++reference) {
    if (model::references<Entity>[reference].member != scope.condition.field) continue;
    rows = &table<Entity>().referring_to(reference, std::get<Uuid>(scope.condition.values.front()));
  }
  if constexpr (has_name<Entity>) {
    if (is_on_name(scope.condition))
      rows = &table<Entity>().named(std::get<std::string>(scope.condition.values.front()));
  }
  return rows;
}

/** The rows that a scope lets through, each once, found through indexes; nothing where no index leads to them. */
template <class Entity>
std::optional<std::vector<Row<Entity>>> MemoryRepository::visible_rows(Scope const& scope) const {
  std::vector<Row<Entity>> rows;
  if (scope.kind == Scope::Kind::condition) {
    OrderedRows<Entity> const* const indexed = rows_with<Entity>(scope);
    if (indexed == nullptr) return std::nullopt;
    rows_read() += indexed->size();
    for (auto const& [place, row] : *indexed) rows.push_back(row);
    return rows;
  }
  if (scope.kind == Scope::Kind::all_of) {
    bool is_chosen_before = false;
    for (Scope const& part : scope.parts) {
      // The first one that leads to them: another would lead to what others have, as would a name where it is chosen
      // before whose rows are seen.
      is_chosen_before = is_chosen_before || part.kind == Scope::Kind::any_of;
      if (is_chosen_before && part.kind == Scope::Kind::condition && is_on_name(part.condition)) continue;
      auto led = visible_rows<Entity>(part);
      if (!led) continue;
      auto const meets = predicate<Entity>(scope).value();
      led->erase(std::remove_if(led->begin(), led->end(), [&](Row<Entity> const& row) { return !meets(*row); }),
                 led->end());
      return led;
    }
    return std::nullopt;
  }
  if (scope.kind != Scope::Kind::related) return std::nullopt;
  auto const ids = related_ids(scope);
  if (!ids) return std::nullopt;
  for (Uuid const& id : *ids) {
    if (scope.own_member == "id") {
      if (Row<Entity> const* const row = table<Entity>().find(id)) rows.push_back(*row);
      continue;
    }
    auto const* const referring = rows_with<Entity>(Scope::where({scope.own_member, Operator::eq, {FieldValue(id)}}));
    if (referring == nullptr) return std::nullopt;
    rows_read() += referring->size();
    for (auto const& [place, row] : *referring) rows.push_back(row);
  }
  return rows;
}

/** The ids that a row's own member may have for a scope on related rows, which predicate() has checked; nothing where
    no index leads to them. */
std::optional<std::set<Uuid>> MemoryRepository::related_ids(Scope const& scope) const {
  std::optional<std::set<Uuid>> ids;
  model::for_each_entity([&]<class Other>(std::type_identity<Other>) {
    if (scope.entity != Other::entity_name) return;
    auto const others = visible_rows<Other>(scope.parts.front());
    if (!others) return;
    ids.emplace();
    auto const getter = id_getters<Other>[model::detail::index_of(model::fields<Other>, scope.member)];
    for (Row<Other> const& other : *others) {
      if (Uuid const* const id = getter(*other)) ids->insert(*id);
    }
  });
  return ids;
}

/** The scope as a function; an empty one for a scope that lets every row through. */
template <class Entity>
Result<Predicate<Entity>> MemoryRepository::predicate(Scope const& scope) const {
  if (scope.is_everything()) return Predicate<Entity>();
  switch (scope.kind) {
    case Scope::Kind::condition: {
      auto const place = inlay::detail::check_condition(scope.condition, inlay::detail::read_parts<Entity>());
      if (!place) return place.error();
      return Predicate<Entity>([matcher = storage::matchers<Entity>[place->index], &scope](Entity const& row) {
        return matcher(&row, scope.condition);
      });
    }
    case Scope::Kind::related: return related_predicate<Entity>(scope);
    default: break;
  }
  std::vector<Predicate<Entity>> parts;
  for (Scope const& part : scope.parts) {
    auto one = predicate<Entity>(part);
    if (!one) return one.error();
    parts.push_back(std::move(*one));
  }
  bool const is_any = scope.kind == Scope::Kind::any_of;
  return Predicate<Entity>([parts = std::move(parts), is_any](Entity const& row) {
    auto const holds_for_row = [&](Predicate<Entity> const& part) { return !part || part(row); };
    return is_any ? std::any_of(parts.begin(), parts.end(), holds_for_row)
                  : std::all_of(parts.begin(), parts.end(), holds_for_row);
  });
}

template <class Entity>
Result<Predicate<Entity>> MemoryRepository::related_predicate(Scope const& scope) const {
  Error const error{.kind = ErrorKind::invalid_argument,
                    .message = "a scope names an entity, a member of it and an own one that are ids, and one part"};
  std::size_t const own = model::detail::index_of(model::fields<Entity>, scope.own_member);
  if (scope.parts.size() != 1 || own == model::field_count<Entity> || !id_getters<Entity>[own]) return error;

  Result<Predicate<Entity>> result = error;
  model::for_each_entity([&]<class Other>(std::type_identity<Other>) {
    if (scope.entity != Other::entity_name) return;
    std::size_t const member = model::detail::index_of(model::fields<Other>, scope.member);
    auto const& references = model::references<Other>;
    auto const reference = static_cast<std::size_t>(
        std::find_if(references.begin(), references.end(), [&](auto const& one) { return one.index == member; }) -
        references.begin());
    bool const is_own_id = scope.member == "id";
    if (!is_own_id && reference == references.size()) return;
    auto part = predicate<Other>(scope.parts.front());
    if (!part) {
      result = part.error();
      return;
    }
    result = Predicate<Entity>([this, getter = id_getters<Entity>[own], is_own_id, number = reference,
                                part = std::move(*part), &scope,
                                known = std::make_shared<std::optional<Known>>()](Entity const& row) {
      Uuid const* const id = getter(row);
      if (!id) return false;
      if (is_own_id) {
        Row<Other> const* const other = table<Other>().find(*id);
        return other && (!part || part(**other));
      }
      // From what the related rows are chosen by, or it would cost something where others relate to this row too.
      if (!*known) *known = Known{related_ids(scope)};
      if ((*known)->ids) return (*known)->ids->contains(*id);
      auto const& others = table<Other>().referring_to(number, *id);
      return std::any_of(others.begin(), others.end(), [&](auto const& other) { return !part || part(*other.second); });
    });
  });
  return result;
}

template <class Readable>
Result<Readable> MemoryRepository::find_readable(FindRequest<Readable> const& request) const {
  using Entity = model::Root<Readable>;
  auto const is_visible = predicate<Entity>(request.scope);
  if (!is_visible) return is_visible.error();
  if (auto const checked = predicate<Environment>(request.installed_in_scope); !checked) return checked.error();

  PartRows<Readable> rows;
  std::optional<InstalledIn> installed;
  {
    auto const lock = lock_.read();
    Row<Entity> const* const root = table<Entity>().find(request.id.uuid);
    if (!root || (*is_visible && !(*is_visible)(**root))) return storage::no_such_row(Entity::entity_name);
    rows = join<Readable>(*root);
    if constexpr (requires(Readable readable) { readable.installed_in; }) {
      if (request.with_installed_in) {
        installed = installed_in(std::get<Row<Integration>>(rows)->id, request.installed_in_scope);
      }
    }
  }
  auto whole = assemble<Readable>(rows);
  if constexpr (requires { whole.installed_in; }) whole.installed_in = std::move(installed);
  return whole;
}

template <class Readable>
Result<std::optional<Readable>> MemoryRepository::named_readable(NamedRequest<Readable> const& request) const {
  using Entity = model::Root<Readable>;
  PartRows<Readable> rows;
  {
    auto const lock = lock_.read();
    NamedRow<Readable> found;
    if constexpr (is_named_by_part<Readable>) {
      found = row_named<Readable>(request, table<Entity>(), table<model::Part<Readable, 1>>());
    } else {
      found = row_named<Readable>(request, table<Entity>());
    }
    if (found.is_one_of_several) return std::optional<Readable>();
    if (found.row == nullptr) return storage::no_such_row(Entity::entity_name);
    rows = join<Readable>(*found.row);
  }
  return std::optional<Readable>(assemble<Readable>(rows));
}

/** The rows that a condition names by their ids; nothing where none does. */
template <class Entity>
std::optional<OrderedRows<Entity>> MemoryRepository::rows_named(std::vector<PlacedCondition> const& where) const {
  auto const named = std::find_if(where.begin(), where.end(), [](PlacedCondition const& one) {
    return one.first.part == 0 && one.first.field.name == "id" &&
           (one.second->op == Operator::eq || one.second->op == Operator::in);
  });
  if (named == where.end()) return std::nullopt;
  OrderedRows<Entity> rows;
  for (FieldValue const& value : named->second->values) {
    if (Row<Entity> const* const row = table<Entity>().find(std::get<Uuid>(value))) rows.emplace(place_of(**row), *row);
  }
  return rows;
}

/** Adds indexes that together hold the rows which a scope lets through and conditions may, and no others that it hides;
    what there is no index of goes to `made`. @return false where no index leads to them. */
template <class Entity>
bool MemoryRepository::ordered_sources(Scope const& scope, std::vector<PlacedCondition> const& where,
                                       std::vector<OrderedRows<Entity> const*>& sources,
                                       std::deque<OrderedRows<Entity>>& made) const {
  if (scope.kind == Scope::Kind::any_of) {
    return std::all_of(scope.parts.begin(), scope.parts.end(),
                       [&](Scope const& part) { return ordered_sources<Entity>(part, where, sources, made); });
  }
  if (auto const* const indexed = rows_with<Entity>(scope)) {
    sources.push_back(indexed);
    return true;
  }
  if (scope.kind == Scope::Kind::all_of && is_begun_by_name(scope)) {
    auto const named = visible_rows<Entity>(scope);
    if (!named) return false;
    OrderedRows<Entity>& rows = made.emplace_back();
    for (Row<Entity> const& row : *named) rows.emplace(place_of(*row), row);
    sources.push_back(&rows);
    return true;
  }
  if (scope.kind != Scope::Kind::related) return false;
  auto const ids = related_ids(scope);
  if (!ids) return false;
  if (scope.own_member == "id") {
    OrderedRows<Entity>& rows = made.emplace_back();
    for (Uuid const& id : *ids) {
      if (Row<Entity> const* const row = table<Entity>().find(id)) rows.emplace(place_of(**row), *row);
    }
    sources.push_back(&rows);
    return true;
  }
  auto const add = [&](Uuid const& id) {
    auto const* const referring = rows_with<Entity>(Scope::where({scope.own_member, Operator::eq, {FieldValue(id)}}));
    if (referring != nullptr) sources.push_back(referring);
    return referring != nullptr;
  };
  auto const named = std::find_if(where.begin(), where.end(), [&](PlacedCondition const& one) {
    return one.first.part == 0 && one.first.field.name == scope.own_member && one.second->op == Operator::eq;
  });
  if (named == where.end()) return std::all_of(ids->begin(), ids->end(), add);
  Uuid const& id = std::get<Uuid>(named->second->values.front());
  return !ids->contains(id) || add(id);
}

/** The smallest index that holds all rows which meet the conditions.

    @param by_names whether what others have of a name may show in the time. */
template <class Entity>
OrderedRows<Entity> const* MemoryRepository::narrowest(std::vector<PlacedCondition> const& where, bool by_names) const {
  auto const* smallest = &table<Entity>().all();
  for (auto const& [place, condition] : where) {
    if (place.part != 0 || condition->op != Operator::eq) continue;
    if constexpr (has_name<Entity>) {
      if (by_names && place.field.name == "name") {
        auto const& rows = table<Entity>().named(std::get<std::string>(condition->values.front()));
        if (rows.size() < smallest->size()) smallest = &rows;
      }
    }
    if (place.field.type != model::FieldType::id) continue;
    for (std::size_t number = 0; number < model::reference_count<Entity>; ++number) {
      if (model::references<Entity>[number].index != place.index) continue;
      auto const& rows = table<Entity>().referring_to(number, std::get<Uuid>(condition->values.front()));
      if (rows.size() < smallest->size()) smallest = &rows;
    }
  }
  return smallest;
}

template <class Readable>
Result<Page<Readable>> MemoryRepository::list_readable(Query<Readable> const& query) const {
  using Entity = model::Root<Readable>;
  auto const places = check_query(query);
  if (!places) return places.error();
  std::vector<PlacedCondition> where;
  for (std::size_t i = 0; i < places->size(); ++i) where.emplace_back((*places)[i], &query.where[i]);
  auto const is_visible = predicate<Entity>(query.scope);
  if (!is_visible) return is_visible.error();
  auto const meets = [&]<std::size_t part>(std::integral_constant<std::size_t, part>, void const* row) {
    return std::all_of(where.begin(), where.end(), [&](PlacedCondition const& one) {
      return one.first.part != part ||
             storage::matchers<model::Part<Readable, part>>[one.first.index](row, *one.second);
    });
  };
  std::vector<PartRows<Readable>> found;
  // Takes one row more than was asked for: that there is one is what says that this is not the last page.
  bool is_in_scope = false;
  auto const consider = [&](Row<Entity> const& root) {
    ++rows_read();
    if (query.after && place_of(*root) <= *query.after) return true;
    if (!meets(std::integral_constant<std::size_t, 0>{}, root.get())) return true;
    if (!is_in_scope && *is_visible && !(*is_visible)(*root)) return true;
    PartRows<Readable> rows = join<Readable>(root);
    bool const all_meet = [&]<std::size_t... index>(std::index_sequence<index...>) {
      return (meets(std::integral_constant<std::size_t, index + 1>{}, std::get<index + 1>(rows).get()) && ...);
    }
    (std::make_index_sequence<model::part_count<Readable> - 1>{});
    if (all_meet) found.push_back(std::move(rows));
    return found.size() <= query.limit;
  };

  Page<Readable> page;
  {
    auto const lock = lock_.read();
    page.revision = query.with_cursor ? storage::cursor_of(log_.state()) : ChangeCursor(log_.revision());
    std::vector<OrderedRows<Entity> const*> sources;
    std::deque<OrderedRows<Entity>> made;
    std::optional<OrderedRows<Entity>> named;
    if constexpr (is_named_by_part<Readable>) {
      // Not for a team: how many integrations of others have a name would show in the time.
      if (query.scope.is_everything())
        named = rows_keyed<Readable>(where, table<Entity>(), table<model::Part<Readable, 1>>());
    }
    std::vector<PlacedCondition> narrowing;
    if (!named) {
      narrowing = where;
      collect_conditions<Entity>(query.scope, narrowing);
      named = rows_named<Entity>(narrowing);
    }
    if (named) {
      for (auto const& [place, row] : *named) {
        if (!consider(row)) break;
      }
    } else if (ordered_sources<Entity>(query.scope, narrowing, sources, made)) {
      is_in_scope = true;  // what the scope hides is not looked at, however many sources there are
      merge<Entity>(sources, query.after, consider);
    } else {
      auto const* const rows = narrowest<Entity>(narrowing, query.scope.is_everything());
      auto row = query.after ? rows->upper_bound(*query.after) : rows->begin();
      while (row != rows->end() && consider(row->second)) ++row;
    }
  }

  bool const has_more = found.size() > query.limit;
  if (has_more) found.pop_back();
  page.items.reserve(found.size());
  PageBytes bytes;
  for (auto const& rows : found) {
    auto whole = assemble<Readable>(rows, query);
    if (!bytes.take(document_bytes(whole, query))) break;
    page.items.push_back(std::move(whole));
  }
  if (has_more || page.items.size() < found.size()) page.next = place_of(model::part_of<0>(page.items.back()));
  return page;
}

// Writing

template <class Entity>
Result<Row<Entity>> MemoryRepository::unchanged(Id<Entity> id, Version version, Birth birth) const {
  Row<Entity> const* const row = table<Entity>().find(id.uuid);
  if (!row || (*row)->birth != birth) return storage::stale_version(Entity::entity_name, std::nullopt);
  if ((*row)->version != version) return storage::stale_version(Entity::entity_name, (*row)->version);
  return *row;
}

template <class Entity>
Result<void> MemoryRepository::check_constraints(Entity const& row) const {
  for (std::size_t key = 0; key < Entity::unique_keys.size(); ++key) {
    Row<Entity> const* const same = table<Entity>().find_same(key, row);
    if (same && (*same)->id != row.id) return storage::unique_key_taken(Entity::entity_name, Entity::unique_keys[key]);
  }
  Result<void> result;
  model::for_each_reference<Entity>([&]<class Member>(model::Reference const& reference, Member Entity::*pointer) {
    Uuid const* const target = referenced_id(row.*pointer);
    if (result && target && !table<model::ReferencedBy<Member>>().find(*target)) {
      result = storage::dangling_reference(reference);
    }
  });
  return result;
}

/** Whose a change of a row is. */
template <class Entity>
Id<Team> MemoryRepository::owner_of(Entity const& row) const {
  return std::visit(
      [&]<class Owner>(Id<Owner> id) {
        if constexpr (std::is_same_v<Owner, Team>) {
          return id;
        } else {
          return (*table<Owner>().find(id.uuid))->team_id;  // which foreign keys see to
        }
      },
      storage::owner_of(row));
}

template <class Entity>
void MemoryRepository::write(Row<Entity> const& before, Row<Entity> const& after, Transaction& transaction) {
  Entity const& row = after ? *after : *before;
  transaction.changes.push_back(
      {Entity::entity_name, row.id.uuid,
       !before  ? ChangeKind::inserted
       : !after ? ChangeKind::removed
                : ChangeKind::updated,
       before, after,
       [](void const* stored) {
         std::string text;
         model::write_json(*static_cast<Entity const*>(stored), text, model::JsonUse::record);
         return text;
       },
       owner_of(row), (before ? detail::record_bytes(*before) : 0) + (after ? detail::record_bytes(*after) : 0)});
  transaction.undo.emplace_back([this, before, after] { table<Entity>().replace(after, before); });
  table<Entity>().replace(before, after);
}

template <class Entity>
Result<void> MemoryRepository::apply(Insert<Entity> const& change, Transaction& transaction) {
  if (table<Entity>().find(change.row.id.uuid)) return storage::id_taken(Entity::entity_name);
  auto const row = std::make_shared<Entity const>(inserted(change, transaction.time, transaction.revision));
  if (auto const checked = check_constraints(*row); !checked) return checked.error();
  write<Entity>(nullptr, row, transaction);
  return {};
}

template <class Entity>
Result<void> MemoryRepository::rewrite(Row<Entity> const& before, Entity const& after, Transaction& transaction) {
  auto const row =
      std::make_shared<Entity const>(updated(Update<Entity>{*before, after}, transaction.time, transaction.revision));
  if (auto const checked = check_constraints(*row); !checked) return checked.error();
  write<Entity>(before, row, transaction);
  return {};
}

template <class Entity>
Result<void> MemoryRepository::apply(Update<Entity> const& change, Transaction& transaction) {
  auto const before = unchanged(change.before.id, change.before.version, change.before.birth);
  if (!before) return before.error();
  return rewrite(*before, change.after, transaction);
}

template <class Entity>
Result<void> MemoryRepository::apply(Edit<Entity> const& change, Transaction& transaction) {
  Row<Entity> const* const found = table<Entity>().find(change.id.uuid);
  if (!found) return storage::no_such_row(Entity::entity_name);
  Row<Entity> const before = *found;
  auto edited = change.edit(*before);
  if (!edited) return edited.error();
  Entity after = *std::move(edited);
  // What belongs to the store makes no difference.
  after.id = before->id;
  after.version = before->version;
  after.birth = before->birth;
  after.revision = before->revision;
  after.created_at = before->created_at;
  after.updated_at = before->updated_at;
  if (after == *before) return {};
  if (auto checked = model::check(after); !checked) return checked;
  return rewrite(before, after, transaction);
}

template <class Entity>
Result<void> MemoryRepository::apply(Remove<Entity> const& change, Transaction& transaction) {
  auto const before = unchanged(change.before.id, change.before.version, change.before.birth);
  if (!before) return before.error();
  std::vector<std::string_view> referrers;
  model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
    auto const& all = model::references<Referrer>;
    auto const number = static_cast<std::size_t>(std::find(all.begin(), all.end(), reference) - all.begin());
    bool const is_listed = !referrers.empty() && referrers.back() == Referrer::entity_name;
    if (!is_listed && !table<Referrer>().referring_to(number, change.before.id.uuid).empty()) {
      referrers.push_back(Referrer::entity_name);
    }
  });
  if (!referrers.empty()) return storage::still_referenced(Entity::entity_name, referrers);
  write<Entity>(*before, nullptr, transaction);
  return {};
}

Result<Committed> MemoryRepository::commit(Commit const& commit) {
  if (auto const checked = storage::check(commit); !checked) return checked.error();
  auto const lock = lock_.write();
  if (log_.has(commit.token)) return storage::token_taken();
  for (AnyGuard const& any : commit.guards) {
    auto const checked = std::visit(
        [&](auto const& guard) -> Result<void> {
          auto const row = unchanged(guard.id, guard.version, guard.birth);
          if (!row) return row.error();
          return {};
        },
        any);
    if (!checked) return checked.error();
  }

  Transaction transaction(commit.time, Revision{log_.revision().value + 1});
  for (Change const& any : commit.changes) {
    auto const applied = std::visit([&](auto const& change) { return apply(change, transaction); }, any);
    if (!applied) return applied.error();
  }
  if (transaction.changes.empty()) return Committed{log_.revision()};

  auto logged = std::make_shared<LoggedCommit>();
  logged->revision = transaction.revision;
  logged->token = commit.token;
  logged->actor = commit.actor;
  logged->reason = commit.reason;
  logged->time = commit.time;
  logged->changes = std::move(transaction.changes);
  auto const end = storage::next_end(log_.state().newest, commit.token, commit.time, now(), logged->content());
  logged->moment = end.moment;
  logged->chain = end.chain;
  log_.append(std::move(logged));
  transaction.keep();
  return Committed{log_.revision()};
}

// The change log

Result<ChangePage> MemoryRepository::changes(ChangesRequest const& request) const {
  if (request.limit < 1 || request.limit > ChangesRequest::max_limit) {
    return storage::limit_out_of_range(ChangesRequest::max_limit);
  }
  auto lock = lock_.read();
  if (auto const checked = log_.check(request.after); !checked) return checked.error();
  LoggedPage const found = log_.find(request);
  lock.unlock();
  return found.read(request);
}

Result<void> MemoryRepository::compact(CompactRequest const& request) {
  // Destroyed after the lock is given back.
  std::vector<std::shared_ptr<LoggedCommit const>> forgotten;
  auto const lock = lock_.write();
  if (request.through > log_.revision()) return storage::revision_not_reached(log_.revision());
  forgotten = log_.forget(request.through);
  return {};
}

Result<Usage> MemoryRepository::usage(UsageRequest const& request) const {
  auto const lock = lock_.read();
  Usage usage;
  auto const add = [&]<class Entity>(OrderedRows<Entity> const& rows) {
    usage.rows += rows.size();
    for (auto const& [place, row] : rows) usage.bytes += document_bytes(*row, Query<Entity>{});
  };
  auto const of_team = Scope::where({"team_id", Operator::eq, {request.team.uuid}});
  add(*rows_with<Integration>(of_team));
  add(*rows_with<Grant>(of_team));
  auto const& environments = *rows_with<Environment>(of_team);
  add(environments);
  for (auto const& [place, environment] : environments) {
    add(*rows_with<EnvironmentIntegration>(Scope::where({"environment_id", Operator::eq, {environment->id.uuid}})));
  }
  usage.bytes_logged = log_.bytes_of(request.team, request.since);
  return usage;
}

// Moving

Result<void> MemoryRepository::snapshot(SnapshotRequest const& request) const {
  // A store that nobody writes: rows are shared, and writers wait only while the indexes are copied, not for the
  // reader.
  MemoryRepository then;
  {
    auto const lock = lock_.read();
    then.tables_ = tables_;
    then.log_.start(
        {.store_id = log_.state().store_id, .newest = log_.state().newest, .compacted = log_.state().newest});
  }
  return request.read(then);
}

Result<void> MemoryRepository::dump(DumpRequest const& request) const {
  auto const snapshot = [this] {
    auto const lock = lock_.read();
    return Snapshot(tables_, log_);
  }();
  return snapshot.give(request.sink);
}

Result<void> MemoryRepository::take(StoreRecord const& record, storage::RestoredLog& log) {
  return std::visit(
      [&]<class Record>(Record const& given) -> Result<void> {
        if constexpr (std::is_same_v<Record, StoreHeader>) {
          log = storage::RestoredLog(given);
          log_.start(log.state());
        } else if constexpr (std::is_same_v<Record, CommitRecord>) {
          if (log_.has(given.token)) return storage::contradictory_records("commit");
          log_.append(logged(given, log.next(given)));
        } else {
          if (table<Record>().find(given.id.uuid) || !check_constraints(given)) {
            return storage::contradictory_records(Record::entity_name);
          }
          table<Record>().replace(nullptr, std::make_shared<Record const>(given));
        }
        return {};
      },
      record);
}

Result<void> MemoryRepository::restore(RestoreRequest const& request) {
  if (!request.replace) {
    auto const current = revision();
    if (*current > Revision{}) return storage::not_empty(*current);
  }
  // Beside this store, so that nobody waits while it is filled.
  MemoryRepository next;
  storage::RecordCheck check;
  storage::RestoredLog log;
  Result<void> taken;
  auto const filled = request.fill([&](StoreRecord const& record) {
    if (taken) taken = check.accept(record);
    if (taken) taken = next.take(record, log);
    return taken;
  });
  if (!filled) return filled.error();
  if (!taken) return taken;
  if (auto const whole = check.finish(); !whole) return whole.error();

  // What was there is destroyed with `next`, after the lock is given back.
  auto const lock = lock_.write();
  if (!request.replace && log_.revision() > Revision{}) return storage::not_empty(log_.revision());
  StoreState state = log.state();
  if (request.replace) state.store_id = generate_random_uuid();
  if (state.store_id.is_nil()) state.store_id = log_.state().store_id;
  next.log_.finish(state);
  std::swap(tables_, next.tables_);
  std::swap(log_, next.log_);
  return {};
}

}  // namespace memory

Backend memory_backend() {
  return {{"memory"}, [](StoreUrl const& url) -> Result<std::shared_ptr<Repository>> {
            if (!url.hosts.empty() || !url.path.empty() || !url.user.empty() || url.password) {
              return Error{.kind = ErrorKind::invalid_argument,
                           .message = "a store in memory is opened as memory: and has neither host nor path"};
            }
            if (auto const allowed = url.allow_parameters({}); !allowed) return allowed.error();
            return std::shared_ptr<Repository>(std::make_shared<memory::MemoryRepository>());
          }};
}

}  // namespace inlay

#endif
