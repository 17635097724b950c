// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "input.hpp"

namespace inlay::cli {

Result<void> ask_for(Session& session, std::string const& integration, std::string const& team) {
  if (team.empty() && session.options.team.empty()) {
    throw UsageError("--team is required: the team that asks");
  }
  auto const catalog = session.open();
  if (catalog.has_error()) return catalog.error();
  auto const integration_id = resolve<Integration>(*catalog, integration);
  if (integration_id.has_error()) return integration_id.error();
  std::optional<Id<Team>> asking;
  if (!team.empty()) {
    auto const team_id = resolve<Team>(*catalog, team);
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
  auto const parsed = parse_id<Grant>(id);
  if (parsed.has_error()) return parsed.error();
  auto const catalog = session.open();
  if (catalog.has_error()) return catalog.error();
  auto const grant = catalog->answer(*parsed, status, if_version);
  if (grant.has_error()) return grant.error();
  session.output.note_write();
  return answer_resource(session.output, *grant);
}

Result<void> end_installs(Session& session, std::string const& integration, std::string const& reason,
                          bool is_dry_run) {
  auto const catalog = session.open(is_dry_run ? Access::read : Access::write);
  if (catalog.has_error()) return catalog.error();
  auto const id = resolve<Integration>(*catalog, integration);
  if (id.has_error()) return id.error();
  auto const ended = catalog->end(*id, reason, {.dry_run = is_dry_run});
  if (ended.has_error()) return ended.error();
  if (!is_dry_run && ended->count > 0) session.output.note_write();
  std::string const count = std::to_string(ended->count);
  if (session.output.is_json()) {
    session.output.add_json(R"({"ended":)" + count + '}');
  } else {
    session.output.add_text("Installs of other teams that " + std::string(is_dry_run ? "would be" : "were") +
                            " ended: " + count + "\n");
  }
  return {};
}

}  // namespace inlay::cli
