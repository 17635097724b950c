// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_DIALECT_HPP
#define INLAY_BACKENDS_MYSQL_DIALECT_HPP

#include <backends/sql/dialect.hpp>

namespace inlay::mysql {

/** Of MySQL, and of a server that has not said yet which of the two it is. */
inline constexpr sql::Dialect dialect{
    .session_kind = "mysql",
    .quote = '`',
    .prepares = true,
    .takes_nul = true,

    .types = {.id = "char(36) character set ascii collate ascii_bin",
              .name = "varchar(255)",
              .document = "longtext",
              .integer = "bigint",
              .boolean = "tinyint"},
    // A collation that compares byte for byte, trailing blanks included; each of the two has one of its own.
    .table_options = " engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin",
    .reads_rows_whole = false,
    .commits_ddl = true,
    .table = {.count = "select count(*) from information_schema.tables where table_schema = database()"
                       " and table_name = :p1",
              .if_not_exists = "if not exists "},
    .index = {.count = "select count(*) from information_schema.statistics where table_schema = database()"
                       " and table_name = :p1 and index_name = :p2",
              .if_not_exists = ""},
    .column = {.count = "select count(*) from information_schema.columns where table_schema = database()"
                        " and table_name = :p1 and column_name = :p2",
               .if_not_exists = ""},
    // Rows that are there get it without being told; others, in the strict mode that every session is in, do not.
    .added_column = "",
    .refuse_default = "",

    .begin_write = "begin",
    .begin_snapshot = {"set transaction isolation level repeatable read",
                       "start transaction with consistent snapshot, read only"},
    .lock_rows = " for update",
    .limit_lock_wait = "",
    // Of whole seconds: with parts of them it would be made of a local time, of which some are there twice.
    .clock = "unix_timestamp() * 1000000",
    .sha256 = {.before = "sha2(", .after = ", 256)"},
    // It has no blocks outside of procedures.
    .one_statement = sql::OneStatement::none,
    // InnoDB lets the counter go before it waits for the disk, so that commits share its syncs already.
    .grouping = sql::Grouping::none,
    .writes_behind_snapshot = true,
    .transaction_survives_failure = true,
    .waits_for_others = false,
    .may_be_done_after_all = false,

    // Neither of the two uses an index for the other spelling.
    .seeks_row_values = false,
    .ordered_join = " straight_join ",
    .fence = "",
    .lateral = {},
    .can_gate = false,
    .merges_unions = false,
    .plans_ahead = false,
    .makes_tables_of_subqueries = true,
    .page_bound = sql::PageBound::keys,
    .text_size = "octet_length",
    .byte_size = {.before = "octet_length(", .after = ")"},
    .asks_for_replica = "select @@global.read_only",
};

/** What MariaDB has otherwise. Joins and fences are not among it: statements are made with them before a server has
    said which it is. */
inline constexpr sql::Dialect dialect_of_mariadb = [] {
  sql::Dialect mariadb = dialect;
  mariadb.table_options = " engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_nopad_bin";
  mariadb.index.if_not_exists = "if not exists ";
  mariadb.column.if_not_exists = "if not exists ";
  mariadb.one_statement = sql::OneStatement::block;
  // Galera, its cluster, says so now and then.
  mariadb.may_be_done_after_all = true;
  return mariadb;
}();

}  // namespace inlay::mysql

#endif
