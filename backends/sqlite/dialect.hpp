// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_DIALECT_HPP
#define INLAY_BACKENDS_SQLITE_DIALECT_HPP

#include <backends/sql/dialect.hpp>

namespace inlay::sqlite {

inline constexpr sql::Dialect dialect{
    .session_kind = "sqlite3",
    .quote = '"',
    .prepares = true,
    .takes_nul = true,

    .types = {.id = "text", .name = "text", .document = "text", .integer = "integer", .boolean = "integer"},
    // SQLite would otherwise store a text in an integer's column.
    .table_options = " strict",
    .reads_rows_whole = true,
    .commits_ddl = false,
    // A view takes the name, too.
    .table = {.count = "select count(*) from sqlite_master where type in ('table', 'view') and name = :p1",
              .if_not_exists = ""},
    .index = {.count = "", .if_not_exists = ""},
    .column = {.count = "", .if_not_exists = ""},
    .added_column = "default 0",
    // A column that was added keeps its default here.
    .refuse_default = R"(create trigger "{table}_{column}" before insert on "{table}" when new."{column}" = 0)"
                      " begin select raise(abort, 'a row without {column}: the store was migrated by a newer inlay');"
                      " end",

    // A plain `begin` would take its place among the writers only with its first write, and be refused if another had
    // written since it first read.
    .begin_write = "begin immediate",
    .begin_snapshot = {"begin", ""},
    .lock_rows = "",
    .limit_lock_wait = "",
    .clock = "",
    .sha256 = {.before = "", .after = ""},
    .one_statement = sql::OneStatement::none,
    .grouping = sql::Grouping::steps,
    .writes_behind_snapshot = false,
    .transaction_survives_failure = true,
    .waits_for_others = false,
    .may_be_done_after_all = false,

    .seeks_row_values = true,
    .ordered_join = " cross join ",
    .fence = "",
    // There are no lateral joins, but a table-valued function sees the tables before it.
    .lateral = sql::Lateral{.begin = R"(select j.value "id" from ()",
                            .between = R"() i, json_each((select json_group_array(x."id") from ()",
                            .end = ") x)) j"},
    .can_gate = false,
    .merges_unions = true,
    .plans_ahead = false,
    .makes_tables_of_subqueries = false,
    .page_bound = sql::PageBound::reading,
    // In characters; octet_length is younger than the SQLite that inlay asks for.
    .text_size = "length",
    .byte_size = {.before = "length(cast(", .after = " as blob))"},
    .asks_for_replica = "",
};

}  // namespace inlay::sqlite

#endif
