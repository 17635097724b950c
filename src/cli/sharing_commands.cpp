// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "resources.hpp"

#include <inlay/catalog/internal/answer_json.hpp>

namespace inlay::cli {
namespace {

struct AskArguments {
  std::string integration;  // id or name
  std::string team;         // id or name; empty: the one that the caller acts for
};

struct EndArguments {
  std::string integration;  // id or name
  std::string reason;
  bool dry_run = false;
};

struct AnswerArguments {
  std::string id;
  WriteArguments write;
};

Result<void> ask_for(Session& session, AskArguments const& arguments) {
  if (arguments.team.empty() && session.options.team.empty()) {
    throw UsageError("--team is required: the team that asks");
  }
  if (auto const checked = check_row<Integration>(arguments.integration); checked.has_error()) return checked.error();
  if (!arguments.team.empty()) {
    if (auto const checked = check_row<Team>(arguments.team); checked.has_error()) return checked.error();
  }
  auto const catalog = session.open();
  if (catalog.has_error()) return catalog.error();
  auto const integration_id = find_row<Integration>(session, *catalog, arguments.integration, Access::write);
  if (integration_id.has_error()) return integration_id.error();
  std::optional<Id<Team>> asking;
  if (!arguments.team.empty()) {
    auto const team_id = find_row<Team>(session, *catalog, arguments.team, Access::write);
    if (team_id.has_error()) return team_id.error();
    asking = *team_id;
  }
  auto const asked = catalog->ask_for(*integration_id, asking);
  if (asked.has_error()) return asked.error();
  session.output.note_write();
  return answer_resource(session.output, asked->grant);
}

Result<void> answer_request(Session& session, std::string const& id, GrantStatus status,
                            std::optional<RowVersion> if_version) {
  auto const open = open_row<Grant>(session, id, Access::write);
  if (open.has_error()) return open.error();
  auto const grant = open->catalog.answer(open->id, status, if_version);
  if (grant.has_error()) return grant.error();
  session.output.note_write();
  return answer_resource(session.output, *grant);
}

Result<void> end_installs(Session& session, EndArguments const& arguments) {
  bool const is_dry_run = arguments.dry_run;
  auto const open = open_row<Integration>(session, arguments.integration, is_dry_run ? Access::read : Access::write);
  if (open.has_error()) return open.error();
  auto const ended = open->catalog.end(open->id, arguments.reason, {.dry_run = is_dry_run});
  if (ended.has_error()) return ended.error();
  if (!is_dry_run && ended->count > 0) session.output.note_write();
  std::string const count = std::to_string(ended->count);
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(answers::EndedInstalls{ended->count}));
  } else {
    session.output.add_text("Installs of other teams that " + std::string(is_dry_run ? "would be" : "were") +
                            " ended: " + count + "\n");
  }
  return {};
}

CommandRow answer_command(std::string const& name, std::string help, GrantStatus status) {
  return {.name = "sharing " + name,
          .group = groups::of_family,
          .help = std::move(help),
          .example = "sharing " + name + " ID",
          .declare = declares<AnswerArguments>(
              [](Parameters& command, AnswerArguments& into) {
                add_row(command, into.id, Kind::grant).required();
                add_if_version(command, into.write);
              },
              [status](Session& session, AnswerArguments const& arguments) {
                return answer_request(session, arguments.id, status, arguments.write.if_version);
              })};
}

}  // namespace

CommandRows sharing_commands() {
  return {{.name = "sharing",
           .group = groups::catalogue,
           .help = "Ask to install other teams' integrations, and answer",
           .example = "sharing ask --integration zendesk --team Acme"},
          {.name = "sharing ask",
           .group = groups::of_family,
           .help = "Ask on behalf of a team for an integration whose sharing is ask",
           .example = "sharing ask --integration zendesk --team Acme",
           .declare = declares<AskArguments>(
               [](Parameters& command, AskArguments& into) {
                 add_named(command, "--integration", into.integration, Kind::integration).required();
                 add_named(
                     command, "--team", into.team, Kind::team,
                     "The id of the team that asks, or its name if only one has it (required, unless --team stands\n"
                     "before the command)");
               },
               ask_for)},
          list_command(Kind::grant, "sharing list", "List requests and their answers", "sharing list status=pending"),
          get_command(Kind::grant, "sharing get", "Show a request"),
          answer_command("grant", "Let the team install the integration", GrantStatus::granted),
          answer_command("deny", "Refuse a request that is pending", GrantStatus::denied),
          answer_command("revoke", "Take a grant back; what is installed stays", GrantStatus::revoked),
          {.name = "end",
           .group = groups::catalogue,
           .help = "End the installs that other teams have of an integration, for its owner",
           .example = "end --integration zendesk \"the API is switched off on 1 March\"",
           .declare = declares<EndArguments>(
               [](Parameters& command, EndArguments& into) {
                 add_named(command, "--integration", into.integration, Kind::integration).required();
                 command.add("REASON", into.reason, "Why, for the teams that have it installed")
                     .required()
                     .check(not_empty);
                 command.add_flag("--dry-run", into.dry_run, "Say how many there are, and end none");
               },
               end_installs)}};
}

}  // namespace inlay::cli
