// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_ERROR_CODES_HPP
#define INLAY_BACKENDS_MYSQL_ERROR_CODES_HPP

// What the error numbers of MySQL and MariaDB mean to a store. tests/integration/mysql_errors.test.cpp holds the table
// to the message file of the server and the header of the client library.
// https://mariadb.com/kb/en/mariadb-error-codes/, https://dev.mysql.com/doc/mysql-errors/8.0/en/

#include <backends/sql/failure.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace inlay::mysql {

/** Whose word a number is: above 1900 the two give the same ones to different errors. */
enum class Server { unknown, mysql, mariadb };

struct ErrorCode {
  unsigned number;
  std::string_view name;
  sql::FailureKind kind;
  bool is_safe;                     ///< its text quotes no value and no statement, and so may be shown
  Server server = Server::unknown;  ///< unknown: of both
};

inline constexpr auto error_codes = [] {
  using enum sql::FailureKind;
  constexpr bool shown = true;
  constexpr bool hidden = false;
  return std::array{
      // Keys and references.
      ErrorCode{1022, "ER_DUP_KEY", unique, hidden},
      ErrorCode{1062, "ER_DUP_ENTRY", unique, hidden},
      ErrorCode{1169, "ER_DUP_UNIQUE", unique, hidden},
      ErrorCode{1586, "ER_DUP_ENTRY_WITH_KEY_NAME", unique, hidden},
      ErrorCode{1859, "ER_DUP_UNKNOWN_IN_INDEX", unique, hidden},
      ErrorCode{1216, "ER_NO_REFERENCED_ROW", foreign_key, hidden},
      ErrorCode{1217, "ER_ROW_IS_REFERENCED", foreign_key, hidden},
      ErrorCode{1451, "ER_ROW_IS_REFERENCED_2", foreign_key, hidden},
      ErrorCode{1452, "ER_NO_REFERENCED_ROW_2", foreign_key, hidden},

      // Steps of a migration that were done already.
      ErrorCode{1050, "ER_TABLE_EXISTS_ERROR", exists, shown},
      ErrorCode{1060, "ER_DUP_FIELDNAME", exists, shown},
      ErrorCode{1061, "ER_DUP_KEYNAME", exists, shown},
      ErrorCode{1091, "ER_CANT_DROP_FIELD_OR_KEY", exists, shown},
      ErrorCode{1826, "ER_DUP_CONSTRAINT_NAME", exists, shown},
      ErrorCode{3822, "ER_CHECK_CONSTRAINT_DUP_NAME", exists, shown, Server::mysql},

      // In the way of others, of which lock_wait_timeout is told by 1205 like a row's lock.
      ErrorCode{1020, "ER_CHECKREAD", busy, shown},  // with innodb_snapshot_isolation
      ErrorCode{1205, "ER_LOCK_WAIT_TIMEOUT", busy, shown},
      ErrorCode{1213, "ER_LOCK_DEADLOCK", busy, shown},
      ErrorCode{1412, "ER_TABLE_DEF_CHANGED", busy, shown},
      ErrorCode{1615, "ER_NEED_REPREPARE", busy, shown},
      ErrorCode{1637, "ER_TOO_MANY_CONCURRENT_TRXS", busy, shown},
      ErrorCode{1689, "ER_LOCK_ABORTED", busy, shown},
      ErrorCode{1964, "ER_PRIOR_COMMIT_FAILED", busy, shown, Server::mariadb},
      ErrorCode{3058, "ER_USER_LOCK_DEADLOCK", busy, shown},
      ErrorCode{3101, "ER_TRANSACTION_ROLLBACK_DURING_COMMIT", busy, shown, Server::mysql},
      ErrorCode{3572, "ER_LOCK_NOWAIT", busy, shown, Server::mysql},

      // No room for one more connection; of 1226 see kind_of().
      ErrorCode{1040, "ER_CON_COUNT_ERROR", no_connection_left, shown},
      ErrorCode{1135, "ER_CANT_CREATE_THREAD", no_connection_left, shown},
      ErrorCode{1203, "ER_TOO_MANY_USER_CONNECTIONS", no_connection_left, shown},
      ErrorCode{1226, "ER_USER_LIMIT_REACHED", unreachable, shown},

      // The connection is over, or as good as that.
      ErrorCode{1053, "ER_SERVER_SHUTDOWN", lost, shown},
      ErrorCode{1077, "ER_NORMAL_SHUTDOWN", lost, shown},
      ErrorCode{1079, "ER_SHUTDOWN_COMPLETE", lost, shown},
      ErrorCode{1080, "ER_FORCING_CLOSE", lost, shown},
      ErrorCode{1152, "ER_ABORTING_CONNECTION", lost, shown},
      ErrorCode{1154, "ER_NET_READ_ERROR_FROM_PIPE", lost, shown},
      ErrorCode{1155, "ER_NET_FCNTL_ERROR", lost, shown},
      ErrorCode{1156, "ER_NET_PACKETS_OUT_OF_ORDER", lost, shown},
      ErrorCode{1157, "ER_NET_UNCOMPRESS_ERROR", lost, shown},
      ErrorCode{1158, "ER_NET_READ_ERROR", lost, shown},
      ErrorCode{1159, "ER_NET_READ_INTERRUPTED", lost, shown},
      ErrorCode{1160, "ER_NET_ERROR_ON_WRITE", lost, shown},
      ErrorCode{1161, "ER_NET_WRITE_INTERRUPTED", lost, shown},
      ErrorCode{1180, "ER_ERROR_DURING_COMMIT", lost, shown},  // of a node of Galera that has left its cluster
      ErrorCode{1181, "ER_ERROR_DURING_ROLLBACK", lost, shown},
      ErrorCode{1184, "ER_NEW_ABORTING_CONNECTION", lost, shown},
      ErrorCode{1243, "ER_UNKNOWN_STMT_HANDLER", lost, shown},             // a proxy that has changed servers
      ErrorCode{1461, "ER_MAX_PREPARED_STMT_COUNT_REACHED", lost, shown},  // closing it gives its statements back
      ErrorCode{1835, "ER_MALFORMED_PACKET", lost, shown},
      ErrorCode{1927, "ER_CONNECTION_KILLED", lost, shown, Server::mariadb},
      ErrorCode{3100, "ER_RUN_HOOK_ERROR", lost, shown, Server::mysql},  // of a member that has left its group
      ErrorCode{3169, "ER_SESSION_WAS_KILLED", lost, shown, Server::mysql},
      ErrorCode{4031, "ER_CLIENT_INTERACTION_TIMEOUT", lost, shown, Server::mysql},

      // Ended in the middle, by somebody or by a limit of the server; a commit may be done.
      ErrorCode{1028, "ER_FILSORT_ABORT", interrupted, shown},
      ErrorCode{1317, "ER_QUERY_INTERRUPTED", interrupted, shown},
      ErrorCode{1969, "ER_STATEMENT_TIMEOUT", interrupted, shown, Server::mariadb},  // max_statement_time
      ErrorCode{3024, "ER_QUERY_TIMEOUT", interrupted, shown, Server::mysql},        // max_execution_time

      // Serves nobody now: a node of a cluster that is joining, or has lost the others. Its word comes before it does
      // anything.
      ErrorCode{1047, "ER_UNKNOWN_COM_ERROR", not_ready, shown},
      ErrorCode{3032, "ER_SERVER_OFFLINE_MODE", not_ready, shown, Server::mysql},
      ErrorCode{3797, "ER_GRP_TRX_CONSISTENCY_BEFORE", not_ready, shown, Server::mysql},
      ErrorCode{3798, "ER_GRP_TRX_CONSISTENCY_AFTER_ON_TRX_BEGIN", not_ready, shown, Server::mysql},
      ErrorCode{3799, "ER_GRP_TRX_CONSISTENCY_BEGIN_NOT_ALLOWED", not_ready, shown, Server::mysql},

      // Takes no writes.
      ErrorCode{1036, "ER_OPEN_AS_READONLY", read_only, shown},  // innodb_read_only
      ErrorCode{1290, "ER_OPTION_PREVENTS_STATEMENT", read_only, shown},
      ErrorCode{1792, "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION", read_only, shown},
      ErrorCode{1836, "ER_READ_ONLY_MODE", read_only, shown},
      ErrorCode{1874, "ER_INNODB_READ_ONLY", read_only, shown},
      ErrorCode{3989, "ER_SCHEMA_READ_ONLY", read_only, shown, Server::mysql},

      // Who may come in, and where.
      ErrorCode{1042, "ER_BAD_HOST_ERROR", unreachable, shown},
      ErrorCode{1043, "ER_HANDSHAKE_ERROR", unreachable, shown},
      ErrorCode{1044, "ER_DBACCESS_DENIED_ERROR", unreachable, shown},
      ErrorCode{1045, "ER_ACCESS_DENIED_ERROR", unreachable, shown},
      ErrorCode{1046, "ER_NO_DB_ERROR", unreachable, shown},
      ErrorCode{1049, "ER_BAD_DB_ERROR", unreachable, shown},
      ErrorCode{1129, "ER_HOST_IS_BLOCKED", unreachable, shown},
      ErrorCode{1130, "ER_HOST_NOT_PRIVILEGED", unreachable, shown},
      ErrorCode{1142, "ER_TABLEACCESS_DENIED_ERROR", unreachable, shown},
      ErrorCode{1143, "ER_COLUMNACCESS_DENIED_ERROR", unreachable, shown},
      ErrorCode{1227, "ER_SPECIFIC_ACCESS_DENIED_ERROR", unreachable, shown},
      ErrorCode{1251, "ER_NOT_SUPPORTED_AUTH_MODE", unreachable, shown},
      ErrorCode{1275, "ER_SERVER_IS_IN_SECURE_AUTH_MODE", unreachable, shown},
      ErrorCode{1524, "ER_PLUGIN_IS_NOT_LOADED", unreachable, shown},
      ErrorCode{1698, "ER_ACCESS_DENIED_NO_PASSWORD_ERROR", unreachable, shown},
      ErrorCode{1820, "ER_MUST_CHANGE_PASSWORD", unreachable, shown},
      ErrorCode{1862, "ER_MUST_CHANGE_PASSWORD_LOGIN", unreachable, shown, Server::mysql},
      ErrorCode{1873, "ER_ACCESS_DENIED_CHANGE_USER_ERROR", unreachable, shown},
      ErrorCode{3118, "ER_ACCOUNT_HAS_BEEN_LOCKED", unreachable, shown, Server::mysql},
      ErrorCode{3159, "ER_SECURE_TRANSPORT_REQUIRED", unreachable, shown, Server::mysql},
      ErrorCode{3955, "ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK", unreachable, shown,
                Server::mysql},
      ErrorCode{4150, "ER_USER_IS_BLOCKED", unreachable, shown, Server::mariadb},
      ErrorCode{4151, "ER_ACCOUNT_HAS_BEEN_LOCKED", unreachable, shown, Server::mariadb},

      // Room: disks, memory, and what an operator allows.
      ErrorCode{1004, "ER_CANT_CREATE_FILE", unreachable, shown},
      ErrorCode{1016, "ER_CANT_OPEN_FILE", unreachable, shown},
      ErrorCode{1017, "ER_FILE_NOT_FOUND", unreachable, shown},
      ErrorCode{1021, "ER_DISK_FULL", unreachable, shown},
      ErrorCode{1023, "ER_ERROR_ON_CLOSE", unreachable, shown},
      ErrorCode{1024, "ER_ERROR_ON_READ", unreachable, shown},
      ErrorCode{1026, "ER_ERROR_ON_WRITE", unreachable, shown},
      ErrorCode{1030, "ER_GET_ERRNO", unreachable, shown},
      ErrorCode{1037, "ER_OUTOFMEMORY", unreachable, shown},
      ErrorCode{1038, "ER_OUT_OF_SORTMEMORY", unreachable, shown},
      ErrorCode{1041, "ER_OUT_OF_RESOURCES", unreachable, shown},
      ErrorCode{1104, "ER_TOO_BIG_SELECT", unreachable, shown},
      ErrorCode{1114, "ER_RECORD_FILE_FULL", unreachable, shown},  // the table's name; also of a full disk
      ErrorCode{1119, "ER_STACK_OVERRUN", unreachable, shown},
      ErrorCode{1153, "ER_NET_PACKET_TOO_LARGE", unreachable, shown},
      ErrorCode{1162, "ER_TOO_LONG_STRING", unreachable, shown},
      ErrorCode{1175, "ER_UPDATE_WITHOUT_KEY_IN_SAFE_MODE", unreachable, shown},
      ErrorCode{1197, "ER_TRANS_CACHE_FULL", unreachable, shown},
      ErrorCode{1206, "ER_LOCK_TABLE_FULL", unreachable, shown},
      ErrorCode{1296, "ER_GET_ERRMSG", unreachable, shown},
      ErrorCode{1297, "ER_GET_TEMPORARY_ERRMSG", unreachable, shown},
      ErrorCode{1436, "ER_STACK_OVERRUN_NEED_MORE", unreachable, shown},
      ErrorCode{1534, "ER_BINLOG_ROW_LOGGING_FAILED", unreachable, shown},
      ErrorCode{1598, "ER_BINLOG_LOGGING_IMPOSSIBLE", unreachable, shown},
      ErrorCode{1665, "ER_BINLOG_STMT_MODE_AND_ROW_ENGINE", unreachable, shown},
      ErrorCode{1705, "ER_STMT_CACHE_FULL", unreachable, shown},
      ErrorCode{1713, "ER_UNDO_RECORD_TOO_BIG", unreachable, shown},
      ErrorCode{1810, "ER_IO_READ_ERROR", unreachable, shown},
      ErrorCode{1811, "ER_IO_WRITE_ERROR", unreachable, shown},
      ErrorCode{1878, "ER_TEMP_FILE_WRITE_FAILURE", unreachable, shown},
      ErrorCode{3015, "ER_ENGINE_OUT_OF_MEMORY", unreachable, shown},
      ErrorCode{4139, "ER_INDEX_FILE_FULL", unreachable, shown, Server::mariadb},

      // Tables that somebody has changed, and servers that can't make them.
      ErrorCode{1005, "ER_CANT_CREATE_TABLE", unreachable, shown},
      ErrorCode{1048, "ER_BAD_NULL_ERROR", unreachable, shown},
      ErrorCode{1071, "ER_TOO_LONG_KEY", unreachable, shown},
      ErrorCode{1099, "ER_TABLE_NOT_LOCKED_FOR_WRITE", unreachable, shown},  // a host's own lock tables
      ErrorCode{1100, "ER_TABLE_NOT_LOCKED", unreachable, shown},
      ErrorCode{1118, "ER_TOO_BIG_ROWSIZE", unreachable, shown},
      ErrorCode{1146, "ER_NO_SUCH_TABLE", unreachable, shown},
      ErrorCode{1215, "ER_CANNOT_ADD_FOREIGN", unreachable, shown},
      ErrorCode{1264, "ER_WARN_DATA_OUT_OF_RANGE", unreachable, shown},
      ErrorCode{1265, "WARN_DATA_TRUNCATED", unreachable, shown},
      ErrorCode{1267, "ER_CANT_AGGREGATE_2COLLATIONS", unreachable, shown},
      ErrorCode{1286, "ER_UNKNOWN_STORAGE_ENGINE", unreachable, shown},
      ErrorCode{1289, "ER_FEATURE_DISABLED", unreachable, shown},
      ErrorCode{1292, "ER_TRUNCATED_WRONG_VALUE", unreachable, hidden},
      ErrorCode{1356, "ER_VIEW_INVALID", unreachable, shown},
      ErrorCode{1364, "ER_NO_DEFAULT_FOR_FIELD", unreachable, shown},
      ErrorCode{1366, "ER_TRUNCATED_WRONG_VALUE_FOR_FIELD", unreachable, hidden},  // a column of another character set
      ErrorCode{1406, "ER_DATA_TOO_LONG", unreachable, shown},
      ErrorCode{1644, "ER_SIGNAL_EXCEPTION", unreachable, hidden},  // a trigger's own words
      ErrorCode{1709, "ER_INDEX_COLUMN_TOO_LONG", unreachable, shown},
      ErrorCode{4182, "ER_STORAGE_ENGINE_DISABLED", unreachable, shown, Server::mariadb},

      // Damaged.
      ErrorCode{1033, "ER_NOT_FORM_FILE", corrupt, shown},
      ErrorCode{1034, "ER_NOT_KEYFILE", corrupt, shown},
      ErrorCode{1035, "ER_OLD_KEYFILE", corrupt, shown},
      ErrorCode{1194, "ER_CRASHED_ON_USAGE", corrupt, shown},
      ErrorCode{1195, "ER_CRASHED_ON_REPAIR", corrupt, shown},
      ErrorCode{1707, "ER_TABLE_NEEDS_REBUILD", corrupt, shown},
      ErrorCode{1712, "ER_INDEX_CORRUPT", corrupt, shown},
      ErrorCode{1728, "ER_CANNOT_LOAD_FROM_TABLE_V2", corrupt, shown},
      ErrorCode{1812, "ER_TABLESPACE_MISSING", corrupt, shown},
      ErrorCode{1814, "ER_TABLESPACE_DISCARDED", corrupt, shown},
      ErrorCode{1817, "ER_INNODB_INDEX_CORRUPT", corrupt, shown},
      ErrorCode{1877, "ER_TABLE_CORRUPT", corrupt, shown},
      ErrorCode{1932, "ER_NO_SUCH_TABLE_IN_ENGINE", corrupt, shown, Server::mariadb},

      // Not an operator's to mend; that the text may be shown is why they are here.
      ErrorCode{1054, "ER_BAD_FIELD_ERROR", no_such_column, shown},
      ErrorCode{3819, "ER_CHECK_CONSTRAINT_VIOLATED", other, shown, Server::mysql},
      ErrorCode{4025, "ER_CONSTRAINT_FAILED", other, shown, Server::mariadb},
  };
}();

/** Whether a number is one of the client's library, MySQL's or MariaDB's own. They mean that it does not know what the
    server said: over TLS a connection that is gone is an error of TLS (2026), and what is left of a reply a malformed
    packet (2027). So does 0: an error that does not say which. Galera ends with that what it has aborted, and now and
    then what it has committed. */
[[nodiscard]] constexpr bool is_clients(unsigned number) noexcept {
  return number == 0 || (number >= 2000 && number <= 2999) || (number >= 5000 && number <= 5999);
}

/** The table's line for a number that `server` has given; null when it has none. */
[[nodiscard]] inline ErrorCode const* find_error(unsigned number, Server server) noexcept {
  auto const found = std::find_if(error_codes.begin(), error_codes.end(), [&](ErrorCode const& code) {
    return code.number == number &&
           (code.server == Server::unknown || server == Server::unknown || code.server == server);
  });
  return found == error_codes.end() ? nullptr : &*found;
}

[[nodiscard]] inline sql::FailureKind kind_of(unsigned number, Server server, std::string_view text) noexcept {
  if (is_clients(number)) return sql::FailureKind::lost;
  // Which of an account's limits was reached the protocol tells in the text alone, where it stands by its name in every
  // language. A connection comes free; those that count by the hour do not.
  if (number == 1226 && text.find("'max_user_connections'") != std::string_view::npos) {
    return sql::FailureKind::no_connection_left;
  }
  ErrorCode const* const known = find_error(number, server);
  return known ? known->kind : sql::FailureKind::other;
}

/** Whether a text may be shown: others quote values, or the statement they are in. */
[[nodiscard]] inline bool is_safe(unsigned number, Server server) noexcept {
  if (is_clients(number)) return true;
  ErrorCode const* const known = find_error(number, server);
  return known && known->is_safe;
}

}  // namespace inlay::mysql

#endif
