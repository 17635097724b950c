// SPDX-License-Identifier: BSL-1.0
#include "patch.hpp"

#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/ground/internal/joined.hpp>

#include <algorithm>

namespace inlay::rest {
namespace {

/** Refuses an object that has members other than these. */
OrResponse<void> check_members(boost::json::object const& object, std::initializer_list<std::string_view> known) {
  for (auto const& member : object) {
    std::string_view const name(member.key().data(), member.key().size());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return problem(422, Error{.kind = ErrorKind::invalid_argument,
                              .message = "there is no such member here; there are " + detail::joined(known),
                              .pointer = to_string(json::Pointer({std::string(name)}))});
  }
  return {};
}

Response bad_member(std::string_view name, std::string message) {
  return problem(
      422,
      Error{.kind = ErrorKind::invalid_argument, .message = std::move(message), .pointer = "/" + std::string(name)});
}

/** The id in a member; nothing when it is absent or null. */
template <class Entity>
OrResponse<std::optional<Id<Entity>>> read_id(boost::json::object const& object, std::string_view name) {
  auto const* const value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::optional<Id<Entity>>();
  auto const* const text = value->if_string();
  auto const id = text == nullptr ? Result<Id<Entity>>(Error{}) : Id<Entity>::parse({text->data(), text->size()});
  if (!id) return bad_member(name, std::string(name) + " is a UUID");
  return std::optional<Id<Entity>>(*id);
}

Response ask_for(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  auto const object = read_object(exchange);
  if (!object) return object.error();
  if (auto const known = check_members(*object, {"integration_id", "team_id"}); !known) return known.error();
  auto const integration = read_id<Integration>(*object, "integration_id");
  if (!integration) return integration.error();
  if (!*integration) return bad_member("integration_id", "integration_id says what is asked for");
  auto const team = read_id<Team>(*object, "team_id");
  if (!team) return team.error();

  auto const asked = exchange.catalog.ask_for(**integration, *team);
  if (!asked) return refuse(exchange, asked.error(), Situation::content);
  Response response = answer(asked->created ? 201 : 200, version_of(asked->grant), resource_text(asked->grant));
  response.headers.add(asked->created ? "Location" : "Content-Location", location(exchange, asked->grant));
  return response;
}

Response answer_grant(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  auto const id = id_in_path<Grant>(exchange);
  if (!id) return id.error();
  auto const body = read_body(exchange, patch_types().first(2));  // a status is no document to edit
  if (!body) return body.error();
  if (!body->is_object()) return bad_request("a merge patch of a resource is a JSON object");
  boost::json::object const& patch = body->get_object();
  if (auto const known = check_members(patch, {"status"}); !known) return known.error();
  auto const* const status = patch.if_contains("status");
  auto const* const text = status == nullptr ? nullptr : status->if_string();
  auto const answer_given =
      text == nullptr ? std::nullopt : model::enum_from_name<GrantStatus>({text->data(), text->size()});
  if (!answer_given) return bad_member("status", "status is granted, denied or revoked");

  auto const condition = write_condition(exchange, *id);
  if (!condition) return condition.error();
  auto const grant = exchange.catalog.answer(*id, *answer_given, condition->expected);
  if (!grant) return refuse_content(exchange, grant.error());
  return answer(200, version_of(*grant), resource_text(*grant));
}

Response end_installs(Exchange const& exchange) {
  Parameters parameters(exchange.target);
  auto const is_dry_run = parameters.take_flag("dry_run");
  if (!is_dry_run) return is_dry_run.error();
  if (auto const known = parameters.finish(); !known) return known.error();
  auto const id = id_in_path<Integration>(exchange);
  if (!id) return id.error();
  auto const object = read_object(exchange);
  if (!object) return object.error();
  if (auto const known = check_members(*object, {"reason"}); !known) return known.error();
  auto const* const reason = object->if_contains("reason");
  auto const* const text = reason == nullptr ? nullptr : reason->if_string();
  if (text == nullptr) return bad_member("reason", "reason says why, to the teams whose installs are ended");
  auto const ended = exchange.catalog.end(*id, {text->data(), text->size()}, {.dry_run = *is_dry_run});
  if (!ended) return refuse(exchange, ended.error(), Situation::content);
  return answer_json(200, model::form_text(answers::EndedInstalls{ended->count}));
}

constexpr Route routes[] = {
    {"POST", "grant", false, "", &ask_for},
    {"PATCH", "grant", true, "", &answer_grant},
    {"POST", "integration", true, "end", &end_installs},
};

}  // namespace

std::span<Route const> sharing_routes() noexcept { return routes; }

}  // namespace inlay::rest
