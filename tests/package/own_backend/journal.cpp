// SPDX-License-Identifier: BSL-1.0
#include "journal.hpp"

#include "file.hpp"
#include "state.hpp"

#include <inlay/model/json_form.hpp>
#include <inlay/storage/repository.hpp>

#include <algorithm>
#include <mutex>
#include <sstream>
#include <string>
#include <variant>

namespace journal {

namespace {

using namespace inlay;

template <class Entity>
Document record_of(Entity const& row) {
  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  return Document::from_stored(std::move(text));
}

/** All records of a state, in their order. */
Result<void> give(State const& state, RecordSink const& sink) {
  StoreHeader header{.revision = state.revision, .compacted_through = state.compacted_through};
  header.commits = state.log.size();
  std::size_t number = 0;
  for_each_entity([&]<class Entity>() { header.rows[number++] = state.table<Entity>().rows().size(); });

  Result<void> result = sink(header);
  for_each_entity([&]<class Entity>() {
    std::vector<Row<Entity>> rows;
    for (auto const& [id, row] : state.table<Entity>().rows()) rows.push_back(row);
    std::sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) { return place_of(*a) < place_of(*b); });
    for (auto row = rows.begin(); row != rows.end() && result; ++row) result = sink(**row);
  });
  for (auto commit = state.log.begin(); commit != state.log.end() && result; ++commit) result = sink(**commit);
  return result;
}

std::string lines_of(State const& state) {
  std::string lines;
  give(state, [&](StoreRecord const& record) -> Result<void> {
    storage::append_line(record, lines);
    return {};
  }).value();
  for (auto const& commit : state.tokens) storage::append_line(*commit, lines);
  return lines;
}

/** Adds one of another store's records. Contract 16.7: they may contradict each other. */
Result<void> take(State& state, StoreRecord const& record) {
  return std::visit(
      [&]<class Record>(Record const& given) -> Result<void> {
        if constexpr (std::is_same_v<Record, StoreHeader>) {
          state.revision = given.revision;
          state.compacted_through = given.compacted_through;
        } else if constexpr (std::is_same_v<Record, CommitRecord>) {
          if (state.has(given.token)) return storage::contradictory_records("commit");
          state.log.push_back(std::make_shared<CommitRecord const>(given));
        } else {
          auto& table = state.table<Record>();
          if (table.find(given.id.uuid) || !check_constraints(state, given)) {
            return storage::contradictory_records(Record::entity_name);
          }
          table.exchange(nullptr, std::make_shared<Record const>(given));
        }
        return {};
      },
      record);
}

/** Does again what a commit of the journal did. */
Result<void> replay(State& state, CommitRecord const& commit) {
  for (ChangeRecord const& change : commit.changes) {
    Result<void> done;
    for_each_entity([&]<class Entity>() {
      if (change.entity != Entity::entity_name) return;
      Row<Entity> next;
      if (change.after) {
        auto const values = change.after->values();
        auto row = values ? model::read_record<Entity>(**values) : Result<Entity>(values.error());
        if (!row) {
          done = row.error();
          return;
        }
        row->revision = commit.revision;
        next = std::make_shared<Entity const>(*std::move(row));
      }
      auto& table = state.table<Entity>();
      table.exchange(table.find(change.id), next);
    });
    if (!done) return done;
  }
  state.revision = commit.revision;
  state.log.push_back(std::make_shared<CommitRecord const>(commit));
  return {};
}

/** The state that a journal's lines add up to: first all records of the store when its file was made, then what is left
    of compacted commits, then a line for each commit since. */
Result<State> read(std::string const& lines) {
  State state;
  storage::RecordCheck check;
  std::istringstream in(lines);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    auto const done = [&]() -> Result<void> {
      auto const record = storage::parse_line(line);
      if (!record) return record.error();
      if (number == 1 || number <= 1 + check.header().size()) {
        if (auto accepted = check.accept(*record); !accepted) return accepted;
        return take(state, *record);
      }
      auto const* const commit = std::get_if<CommitRecord>(&*record);
      if (commit && commit->revision > state.revision) return replay(state, *commit);
      if (commit && commit->revision <= state.compacted_through) {
        state.tokens.push_back(std::make_shared<CommitRecord const>(*commit));
        return {};
      }
      return Error{.kind = ErrorKind::corrupt, .message = "this is not the next commit"};
    }();
    if (!done) {
      return Error{.kind = ErrorKind::corrupt,
                   .message = "line " + std::to_string(number) + " of the journal: " + done.error().message};
    }
  }
  if (auto const whole = check.finish(); !whole) {
    return Error{.kind = ErrorKind::corrupt, .message = "the journal: " + whole.error().message};
  }
  return state;
}

/** A commit that is being written: a copy of the state, which nobody else sees before all of it has gone well. So there
    is nothing to undo. */
struct Draft {
  State state;
  CommitRecord record;

  template <class Entity>
  void exchange(Row<Entity> const& before, Row<Entity> const& after) {
    ChangeRecord change{.entity = std::string(Entity::entity_name), .id = (after ? after : before)->id.uuid};
    change.kind = !before ? ChangeKind::inserted : !after ? ChangeKind::removed : ChangeKind::updated;
    if (before) change.before = record_of(*before);
    if (after) change.after = record_of(*after);
    record.changes.push_back(std::move(change));
    state.table<Entity>().exchange(before, after);
  }

  /** Contract 9.2 and 9.3, 11.2, 12.2: the row, which must be the one that was born so, and at that version. */
  template <class Entity>
  [[nodiscard]] Result<Row<Entity>> unchanged(Id<Entity> id, Version version, Birth birth) const {
    Row<Entity> row = state.table<Entity>().find(id.uuid);
    if (!row || row->birth != birth) return storage::stale_version(Entity::entity_name, std::nullopt);
    if (row->version != version) return storage::stale_version(Entity::entity_name, row->version);
    return row;
  }

  template <class Entity>
  Result<void> apply(Insert<Entity> const& change) {
    if (state.table<Entity>().find(change.row.id.uuid)) return storage::id_taken(Entity::entity_name);
    return write<Entity>(nullptr, inserted(change, record.time, record.revision));
  }

  template <class Entity>
  Result<void> apply(Update<Entity> const& change) {
    auto const before = unchanged(change.before.id, change.before.version, change.before.birth);
    if (!before) return before.error();
    return write<Entity>(*before, updated(Update<Entity>{**before, change.after}, record.time, record.revision));
  }

  template <class Entity>
  Result<void> apply(Edit<Entity> const& change) {
    Row<Entity> const before = state.table<Entity>().find(change.id.uuid);
    if (!before) return storage::no_such_row(Entity::entity_name);
    auto const edited = change.edit(*before);
    if (!edited) return edited.error();
    // Contract 10.2: what belongs to the store makes no difference.
    Entity same = *edited;
    same.id = before->id;
    same.version = before->version;
    same.birth = before->birth;
    same.revision = before->revision;
    same.created_at = before->created_at;
    same.updated_at = before->updated_at;
    if (same == *before) return {};
    if (auto checked = model::check(same); !checked) return checked;
    return write<Entity>(before, updated(Update<Entity>{*before, same}, record.time, record.revision));
  }

  template <class Entity>
  Result<void> apply(Remove<Entity> const& change) {
    auto const before = unchanged(change.before.id, change.before.version, change.before.birth);
    if (!before) return before.error();
    auto const referrers = referrers_of(state, change.before.id);
    if (!referrers.empty()) return storage::still_referenced(Entity::entity_name, referrers);
    exchange<Entity>(*before, nullptr);
    return {};
  }

 private:
  template <class Entity>
  Result<void> write(Row<Entity> const& before, Entity after) {
    if (auto checked = check_constraints(state, after); !checked) return checked;
    exchange<Entity>(before, std::make_shared<Entity const>(std::move(after)));
    return {};
  }
};

class JournalRepository final : public RepositoryFrom<JournalRepository> {
 public:
  explicit JournalRepository(std::string path) : file_(std::move(path)) {}

  /** Called once, before anything else. */
  Result<void> open() {
    auto const lines = file_.open();
    if (!lines) return lines.error();
    if (lines->empty()) return file_.replace(lines_of(State()));
    auto state = read(*lines);
    if (!state) return state.error();
    publish(*std::move(state));
    return {};
  }

  // Readers. Each takes the state as it is and reads on in peace: contract 3.5 and 15.3.

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    using Entity = model::Root<Readable>;
    if (auto const checked = check_scope<Entity>(request.scope); !checked) return checked.error();
    if (auto const checked = check_scope<Environment>(request.installed_in_scope); !checked) return checked.error();
    auto const state = current();
    auto const row = state->template table<Entity>().find(request.id.uuid);
    if (!row || !lets_through(request.scope, *row, *state)) return storage::no_such_row(Entity::entity_name);
    auto whole = assembled<Readable>(*state, *row);
    if constexpr (requires { whole.installed_in; }) {
      if (request.with_installed_in) {
        whole.installed_in = installed_in(*state, whole.integration.id, request.installed_in_scope);
      }
    }
    return whole;
  }

  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    using Entity = model::Root<Readable>;
    auto const places = check_query(query);
    if (!places) return places.error();
    if (auto const checked = check_scope<Entity>(query.scope); !checked) return checked.error();

    auto const state = current();
    std::vector<Row<Entity>> rows;
    for (auto const& [id, row] : state->template table<Entity>().rows()) {
      if (!query.after || place_of(*row) > *query.after) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) { return place_of(*a) < place_of(*b); });

    Page<Readable> page{.revision = state->revision};
    PageBytes bytes;
    for (Row<Entity> const& row : rows) {
      if (!lets_through(query.scope, *row, *state)) continue;
      auto whole = assembled<Readable>(*state, *row);
      bool do_all_hold = true;
      for (std::size_t i = 0; i < places->size() && do_all_hold; ++i) {
        do_all_hold = holds(query.where[i], (*places)[i], whole);
      }
      if (!do_all_hold) continue;
      // A row more than fits is what says that this is not the last page. Contract 3.6: documents may fill it, too.
      if (page.items.size() == query.limit || !bytes.take(document_bytes(whole, query))) {
        page.next = place_of(model::part_of<0>(page.items.back()));
        break;
      }
      drop_documents(whole, query);
      page.items.push_back(std::move(whole));
    }
    return page;
  }

  Result<Revision> revision() const override { return current()->revision; }

  Result<ChangePage> changes(ChangesRequest const& request) const override {
    if (request.limit < 1 || request.limit > 1'000) return storage::limit_out_of_range(1'000);
    auto const state = current();
    if (request.after < state->compacted_through) return storage::changes_compacted(state->compacted_through);
    if (request.after > state->revision) return storage::revision_not_reached(state->revision);
    ChangePage page{.through = state->revision};
    PageBytes bytes;
    auto const first = std::upper_bound(state->log.begin(), state->log.end(), request.after,
                                        [](Revision after, auto const& commit) { return after < commit->revision; });
    for (auto commit = first; commit != state->log.end(); ++commit) {
      CommitRecord record = **commit;
      if (request.row) {
        std::erase_if(record.changes, [&](ChangeRecord const& change) {
          return change.entity != request.row->entity || change.id != request.row->id;
        });
        if (record.changes.empty()) continue;
      }
      if (page.commits.size() == request.limit || !bytes.take(document_bytes(record))) {
        page.has_more = true;
        page.through = page.commits.back().revision;
        break;
      }
      page.commits.push_back(std::move(record));
    }
    return page;
  }

  Result<void> dump(DumpRequest const& request) const override { return give(*current(), request.sink); }

  // Writers, one at a time: contract 10.5, 12.3 and 13.4.

  Result<Committed> commit(Commit const& commit) override {
    if (auto const checked = storage::check(commit); !checked) return checked.error();
    std::lock_guard const turn(writing_);
    Draft draft{*current(),
                {.token = commit.token, .actor = commit.actor, .reason = commit.reason, .time = commit.time}};
    if (draft.state.has(commit.token)) return storage::token_taken();
    draft.record.revision = Revision{draft.state.revision.value + 1};
    for (AnyGuard const& any : commit.guards) {
      auto const checked = std::visit(
          [&](auto const& guard) -> Result<void> {
            auto const row = draft.unchanged(guard.id, guard.version, guard.birth);
            if (!row) return row.error();
            return {};
          },
          any);
      if (!checked) return checked.error();
    }
    for (Change const& any : commit.changes) {
      auto const applied = std::visit([&](auto const& change) { return draft.apply(change); }, any);
      if (!applied) return applied.error();
    }
    if (draft.record.changes.empty()) return Committed{draft.state.revision};

    draft.state.revision = draft.record.revision;
    draft.state.log.push_back(std::make_shared<CommitRecord const>(draft.record));
    std::string line;
    storage::append_line(draft.record, line);
    if (auto const written = file_.append(line); !written) return written.error();
    return publish(std::move(draft.state));
  }

  Result<void> compact(CompactRequest const& request) override {
    std::lock_guard const turn(writing_);
    State next = *current();
    if (request.through > next.revision) return storage::revision_not_reached(next.revision);
    next.compact(request.through);
    return exchange_file(std::move(next));
  }

  Result<void> restore(RestoreRequest const& request) override {
    auto const is_refused = [&] { return !request.replace && current()->revision > Revision{}; };
    if (is_refused()) return storage::not_empty(current()->revision);
    State next;
    storage::RecordCheck check;
    Result<void> taken;
    auto filled = request.fill([&](StoreRecord const& record) {
      if (taken) taken = check.accept(record);
      if (taken) taken = take(next, record);
      return taken;
    });
    if (!filled) return filled;
    if (!taken) return taken;
    if (auto whole = check.finish(); !whole) return whole;

    std::lock_guard const turn(writing_);
    if (is_refused()) return storage::not_empty(current()->revision);
    return exchange_file(std::move(next));
  }

  Capabilities const& capabilities() const noexcept override {
    static Capabilities const own{.backend = "journal", .is_durable = true, .can_transfer = true};
    return own;
  }

 private:
  [[nodiscard]] std::shared_ptr<State const> current() const {
    std::lock_guard const lock(showing_);
    return state_;
  }

  Committed publish(State next) {
    auto shown = std::make_shared<State const>(std::move(next));
    std::lock_guard const lock(showing_);
    state_.swap(shown);
    return Committed{state_->revision};
  }

  Result<void> exchange_file(State next) {
    if (auto written = file_.replace(lines_of(next)); !written) return written;
    publish(std::move(next));
    return {};
  }

  File file_;
  std::mutex writing_;  // held by whoever writes, from reading the state to showing the next one
  mutable std::mutex showing_;
  std::shared_ptr<State const> state_ = std::make_shared<State const>();
};

}  // namespace

Backend backend() {
  return {{"journal"}, [](StoreUrl const& url) -> Result<std::shared_ptr<Repository>> {
            if (!url.hosts.empty() || !url.user.empty() || url.password || url.path.empty()) {
              return Error{.kind = ErrorKind::invalid_argument,
                           .message = "a journal is opened as journal:FILE and has no host"};
            }
            if (auto const allowed = url.allow_parameters({}); !allowed) return allowed.error();
            auto repository = std::make_shared<JournalRepository>(url.path);
            if (auto const opened = repository->open(); !opened) return opened.error();
            return std::shared_ptr<Repository>(std::move(repository));
          }};
}

}  // namespace journal
