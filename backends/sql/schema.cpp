// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/schema.hpp>

#include <backends/sql/change_list.hpp>
#include <backends/sql/counter.hpp>
#include <inlay/birth.hpp>
#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/errors.hpp>

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::sql {

namespace {

struct Migration {
  int number;
  std::string_view name;
  // Each ends with a semicolon at the end of its line. All can be done twice: those that make something begin as
  // made_by() knows them, and what changes rows does nothing the second time.
  std::string_view statements;
  void (*fill)(Connection&,
               Tables const&) = nullptr;  // what no statement can say, afterwards; done again, it does no harm
};

constexpr std::array<std::string_view, 5> tables_with_births{"team", "environment", "integration",
                                                             "environment_integration", "grant"};

// Rows that were inserted before there were births get the one that their exports and logs are read with.
void fill_births(Connection& connection, Tables const& tables, std::string_view name) {
  constexpr std::size_t most_rows = 200;  // two parameters each, of the 999 that some builds of SQLite take
  std::string const table = tables.quoted(name);
  std::string after;
  while (true) {
    Statement select(R"(select "id", "created_at", "birth" from )");
    select << table << R"( where "id" > )";
    select.bind(text(after)) << R"( order by "id" limit )" << std::to_string(most_rows);
    select.gives(ValueType::text).gives(ValueType::integer).gives(ValueType::integer);
    std::vector<std::pair<std::string, Birth>> births;
    std::size_t rows = 0;
    connection.run(select, [&](Row& row) {
      ++rows;
      after = row[0].text;
      auto const id = parse_uuid(after);
      if (id.has_error()) {
        throw Exception(storage::corrupt_row(tables.name(name), Uuid{}, "column id holds what inlay never writes"));
      }
      if (row[2].number == 0) births.emplace_back(after, birth_of_older_row(*id, Timestamp{row[1].number}));
    });
    if (!births.empty()) {
      Statement update("update ");
      update << table << R"( set "birth" = case "id")";
      for (auto const& [id, birth] : births) {
        update << " when ";
        update.bind(text(id)) << " then " << std::to_string(static_cast<long long>(birth.value));
      }
      update << R"( else "birth" end where "id" in ()";
      std::string_view separator;
      for (auto const& [id, birth] : births) {
        update << std::exchange(separator, ", ");
        update.bind(text(id));
      }
      update << ')';
      connection.run(update.runs_once());
    }
    if (rows < most_rows) return;
  }
}

// How long the documents are of rows that were there before that was kept. A few rows at a time: a cluster sends what
// it changes as whole rows, and takes no more than some size at once.
void fill_document_bytes(Connection& connection, Tables const& tables) {
  constexpr std::size_t most_rows = 200;
  for (auto const& [name, document] : {std::pair("integration", "config"), {"environment_integration", "override"}}) {
    std::string const table = tables.quoted(name);
    Around const& bytes = connection.dialect().byte_size;
    std::string after;
    while (true) {
      Statement select(R"(select "id" from )");
      select << table << R"( where "document_bytes" is null and "id" > )";
      select.bind(text(after)) << R"( order by "id" limit )" << std::to_string(most_rows);
      select.gives(ValueType::text);
      std::vector<std::string> ids;
      connection.run(select, [&](Row& row) { ids.push_back(std::move(row[0].text)); });
      if (ids.empty()) break;
      after = ids.back();
      Statement update("update ");
      update << table << R"( set "document_bytes" = coalesce()" << bytes.before << '"' << document << '"' << bytes.after
             << R"(, 0) where "id" in ()";
      std::string_view separator;
      for (std::string const& id : ids) {
        update << std::exchange(separator, ", ");
        update.bind(text(id));
      }
      update << ')';
      connection.run(update.runs_once());
    }
  }
}

// Sets moments and links of commits, a few at a time; of those alone that have none, since where nothing keeps others
// from migrating, too, they may be done, and have committed.
void set_ends(Connection& connection, Tables const& tables, std::vector<LogEnd> const& ends, bool with_chain) {
  if (ends.empty()) return;
  Statement update("update ");
  update << tables.quoted("commit") << R"( set "moment" = case "revision")";
  for (LogEnd const& end : ends) {
    update << " when " << std::to_string(end.revision.value) << " then " << std::to_string(end.moment.microseconds);
  }
  update << R"( else "moment" end)";
  if (with_chain) {
    update << R"(, "chain" = case "revision")";
    for (LogEnd const& end : ends) {
      update << " when " << std::to_string(end.revision.value) << " then '" << to_string(end.chain) << '\'';
    }
    update << R"( else "chain" end)";
  }
  update << R"( where "revision" between )" << std::to_string(ends.front().revision.value) << " and "
         << std::to_string(ends.back().revision.value)
         << (with_chain ? R"( and "chain" is null)" : R"( and "moment" = 0)");
  connection.run(update.runs_once());
}

// The moments of commits of which nothing but the tokens is kept. @return the one that was compacted through, of which
// no link is known.
LogEnd fill_compacted(Connection& connection, Tables const& tables, Revision through) {
  constexpr std::size_t most_rows = 200;
  LogEnd last;
  std::vector<LogEnd> ends;
  do {
    Statement select(R"(select "revision", "token", "time" from )");
    select << tables.quoted("commit") << R"( where "revision" > )";
    select.bind(integer(last.revision.value)) << R"( and "revision" <= )";
    select.bind(integer(through.value)) << R"( order by "revision" limit )" << std::to_string(most_rows);
    select.gives(ValueType::integer).gives(ValueType::text).gives(ValueType::integer);
    ends.clear();
    connection.run(select, [&](Row& row) {
      Timestamp const time{row[2].number};
      last = {.revision = {row[0].number},
              .token = taken_uuid(tables, "commit", "token", row[1]),
              .moment = storage::next_moment(last.moment, time, time)};
      ends.push_back(last);
    });
    set_ends(connection, tables, ends, false);
  } while (ends.size() == most_rows);
  if (last.revision != through) last.token = {};
  last.revision = through;
  return last;
}

// The moments and the chain of a log that was written before there were such, each moment as late as its commit's time
// or the one before says. Done again, it comes to the same; what is done already is not looked at again.
void fill_chain(Connection& connection, Tables const& tables) {
  Statement filled_rows("select count(*) from ");
  filled_rows << tables.quoted("counter") << R"( where "chain" is not null)";
  if (connection.number(filled_rows.gives(ValueType::integer)) != 0) return;
  Statement select(R"(select "compacted_through" from )");
  select << tables.quoted("counter");
  LogEnd const compacted =
      fill_compacted(connection, tables, Revision{connection.number(select.gives(ValueType::integer))});
  LogEnd newest = compacted;
  ChangesRequest request{.after = compacted.revision};
  for (bool has_more = true; has_more;) {
    auto const page = ChangeLister(connection, tables, request).page();
    if (page.has_error()) throw Exception(page.error());
    std::vector<LogEnd> ends;
    for (CommitRecord const& commit : page->commits) {
      // Not the next number, where somebody has left one out.
      newest.revision.value = commit.revision.value - 1;
      newest = storage::next_end(newest, commit.token, commit.time, commit.time, storage::content_digest(commit));
      ends.push_back(newest);
    }
    set_ends(connection, tables, ends, true);
    request.after = page->through;
    has_more = page->has_more;
  }
  // The newest commit is not in the log any more where somebody has left it out: then nobody knows its token.
  Statement counter(R"(select "revision" from )");
  counter << tables.quoted("counter");
  if (newest.revision.value != connection.number(counter.gives(ValueType::integer))) newest.token = {};
  Statement update("update ");
  update << tables.quoted("counter") << R"( set "store_id" = )";
  update.bind(text(to_string(generate_random_uuid())));
  for (auto const& [prefix, end] :
       {std::pair<std::string_view, LogEnd const&>("", newest), {"compacted_", compacted}}) {
    update << ", \"" << prefix << R"(token" = )";
    update.bind(token_parameter(end.token)) << ", \"" << prefix << R"(moment" = )";
    update.bind(integer(end.moment.microseconds)) << ", \"" << prefix << R"(chain" = )";
    update.bind(text(to_string(end.chain)));
  }
  connection.run((update << R"( where "chain" is null)").runs_once());
}

// A process of the release before that still runs is to insert nothing into the table that has no such value.
void refuse_without(Connection& connection, Tables const& tables, std::string_view name, std::string_view column) {
  std::string_view const refuse = connection.dialect().refuse_default;
  if (!refuse.empty()) connection.run_once(filled(refuse, {{"table", tables.name(name)}, {"column", column}}));
}

void complete_second(Connection& connection, Tables const& tables) {
  fill_document_bytes(connection, tables);
  for (std::string_view const name : tables_with_births) {
    fill_births(connection, tables, name);
    refuse_without(connection, tables, name, "birth");
  }
  fill_chain(connection, tables);
  refuse_without(connection, tables, "commit", "moment");
}

// Written out, not derived from the entities: what was done to a database once must never change. In braces stand the
// column types of the dialect, its table options, what it says of an added column, for which dialects alone a statement
// is, and the prefix. What an enumeration may hold is not checked here, since SQLite could never widen it again.
constexpr std::array migrations{Migration{1, "catalogue and change log", R"(
create table "{prefix}team" (
  "id" {id} not null primary key,
  "name" {name} not null,
  "domain" {name},
  "logo" {name},
  "is_verified" {boolean} not null check ("is_verified" in (0, 1)),
  "is_white_labeled" {boolean} not null check ("is_white_labeled" in (0, 1)),
  "terms_of_service" {name},
  "allows_impersonation" {boolean} not null check ("allows_impersonation" in (0, 1)),
  "version" {integer} not null check ("version" > 0),
  "revision" {integer} not null,
  "created_at" {integer} not null,
  "updated_at" {integer} not null
){options};
create index "{prefix}team_order" on "{prefix}team" ("created_at", "id");
create index "{prefix}team_name" on "{prefix}team" ("name", "created_at", "id");
create index "{prefix}team_domain" on "{prefix}team" ("domain", "created_at", "id");

create table "{prefix}environment" (
  "id" {id} not null primary key,
  "team_id" {id} not null,
  "name" {name} not null,
  "version" {integer} not null check ("version" > 0),
  "revision" {integer} not null,
  "created_at" {integer} not null,
  "updated_at" {integer} not null,
  constraint "{prefix}environment_key" unique ("team_id", "name"),
  constraint "{prefix}environment_to_team" foreign key ("team_id") references "{prefix}team" ("id") on delete restrict
){options};
create index "{prefix}environment_order" on "{prefix}environment" ("created_at", "id");
create index "{prefix}environment_team" on "{prefix}environment" ("team_id", "created_at", "id");
create index "{prefix}environment_name" on "{prefix}environment" ("name", "created_at", "id");

create table "{prefix}integration" (
  "id" {id} not null primary key,
  "name" {name} not null,
  "category" {name},
  "is_beta" {boolean} not null check ("is_beta" in (0, 1)),
  "config" {document} not null,
  "team_id" {id} not null,
  "sharing" {name} not null,
  "version" {integer} not null check ("version" > 0),
  "revision" {integer} not null,
  "created_at" {integer} not null,
  "updated_at" {integer} not null,
  constraint "{prefix}integration_key" unique ("team_id", "name"),
  constraint "{prefix}integration_to_team" foreign key ("team_id") references "{prefix}team" ("id") on delete restrict
){options};
create index "{prefix}integration_order" on "{prefix}integration" ("created_at", "id");
create index "{prefix}integration_name" on "{prefix}integration" ("name", "created_at", "id");
create index "{prefix}integration_category" on "{prefix}integration" ("category", "created_at", "id");
create index "{prefix}integration_is_beta" on "{prefix}integration" ("is_beta", "created_at", "id");
create index "{prefix}integration_team" on "{prefix}integration" ("team_id", "created_at", "id");
create index "{prefix}integration_sharing" on "{prefix}integration" ("sharing", "created_at", "id");

create table "{prefix}environment_integration" (
  "id" {id} not null primary key,
  "integration_id" {id} not null,
  "environment_id" {id} not null,
  "show_in_catalog" {boolean} not null check ("show_in_catalog" in (0, 1)),
  "is_enabled" {boolean} not null check ("is_enabled" in (0, 1)),
  "override" {document},
  "version" {integer} not null check ("version" > 0),
  "revision" {integer} not null,
  "created_at" {integer} not null,
  "updated_at" {integer} not null,
  constraint "{prefix}install_key" unique ("environment_id", "integration_id"),
  constraint "{prefix}install_to_integration" foreign key ("integration_id")
    references "{prefix}integration" ("id") on delete restrict,
  constraint "{prefix}install_to_environment" foreign key ("environment_id")
    references "{prefix}environment" ("id") on delete restrict
){options};
create index "{prefix}install_order" on "{prefix}environment_integration" ("created_at", "id");
create index "{prefix}install_integration" on "{prefix}environment_integration" ("integration_id", "created_at", "id");
create index "{prefix}install_environment" on "{prefix}environment_integration" ("environment_id", "created_at", "id");
create index "{prefix}install_where" on "{prefix}environment_integration" ("integration_id", "environment_id");
create index "{prefix}install_shown" on "{prefix}environment_integration" ("show_in_catalog", "created_at", "id");
create index "{prefix}install_enabled" on "{prefix}environment_integration" ("is_enabled", "created_at", "id");

create table "{prefix}grant" (
  "id" {id} not null primary key,
  "integration_id" {id} not null,
  "team_id" {id} not null,
  "status" {name} not null,
  "version" {integer} not null check ("version" > 0),
  "revision" {integer} not null,
  "created_at" {integer} not null,
  "updated_at" {integer} not null,
  constraint "{prefix}grant_key" unique ("integration_id", "team_id"),
  constraint "{prefix}grant_to_integration" foreign key ("integration_id")
    references "{prefix}integration" ("id") on delete restrict,
  constraint "{prefix}grant_to_team" foreign key ("team_id") references "{prefix}team" ("id") on delete restrict
){options};
create index "{prefix}grant_order" on "{prefix}grant" ("created_at", "id");
create index "{prefix}grant_integration" on "{prefix}grant" ("integration_id", "created_at", "id");
create index "{prefix}grant_team" on "{prefix}grant" ("team_id", "created_at", "id");
create index "{prefix}grant_status" on "{prefix}grant" ("status", "created_at", "id");

create table "{prefix}commit" (
  "revision" {integer} not null primary key,
  "token" {id} not null,
  "actor" {document} not null,
  "reason" {document},
  "time" {integer} not null,
  constraint "{prefix}commit_token" unique ("token")
){options};

create table "{prefix}change" (
  "revision" {integer} not null,
  "ordinal" {integer} not null,
  "entity" {name} not null,
  "row_id" {id} not null,
  "kind" {name} not null,
  "before" {document},
  "after" {document},
  primary key ("revision", "ordinal")
){options};
create index "{prefix}change_row" on "{prefix}change" ("row_id", "entity", "revision");

create table "{prefix}counter" (
  "id" {integer} not null primary key check ("id" = 1),
  "revision" {integer} not null,
  "compacted_through" {integer} not null
){options};
insert into "{prefix}counter" ("id", "revision", "compacted_through")
  select 1, 0, 0 from (select count(*) as "rows" from "{prefix}counter") c where c."rows" = 0;
)"},
                                Migration{2, "births, ended installs, quotas and the chain", R"(
alter table "{prefix}team" add column "birth" {integer} not null {added};
alter table "{prefix}environment" add column "birth" {integer} not null {added};
alter table "{prefix}integration" add column "birth" {integer} not null {added};
alter table "{prefix}environment_integration" add column "birth" {integer} not null {added};
alter table "{prefix}grant" add column "birth" {integer} not null {added};
alter table "{prefix}environment_integration" add column "ended" {document};
alter table "{prefix}integration" add column "document_bytes" {integer};
alter table "{prefix}environment_integration" add column "document_bytes" {integer};
{where_rows_are_read_whole}create index "{prefix}integration_bytes" on "{prefix}integration" ("team_id", "document_bytes");
{where_rows_are_read_whole}create index "{prefix}install_bytes" on "{prefix}environment_integration" ("environment_id", "document_bytes");
alter table "{prefix}change" add column "team_id" {id};
alter table "{prefix}change" add column "time" {integer};
alter table "{prefix}change" add column "bytes" {integer};
create index "{prefix}change_team" on "{prefix}change" ("team_id", "time", "bytes");
alter table "{prefix}commit" add column "moment" {integer} not null {added};
alter table "{prefix}commit" add column "chain" {name};
create index "{prefix}commit_moment" on "{prefix}commit" ("moment");
create index "{prefix}install_revision" on "{prefix}environment_integration" ("integration_id", "revision");
alter table "{prefix}counter" add column "store_id" {id};
alter table "{prefix}counter" add column "token" {id};
alter table "{prefix}counter" add column "moment" {integer};
alter table "{prefix}counter" add column "chain" {name};
alter table "{prefix}counter" add column "compacted_token" {id};
alter table "{prefix}counter" add column "compacted_moment" {integer};
alter table "{prefix}counter" add column "compacted_chain" {name};
)",
                                          complete_second}};

constexpr std::string_view migration_table = R"(
create table "{prefix}migration" (
  "number" {integer} not null primary key,
  "name" {name} not null,
  "applied_at" {integer} not null
){options};
)";

// What a statement begins with that is not for this dialect.
constexpr std::string_view left_out = "left out: ";

[[nodiscard]] std::string expanded(std::string_view text, Dialect const& dialect, Tables const& tables) {
  return filled(text, {{"prefix", tables.prefix()},
                       {"options", dialect.table_options},
                       {"where_rows_are_read_whole", dialect.reads_rows_whole ? "" : left_out},
                       {"added", dialect.added_column},
                       {"id", dialect.types.id},
                       {"name", dialect.types.name},
                       {"document", dialect.types.document},
                       {"integer", dialect.types.integer},
                       {"boolean", dialect.types.boolean}});
}

/** The statements of a text, as the dialect has them. */
[[nodiscard]] std::vector<std::string> split(std::string_view statements, Dialect const& dialect,
                                             Tables const& tables) {
  std::string const all = expanded(statements, dialect, tables);
  std::vector<std::string> split;
  std::size_t begin = 0;
  for (std::size_t end = all.find(";\n"); end != std::string::npos; end = all.find(";\n", begin)) {
    begin = all.find_first_not_of('\n', begin);
    if (all.compare(begin, left_out.size(), left_out) != 0) split.push_back(all.substr(begin, end - begin));
    begin = end + 2;
  }
  return split;
}

/** What a statement makes; nothing where it changes rows. */
struct Made {
  SchemaPart const* part{};
  std::string table{};
  std::string name{};     // of an index or a column
  std::size_t named = 0;  // where in the statement its name begins
};

[[nodiscard]] std::optional<Made> made_by(std::string const& statement, Dialect const& dialect) {
  std::size_t at = 0;
  auto const takes = [&](std::string_view words) {
    bool const is_next = statement.compare(at, words.size(), words) == 0;
    if (is_next) at += words.size();
    return is_next;
  };
  auto const take_name = [&] {
    std::size_t const begin = at + 1;
    std::size_t const end = std::min(statement.find('"', begin), statement.size());
    at = std::min(end + 1, statement.size());
    return statement.substr(begin, end - begin);
  };
  Made made;
  if (takes("create table ")) {
    made.part = &dialect.table;
    made.named = at;
    made.table = take_name();
    return made;
  }
  if (takes("create index ")) {
    made.part = &dialect.index;
    made.named = at;
    made.name = take_name();
    if (takes(" on ")) made.table = take_name();
    return made;
  }
  if (takes("alter table ")) {
    made.part = &dialect.column;
    made.table = take_name();
    if (!takes(" add column ")) return std::nullopt;
    made.named = at;
    made.name = take_name();
    return made;
  }
  return std::nullopt;
}

[[nodiscard]] bool is_there(Connection& connection, Made const& made) {
  Statement count(made.part->count);
  count.with(text(made.table));
  if (!made.name.empty()) count.with(text(made.name));
  return connection.number(count.gives(ValueType::integer)) != 0;
}

/** Makes what is not there yet, where each statement is done at once and for good. It is looked for first: to make a
    thing again would wait for whoever uses its table, and on a cluster end what they do. */
void make_missing(Connection& connection, std::string statement) {
  auto const made = made_by(statement, connection.dialect());
  if (!made || is_there(connection, *made)) return;
  statement.insert(made->named, made->part->if_not_exists);
  try {
    connection.run_once(statement);
  } catch (DatabaseFailure const& failure) {
    if (failure.kind() != FailureKind::exists) throw;  // somebody has made it meanwhile
  }
}

void record(Connection& connection, Tables const& tables, Migration const& migration, Timestamp now) {
  Statement insert;
  insert << "insert into " << tables.quoted("migration") << R"( ("number", "name", "applied_at") values ()";
  insert.bind(integer(migration.number)) << ", ";
  insert.bind(text(std::string(migration.name))) << ", ";
  insert.bind(integer(now.microseconds)) << ")";
  connection.run(insert);
}

/** Runs one in the transaction that begin_migration() has begun. */
void run_within(Connection& connection, Tables const& tables, Migration const& migration, Timestamp now) {
  for (std::string const& statement : split(migration.statements, connection.dialect(), tables)) {
    connection.run_once(statement);
  }
  if (migration.fill != nullptr) migration.fill(connection, tables);
  record(connection, tables, migration, now);
}

/** Runs one where no transaction holds what makes tables, and where perhaps nothing keeps others from doing the same,
    such as on another node of a cluster: each step can be done twice, and the record goes with the last rows that are
    changed, so that of several one alone has done it.

    @throws DatabaseFailure: busy where somebody else was faster, which is to be looked at anew.
*/
void run_in_steps(Connection& connection, Tables const& tables, Migration const& migration, Timestamp now) {
  auto const statements = split(migration.statements, connection.dialect(), tables);
  for (std::string const& statement : statements) make_missing(connection, statement);
  // Before the transaction, in which nothing is left to do then: a cluster takes them only up to a size.
  if (migration.fill != nullptr) migration.fill(connection, tables);
  Transaction transaction(connection);
  try {
    for (std::string const& statement : statements) {
      if (!made_by(statement, connection.dialect())) connection.run_once(statement);
    }
    if (migration.fill != nullptr) migration.fill(connection, tables);
    record(connection, tables, migration, now);
  } catch (DatabaseFailure const& failure) {
    if (failure.kind() != FailureKind::unique) throw;
    throw DatabaseFailure(FailureKind::busy, failure.what());
  }
  transaction.commit();
}

[[nodiscard]] Exception foreign_table(Tables const& tables, std::string_view name) {
  return Exception(Error{.kind = ErrorKind::unavailable,
                         .message = "the database has a table " + tables.name(name) +
                                    " that is not inlay's; give inlay's tables another prefix (table_prefix)"});
}

// Nothing: the migrations were never recorded here.
[[nodiscard]] std::optional<int> recorded_migration(Connection& connection, Tables const& tables) {
  Statement count(connection.dialect().table.count);
  count.with(text(tables.name("migration"))).gives(ValueType::integer);
  if (connection.number(count) == 0) return std::nullopt;
  Statement last;
  // Qualified, or SQLite would take the name of a column that is not there for a text.
  last << R"(select coalesce(max(m."number"), 0) from )" << tables.quoted("migration") << " m";
  last.gives(ValueType::integer);
  try {
    return static_cast<int>(connection.number(last));
  } catch (DatabaseFailure const& failure) {
    if (failure.kind() == FailureKind::no_such_column) throw foreign_table(tables, "migration");
    // Anything else says nothing of whose it is, nor that the database could never tell.
    if (failure.kind() == FailureKind::other) throw DatabaseFailure(FailureKind::unreachable, failure.what());
    throw;
  }
}

// Where no migration was ever recorded, a table of one of our names is somebody else's.
[[nodiscard]] std::optional<std::string_view> find_foreign(Connection& connection, Tables const& tables) {
  std::vector<std::string_view> names{"counter", "commit", "change"};
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) { names.push_back(Entity::entity_name); });
  for (std::string_view const name : names) {
    Statement count(connection.dialect().table.count);
    count.with(text(tables.name(name))).gives(ValueType::integer);
    if (connection.number(count) != 0) return name;
  }
  return std::nullopt;
}

// As recorded_migration(), but that tables of our names which nobody has recorded are refused.
[[nodiscard]] std::optional<int> recorded_or_empty(Connection& connection, Tables const& tables) {
  auto recorded = recorded_migration(connection, tables);
  if (recorded) return recorded;
  auto const name = find_foreign(connection, tables);
  if (!name) return std::nullopt;
  // Unless somebody has made the tables just now, who recorded it before or along with them.
  recorded = recorded_migration(connection, tables);
  if (!recorded) throw foreign_table(tables, *name);
  return recorded;
}

void refuse_newer(int recorded) {
  if (recorded <= latest_migration()) return;
  throw Exception(Error{.kind = ErrorKind::unavailable,
                        .message = "the store was migrated by a newer inlay: it is at migration " +
                                   std::to_string(recorded) + ", this inlay knows those up to " +
                                   std::to_string(latest_migration()) + "; use an inlay that is as new",
                        .reason = Reason::newer_store});
}

void refuse_older(int recorded, std::string_view why) {
  if (recorded >= latest_migration()) return;
  throw Exception(Error{.kind = ErrorKind::unavailable,
                        .message = "the store is at migration " + std::to_string(recorded) + ", this inlay needs " +
                                   std::to_string(latest_migration()) + ", and " + std::string(why),
                        .reason = Reason::not_migrated});
}

}  // namespace

int latest_migration() noexcept { return migrations.back().number; }

void require_migrated(Connection& connection, Tables const& tables) {
  int const recorded = recorded_migration(connection, tables).value_or(0);
  refuse_newer(recorded);
  refuse_older(recorded, "it cannot be migrated inside a transaction of the host");
}

namespace {

void migrate_once(Connection& connection, Tables const& tables, bool may_migrate, std::string_view not_migrated_for,
                  Timestamp now) {
  // First without a lock: most of the time there is nothing to do, and a store that is refused is not touched.
  auto recorded = recorded_migration(connection, tables);
  refuse_newer(recorded.value_or(0));
  if (!may_migrate) {
    refuse_older(recorded.value_or(0), "migrating was turned off (" + std::string(not_migrated_for) + ')');
  }
  if (!recorded) {
    recorded = recorded_or_empty(connection, tables);
    refuse_newer(recorded.value_or(0));
  }
  connection.driver().adopt(connection);
  if (recorded.value_or(0) == latest_migration()) return;

  Unhurried const unhurried(connection);
  connection.driver().begin_migration(connection);
  try {
    recorded = recorded_or_empty(connection, tables);
    refuse_newer(recorded.value_or(0));
    if (recorded.value_or(0) == latest_migration()) {
      connection.driver().end_migration(connection);
      return;
    }
    bool const commits_ddl = connection.dialect().commits_ddl;
    for (std::string const& statement : split(migration_table, connection.dialect(), tables)) {
      if (commits_ddl) {
        make_missing(connection, statement);
      } else if (!recorded) {
        connection.run_once(statement);
      }
    }
    for (Migration const& migration : migrations) {
      if (migration.number <= recorded.value_or(0)) continue;
      (commits_ddl ? run_in_steps : run_within)(connection, tables, migration, now);
    }
    connection.driver().end_migration(connection);
  } catch (...) {
    if (connection.is_hosts()) {
      connection.driver().cancel_migration(connection);  // it may hold what is the host's, such as a database in memory
    } else {
      connection.discard();  // whatever it holds ends with it
    }
    throw;
  }
}

}  // namespace

void migrate(Connection& connection, Tables const& tables, bool may_migrate, std::string_view not_migrated_for,
             Timestamp now) {
  try {
    migrate_once(connection, tables, may_migrate, not_migrated_for, now);
  } catch (DatabaseFailure const& failure) {
    // What another node of a cluster makes ends what is under way here. All steps can be done again.
    if (failure.kind() != FailureKind::interrupted || !connection.dialect().commits_ddl) throw;
    throw DatabaseFailure(FailureKind::busy, failure.what());
  }
}

}  // namespace inlay::sql
