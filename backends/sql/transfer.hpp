// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_TRANSFER_HPP
#define INLAY_BACKENDS_SQL_TRANSFER_HPP

// A whole store as records, and back.

#include <backends/sql/columns.hpp>
#include <backends/sql/counter.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/internal/restored_log.hpp>
#include <inlay/storage/transfer.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::sql {

/** Puts documents that were read from a table in the form in which inlay writes them, whoever wrote them. */
class Canonicaliser {
 public:
  /** @return invalid_document when the text of the document is no JSON object. */
  [[nodiscard]] Result<void> apply(Document& document) {
    std::string_view const text = document.text();
    // Installs have much in common, and a change begins with what the one before came to.
    if (text == last_) return {};
    boost::json::monotonic_resource memory(buffer_.data(), buffer_.size());
    auto const value = json::parse(text, json::no_limits, &memory);
    if (!value) return value.error();
    if (!value->is_object()) return Error{.kind = ErrorKind::invalid_document, .message = "must be a JSON object"};
    last_.clear();
    json::print(*value, last_);
    if (text != last_) document = Document::from_stored(last_);
    return {};
  }

 private:
  std::array<unsigned char, std::size_t{16} << 10U> buffer_{};
  std::string last_ = "{}";
};

/** Gives the records of a store, inside a transaction that its caller has begun and that sees one moment.

    By pages, since some client libraries keep all rows of a result in memory: of so many rows that their documents come
    to a few MiB, which takes a look at how large they are. What no restore would take, since somebody has edited it by
    hand, is not given. Every member throws, inlay::Exception: corrupt, naming table and id,
    for that; what the sink returns.
*/
class Dumper {
 public:
  Dumper(Connection& connection, Tables const& tables, RecordSink const& sink)
      : connection_(connection), tables_(tables), sink_(sink) {}

  void run() {
    give(header());
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) { give_rows<Entity>(); });
    give_commits();
    if (auto const checked = check_.finish(); checked.has_error()) {
      throw Exception(corrupt("counter", Uuid{}, checked.error().message));
    }
  }

 private:
  static constexpr std::size_t most_rows = 256;

  /** The two columns by which a table is read, and their values in the row that was read last. */
  struct Place {
    std::string first;
    std::string second;
    std::optional<std::pair<Parameter, Parameter>> after{};
  };

  /** How large the documents are of each row that comes next. */
  using Sizes = std::deque<std::size_t>;

  /** Takes as many rows as make a page, at least one. */
  [[nodiscard]] static std::size_t take_page(Sizes& sizes) {
    PageBytes page;
    std::size_t rows = 0;
    for (; !sizes.empty() && page.take(sizes.front()); ++rows) sizes.pop_front();
    return rows;
  }

  /** No more of them than a page may have rows; none at the end of the table. */
  [[nodiscard]] Sizes look_ahead(std::string_view table, std::vector<std::string> const& documents,
                                 Place const& place) {
    Statement select("select 0");
    for (std::string const& document : documents) {
      select << " + coalesce(" << connection_.dialect().text_size << "(t0.\"" << document << "\"), 0)";
    }
    select.gives(ValueType::integer) << " from " << tables_.quoted(table) << " t0";
    page_after(select, place, most_rows);
    Sizes sizes;
    connection_.run(select, [&](Row& row) { sizes.push_back(static_cast<std::size_t>(row.front().number)); });
    return sizes;
  }

  void give(StoreRecord const& record) {
    if (auto const checked = check_.accept(record); checked.has_error()) {
      std::visit([&](auto const& refused) { throw Exception(corrupt(refused, checked.error().message)); }, record);
    }
    if (auto const taken = sink_(record); taken.has_error()) throw Exception(taken.error());
  }

  [[nodiscard]] std::size_t count(std::string_view table) {
    Statement select("select count(*) from ");
    select << tables_.quoted(table);
    return static_cast<std::size_t>(connection_.number(select.gives(ValueType::integer)));
  }

  [[nodiscard]] StoreHeader header() {
    StoreHeader header = StoreHeader::of(read_state(connection_, tables_));
    std::size_t number = 0;
    model::for_each_entity(
        [&]<class Entity>(std::type_identity<Entity>) { header.rows[number++] = count(Entity::entity_name); });
    compacted_through_ = header.compacted_through;
    Statement commits("select count(*) from ");
    commits << tables_.quoted("commit") << R"( where "revision" > )";
    commits.bind(integer(compacted_through_.value)).gives(ValueType::integer);
    header.commits = static_cast<std::size_t>(connection_.number(commits));
    return header;
  }

  /** Appends ` where (a, b) > (x, y) order by a, b limit …`; the first page begins before everything. */
  void page_after(Statement& select, Place const& place, std::size_t rows) {
    auto const& [a, b, after] = place;
    if (after && connection_.dialect().seeks_row_values) {
      select << " where (" << a << ", " << b << ") > (";
      select.bind(after->first) << ", ";
      select.bind(after->second) << ')';
    } else if (after) {
      select << " where " << a << " >= ";
      select.bind(after->first) << " and (" << a << " > ";
      select.bind(after->first) << " or " << b << " > ";
      select.bind(after->second) << ')';
    }
    select << " order by " << a << ", " << b << " limit " << std::to_string(rows);
  }

  template <class Entity>
  void give_rows() {
    std::vector<std::string> documents;
    for (model::Field const& field : model::fields<Entity>) {
      if (field.type == model::FieldType::document) documents.emplace_back(field.name);
    }
    Place place{R"(t0."created_at")", R"(t0."id")"};
    std::vector<StoreRecord> page;
    Sizes sizes;
    while (true) {
      if (sizes.empty()) sizes = look_ahead(Entity::entity_name, documents, place);
      if (sizes.empty()) return;
      Statement select("select ");
      select_columns<Entity>(select, "t0");
      select << " from " << tables_.quoted(Entity::entity_name) << " t0";
      page_after(select, place, take_page(sizes));
      page.clear();
      connection_.run(select.runs_once(), [&](Row& columns) {
        Entity row;
        std::size_t at = 0;
        take_row(row, columns, at, tables_);
        check_row(row);
        page.emplace_back(std::move(row));
      });
      for (StoreRecord const& record : page) give(record);
      Entity const& last = std::get<Entity>(page.back());
      place.after.emplace(parameter(last.created_at), parameter(last.id));
    }
  }

  template <class Entity>
  void check_row(Entity& row) {
    if (auto const checked = model::check(row); checked.has_error()) {
      throw Exception(corrupt(row, checked.error().message));
    }
    model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*pointer) {
      Document* document = nullptr;
      if constexpr (std::is_same_v<Member, Document>) document = &(row.*pointer);
      if constexpr (std::is_same_v<Member, std::optional<Document>>)
        document = row.*pointer ? &*(row.*pointer) : nullptr;
      if (document == nullptr) return;
      if (auto const done = canonicaliser_.apply(*document); done.has_error()) {
        throw Exception(corrupt(row, no_object("its " + std::string(field.name), done.error())));
      }
    });
  }

  void check_changed(ChangeRecord& change, Revision revision) {
    for (auto const& [which, row] : {std::pair("before", &change.before), std::pair("after", &change.after)}) {
      if (!*row) continue;
      if (auto const done = canonicaliser_.apply(**row); done.has_error()) {
        std::string const place = "the row " + std::string(which) + " revision " + std::to_string(revision.value);
        throw Exception(corrupt("change", change.id, no_object(place, done.error())));
      }
    }
  }

  [[nodiscard]] static std::string no_object(std::string const& place, Error const& why) {
    return place + " is not a JSON object: " + why.message;
  }

  void give_commits() {
    std::vector<CommitRecord> page;
    Revision after = compacted_through_;  // what is left of those up to there is their tokens
    do {
      Statement select("select ");
      select << commit_columns << " from " << tables_.quoted("commit") << R"( where "revision" > )";
      select.bind(integer(after.value)) << R"( order by "revision" limit )" << std::to_string(most_rows);
      for (ValueType const type : {ValueType::integer, ValueType::text, ValueType::text, ValueType::text,
                                   ValueType::integer, ValueType::integer, ValueType::text}) {
        select.gives(type);
      }
      page.clear();
      connection_.run(select, [&](Row& row) {
        CommitRecord& commit = page.emplace_back();
        commit.revision.value = row[0].number;
        commit.token = taken_uuid(tables_, "commit", "token", row[1]);
        commit.actor = std::move(row[2].text);
        if (!row[3].is_null) commit.reason = std::move(row[3].text);
        commit.time.microseconds = row[4].number;
        commit.moment.microseconds = row[5].number;
        commit.chain = taken_digest(tables_, "commit", "chain", row[6]);
      });
      for (CommitRecord& commit : page) {
        take_changes(commit);
        after = commit.revision;
        give(std::move(commit));
      }
    } while (page.size() == most_rows);
  }

  // The changes are read by pages of their own, since one commit may have thousands.
  void take_changes(CommitRecord& commit) {
    while (true) {
      if (changes_.empty() && has_more_changes_) read_changes();
      if (changes_.empty() || changes_.front().first > commit.revision) return;
      // An older one belongs to a commit that is not there, which only somebody else can have done.
      if (changes_.front().first == commit.revision) commit.changes.push_back(std::move(changes_.front().second));
      changes_.pop_front();
    }
  }

  void read_changes() {
    if (change_sizes_.empty()) change_sizes_ = look_ahead("change", {"before", "after"}, change_place_);
    has_more_changes_ = !change_sizes_.empty();
    if (!has_more_changes_) return;
    Statement select(R"(select "revision", "ordinal", "entity", "row_id", "kind", "before", "after" from )");
    select << tables_.quoted("change") << " t0";
    page_after(select, change_place_, take_page(change_sizes_));
    for (ValueType const type : {ValueType::integer, ValueType::integer, ValueType::text, ValueType::text,
                                 ValueType::text, ValueType::text, ValueType::text}) {
      select.gives(type);
    }
    connection_.run(select.runs_once(), [&](Row& row) {
      change_place_.after.emplace(integer(row[0].number), integer(row[1].number));
      auto& [revision, change] = changes_.emplace_back();
      revision.value = row[0].number;
      change.entity = std::move(row[2].text);
      auto const id = parse_uuid(row[3].text);
      auto const kind = model::enum_from_name<ChangeKind>(row[4].text);
      if (id.has_error() || !kind) throw Exception(corrupt("change", Uuid{}, foreign_column));
      change.id = *id;
      change.kind = *kind;
      if (!row[5].is_null) change.before = Document::from_stored(std::move(row[5].text));
      if (!row[6].is_null) change.after = Document::from_stored(std::move(row[6].text));
      check_changed(change, revision);
    });
  }

  [[nodiscard]] Error corrupt(std::string_view table, Uuid const& id, std::string_view what) const {
    return storage::corrupt_row(tables_.name(table), id, what);
  }
  template <class Entity>
  [[nodiscard]] Error corrupt(Entity const& row, std::string_view what) const {
    return corrupt(Entity::entity_name, row.id.uuid, what);
  }
  [[nodiscard]] Error corrupt(CommitRecord const& commit, std::string_view what) const {
    return corrupt("commit", commit.token, what);
  }
  [[nodiscard]] Error corrupt(StoreHeader const&, std::string_view what) const {
    return corrupt("counter", Uuid{}, what);
  }

  static constexpr std::string_view foreign_column = "a column holds what inlay never writes";

  Connection& connection_;
  Tables const& tables_;
  RecordSink const& sink_;
  Revision compacted_through_{};
  storage::RecordCheck check_;
  Canonicaliser canonicaliser_;
  std::deque<std::pair<Revision, ChangeRecord>> changes_;
  Place change_place_{R"(t0."revision")", R"(t0."ordinal")"};
  Sizes change_sizes_;
  bool has_more_changes_ = true;
};

/** Rows on their way into one table, many with one statement. */
class Batch {
 public:
  Batch(Connection& connection, Tables const& tables) : connection_(connection), tables_(tables) {}

  /** Adds a row, `values` in the order of `columns`, which are the same as long as the table is.

      @throws inlay::Exception: invalid_argument when the database finds that rows contradict each other.
  */
  void add(std::string_view table, std::string_view columns, std::vector<Parameter> values) {
    if (table != table_) flush();
    table_ = table;
    columns_ = columns;
    for (Parameter const& value : values) bytes_ += value.text.size();
    rows_.push_back(std::move(values));
    if (rows_.size() == most_rows || bytes_ > most_bytes) flush();
  }

  void flush() {
    if (rows_.empty()) return;
    Statement insert;
    insert << "insert into " << tables_.quoted(table_) << " (" << columns_ << ") values ";
    std::string_view next_row;
    for (auto& row : rows_) {
      insert << std::exchange(next_row, ", ") << '(';
      std::string_view next_value;
      for (Parameter& value : row) {
        insert << std::exchange(next_value, ", ");
        insert.bind(std::move(value));
      }
      insert << ')';
    }
    if (bytes_ > large_bytes) insert.runs_once();
    rows_.clear();
    bytes_ = 0;
    try {
      connection_.run(insert);
    } catch (DatabaseFailure const& failure) {
      if (failure.kind() != FailureKind::unique && failure.kind() != FailureKind::foreign_key) throw;
      throw Exception(storage::contradictory_records(table_));
    }
  }

 private:
  // Below the 999 parameters that some builds of SQLite take, and the 16 MiB that MariaDB takes in one statement.
  static constexpr std::size_t most_rows = 50;
  static constexpr std::size_t most_bytes = std::size_t{4} << 20U;
  // Each number of rows is a statement of its own, and what is kept prepared keeps its parameters.
  static constexpr std::size_t large_bytes = std::size_t{256} << 10U;

  Connection& connection_;
  Tables const& tables_;
  std::string table_;
  std::string columns_;
  std::vector<std::vector<Parameter>> rows_;
  std::size_t bytes_{};
};

/** Puts records in the place of all that a store holds, inside a transaction that its caller has begun and ends.

    Every member throws: inlay::Exception for what callers are to be told; DatabaseFailure.
*/
class Restorer {
 public:
  /** @param gives_new_id whether it is a store of its own then, and not the one that the records are of. */
  Restorer(Connection& connection, Tables const& tables, bool gives_new_id)
      : connection_(connection), tables_(tables), batch_(connection, tables), gives_new_id_(gives_new_id) {}

  /** To be called first. */
  void clear() {
    for (std::string_view const table : {"change", "commit"}) remove_all(table);
    // Those that reference go before those that are referenced.
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, boost::mp11::mp_reverse<model::Entities>>>(
        [&]<class Entity>(std::type_identity<Entity>) { remove_all(Entity::entity_name); });
  }

  void take(StoreRecord const& record) {
    std::visit([&](auto const& given) { write(given); }, record);
  }

  /** To be called last. */
  void finish() {
    batch_.flush();
    commits_.flush();
    StoreState state = log_.state();
    if (gives_new_id_) state.store_id = generate_random_uuid();
    write_state(connection_, tables_, state);
  }

 private:
  void remove_all(std::string_view table) {
    Statement remove("delete from ");
    connection_.run(remove << tables_.quoted(table));
  }

  void write(StoreHeader const& header) { log_ = storage::RestoredLog(header); }

  template <class Entity>
  void write(Entity const& row) {
    static std::string const columns = [] {
      std::string names;
      for (model::Field const& field : model::fields<Entity>) {
        names.append(names.empty() ? "\"" : ", \"").append(field.name).append("\"");
      }
      if (has_documents<Entity>) names += R"(, "document_bytes")";
      return names;
    }();
    std::vector<Parameter> values;
    values.reserve(model::field_count<Entity> + 1);
    model::for_each_field<Entity>(
        [&](model::Field const&, auto pointer) { values.push_back(parameter(row.*pointer)); });
    if constexpr (has_documents<Entity>) values.push_back(bytes_parameter(row));
    batch_.add(Entity::entity_name, columns, std::move(values));
  }

  void write(CommitRecord const& commit) {
    // Each table in batches of its own: the two alternate.
    LogEnd const end = log_.next(commit);
    commits_.add("commit", commit_columns,
                 {integer(commit.revision.value), text(to_string(commit.token)), text(commit.actor),
                  commit.reason ? text(*commit.reason) : null(ValueType::text), integer(commit.time.microseconds),
                  integer(end.moment.microseconds), text(to_string(end.chain))});
    long long ordinal = 0;
    auto const json = [](std::optional<Document> const& row) {
      return row ? text(std::string(row->text())) : null(ValueType::text);
    };
    for (ChangeRecord const& change : commit.changes) {
      batch_.add("change", R"("revision", "ordinal", "entity", "row_id", "kind", "before", "after")",
                 {integer(commit.revision.value), integer(ordinal++), text(change.entity), text(to_string(change.id)),
                  text(std::string(model::enum_name(change.kind))), json(change.before), json(change.after)});
    }
  }

  Connection& connection_;
  Tables const& tables_;
  Batch batch_;
  Batch commits_{connection_, tables_};
  bool gives_new_id_;
  storage::RestoredLog log_;
};

}  // namespace inlay::sql

#endif
