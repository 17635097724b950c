// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_POSTGRESQL_DIALECT_HPP
#define INLAY_BACKENDS_POSTGRESQL_DIALECT_HPP

#include <backends/sql/dialect.hpp>

namespace inlay::postgresql {

inline constexpr sql::Dialect dialect{
    .session_kind = "postgresql",
    .quote = '"',
    .prepares = true,
    .takes_nul = false,

    .types = {.id = R"(text collate "C")",
              .name = R"(text collate "C")",
              .document = R"(text collate "C")",
              .integer = "bigint",
              .boolean = "smallint"},
    .table_options = "",
    .reads_rows_whole = false,
    .commits_ddl = false,
    // Whatever it is, a view or an index: it takes the name.
    .table = {.count = "select count(*) from pg_catalog.pg_class where relname = :p1"
                       " and pg_catalog.pg_table_is_visible(oid)",
              .if_not_exists = ""},
    .index = {.count = "", .if_not_exists = ""},
    .column = {.count = "", .if_not_exists = ""},
    .added_column = "default 0",
    .refuse_default = R"(alter table "{table}" alter column "{column}" drop default)",

    // Whatever the server's default: each statement is to see what the ones before it waited for.
    .begin_write = "begin isolation level read committed",
    .begin_snapshot = {"begin isolation level repeatable read, read only", ""},
    .lock_rows = " for update",
    .limit_lock_wait = "",
    .clock = "cast(extract(epoch from statement_timestamp()) * 1000000 as bigint)",
    .sha256 = {.before = "encode(sha256(convert_to(", .after = ", 'UTF8')), 'hex')"},
    .one_statement = sql::OneStatement::with_queries,
    .grouping = sql::Grouping::pipeline,
    .writes_behind_snapshot = false,
    .transaction_survives_failure = false,
    .waits_for_others = true,
    .may_be_done_after_all = false,

    .seeks_row_values = true,
    .ordered_join = " join ",
    .fence = " offset 0",
    .lateral =
        sql::Lateral{
            .begin = R"(select x."created_at", x."id" from ()", .between = ") i cross join lateral (", .end = ") x"},
    .can_gate = true,
    .merges_unions = false,
    .plans_ahead = true,
    .makes_tables_of_subqueries = false,
    .page_bound = sql::PageBound::rows,
    .text_size = "octet_length",
    .byte_size = {.before = "octet_length(", .after = ")"},
    .asks_for_replica = "select case when pg_catalog.pg_is_in_recovery() then 1 else 0 end",
};

}  // namespace inlay::postgresql

#endif
