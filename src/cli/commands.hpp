// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_COMMANDS_HPP
#define INLAY_CLI_COMMANDS_HPP

// What each command does, once its arguments are known. Each adds its answer to the session's output.

#include "session.hpp"

#include <inlay/birth.hpp>
#include <inlay/model/grant.hpp>
#include <inlay/storage/transfer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inlay::cli {

/** The resources that have the same five commands; for an environment integration these need no prefix. A grant is only
    read like the others. */
enum class Kind { team, environment, integration, environment_integration, grant };

struct ListArguments {
  std::vector<std::string> conditions;
  std::size_t limit = 25;
  std::string cursor;
  std::vector<std::string> expand;
  std::vector<std::string> exclude;
};

struct WriteArguments {
  std::optional<RowVersion> if_version;
  bool is_json_patch = false;  // else a merge patch
  bool replaces_documents = false;
  bool force = false;
  bool dry_run = false;
};

struct InstallArguments {
  std::string integration;              // id or name
  std::string environment;              // id or name
  std::optional<std::string> override;  // JSON
};

struct ReportArguments {
  std::string environment;            // id or name; empty: all of them
  std::string integration;            // the same
  std::vector<std::string> pointers;  // none: the whole configuration
};

enum class PatchKind { merge_patch, json_patch };

struct ServeArguments {
  std::optional<std::string> listen;
  std::string socket_mode;  // octal; empty: 0600
  std::optional<std::string> health;
  std::optional<std::string> tokens_file;
  std::optional<std::size_t> max_strangers_of_address;
  std::vector<std::string> proxies;
  std::string base_path;
  std::optional<std::string> public_path;
  std::int64_t ask_again_after = 0;  // seconds
  std::optional<std::uint64_t> team_rows;
  std::optional<std::uint64_t> team_bytes;
  std::optional<std::uint64_t> team_log_bytes_a_day;
};

struct CompactArguments {
  std::optional<std::int64_t> through;
  std::optional<std::int64_t> keep_days;
  bool vacuum = false;
};

struct TransferArguments {
  std::string from;  // a store's URL; for import a file, or - for standard input
  std::string to;
  bool replace = false;
  std::size_t max_line_bytes = storage::max_line_bytes;
};

enum class Verb { set, remove, inherit };

// members.cpp: lines of help about a kind of row, from its description
[[nodiscard]] std::string new_members(Kind kind);
[[nodiscard]] std::string patchable_members(Kind kind);
[[nodiscard]] std::string filter_fields(Kind kind);

// resource_commands.cpp
[[nodiscard]] Result<void> create(Session& session, Kind kind, std::string const& json);
[[nodiscard]] Result<void> get(Session& session, Kind kind, std::string const& id);
[[nodiscard]] Result<void> list(Session& session, Kind kind, ListArguments const& arguments);
[[nodiscard]] Result<void> update(Session& session, Kind kind, std::string const& id, std::string const& patch,
                                  WriteArguments const& arguments);
[[nodiscard]] Result<void> remove_row(Session& session, Kind kind, std::string const& id,
                                      std::optional<RowVersion> if_version);

// sharing_commands.cpp; the integration and the team are ids or names, no team is the one that the caller acts for
[[nodiscard]] Result<void> ask_for(Session& session, std::string const& integration, std::string const& team);
[[nodiscard]] Result<void> end_installs(Session& session, std::string const& integration, std::string const& reason,
                                        bool is_dry_run);
[[nodiscard]] Result<void> answer_request(Session& session, std::string const& id, GrantStatus status,
                                          std::optional<RowVersion> if_version);

// install_commands.cpp
[[nodiscard]] Result<void> install(Session& session, InstallArguments const& arguments);
[[nodiscard]] Result<void> write_value(Session& session, Verb verb, std::string const& id, std::string const& pointer,
                                       std::string const& value, WriteArguments const& arguments);

// config_commands.cpp; each layer is NAME=JSON
[[nodiscard]] Result<void> config(Session& session, std::string const& id, std::string const& pointer,
                                  std::vector<std::string> const& layers);
[[nodiscard]] Result<void> explain(Session& session, std::string const& id, std::string const& pointer,
                                   std::vector<std::string> const& layers, std::string const& cursor);

// report_command.cpp
[[nodiscard]] Result<void> report(Session& session, ReportArguments const& arguments);

// history_commands.cpp
[[nodiscard]] Result<void> history(Session& session, std::string const& id, std::string const& entity,
                                   std::int64_t after, std::size_t limit);
[[nodiscard]] Result<void> changes(Session& session, std::int64_t after, std::size_t limit);

// json_commands.cpp
[[nodiscard]] Result<void> json_merge(Session& session, std::string const& target, std::string const& patch);
[[nodiscard]] Result<void> json_patch(Session& session, std::string const& target, std::string const& patch);
[[nodiscard]] Result<void> json_diff(Session& session, std::string const& from, std::string const& to, PatchKind kind);

// store_commands.cpp
[[nodiscard]] Result<void> migrate(Session& session);
[[nodiscard]] Result<void> compact(Session& session, CompactArguments const& arguments);
[[nodiscard]] Result<void> version(Session& session);

// transfer_commands.cpp
[[nodiscard]] Result<void> copy(Session& session, TransferArguments const& arguments);
[[nodiscard]] Result<void> export_store(Session& session);
[[nodiscard]] Result<void> import_store(Session& session, TransferArguments const& arguments);

// serve_command.cpp
[[nodiscard]] Result<void> serve(Session& session, ServeArguments const& arguments);

}  // namespace inlay::cli

#endif
