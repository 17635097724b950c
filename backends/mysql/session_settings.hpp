// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_SESSION_SETTINGS_HPP
#define INLAY_BACKENDS_MYSQL_SESSION_SETTINGS_HPP

// What a session is told, whatever the server's options, init_connect and the client's handshake have left. Of the 188
// session variables of MariaDB 10.11, and those of MySQL 8, these are the ones that can change what a statement of ours
// means or returns, or for how long it waits. docs/storage.md lists those that stay the operator's.

#include <backends/mysql/error_codes.hpp>

#include <array>
#include <string_view>

namespace inlay::mysql {

/** The most that a variable of 64 bits takes; it means that there is no limit. */
inline constexpr std::string_view no_limit = "18446744073709551615";

/** A value that depends on `lease_timeout`. */
inline constexpr std::string_view lease_timeout{};

struct SessionSetting {
  std::string_view name;
  std::string_view value;
  std::string_view reason;
  Server server = Server::unknown;  ///< who has it; unknown: both
};

/** Follows `set names utf8mb4`, by which texts arrive, and come back, as they are. */
inline constexpr std::array session_settings{
    SessionSetting{"sql_mode", "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
                   "what a statement means: '' as null, texts cut short in silence, another grammar"},
    SessionSetting{"autocommit", "1", "a statement alone would begin a transaction that nobody ends"},
    SessionSetting{"completion_type", "0", "a commit would begin another transaction, or end the connection"},
    SessionSetting{"tx_isolation", "'READ-COMMITTED'", "a commit that has waited would see the past", Server::mariadb},
    SessionSetting{"transaction_isolation", "'READ-COMMITTED'", "the same", Server::mysql},
    SessionSetting{"sql_select_limit", no_limit, "lists and the change log would end early, in silence"},
    SessionSetting{"max_join_size", no_limit, "lists would be refused; it also turns the next one off"},
    SessionSetting{"sql_big_selects", "1", "the same"},
    SessionSetting{"sql_safe_updates", "0", "an import that replaces what is there would be refused"},
    SessionSetting{"max_sort_length", "1024", "ids would be sorted by the first of their characters alone"},
    SessionSetting{"foreign_key_checks", "1", "references could lead nowhere"},
    SessionSetting{"unique_checks", "1", "a name could be there twice"},
    SessionSetting{"check_constraint_checks", "1", "columns could hold what they must not", Server::mariadb},
    SessionSetting{"sql_if_exists", "0", "what a migration drops or alters might not be there", Server::mariadb},
    SessionSetting{"join_cache_level", "0",
                   "a small table would be joined by way of a buffer, and the order sorted anew", Server::mariadb},
    SessionSetting{"innodb_lock_wait_timeout", lease_timeout, "how long a row's lock is waited for"},
    SessionSetting{"lock_wait_timeout", lease_timeout, "and a table's: a day, unless told otherwise"},
};

/** A setting on which a session of the host is asked, since it is the host's to change.

    `query` gives 1 where it is as a store needs it.
*/
struct HostSetting {
  std::string_view query;
  std::string_view demand;
};

inline constexpr std::array host_settings{
    HostSetting{"@@sql_select_limit = 18446744073709551615",
                "sql_select_limit is set; without it lists and the change log end where they should"},
    HostSetting{"@@foreign_key_checks = 1", "foreign_key_checks is off; references would not be held"},
    HostSetting{"@@unique_checks = 1", "unique_checks is off; unique names would not be held"},
    HostSetting{"find_in_set('EMPTY_STRING_IS_NULL', @@sql_mode) = 0",
                "sql_mode has EMPTY_STRING_IS_NULL; an empty text would be none"},
};

}  // namespace inlay::mysql

#endif
