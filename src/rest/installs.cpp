// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "patch.hpp"

#include <inlay/page_bytes.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace inlay::rest {
namespace {

/** For what stands around documents. */
constexpr std::size_t room_around = std::size_t{16} << 10U;

Response preview_of(Exchange const& exchange, Id<EnvironmentIntegration> id) {
  auto const updated = apply_patch(exchange, id, true);
  if (!updated) return updated.error();
  std::string body;
  model::write_form(answers::Preview{.resource = [&](std::string& out) { write_resource(updated->resource, out); },
                                     .changed = updated->changed,
                                     .differences = {updated->differences},
                                     .truncated = updated->differences_truncated},
                    body);
  return answer_json(200, std::move(body));
}

/** What is asked of an effective configuration. */
struct ConfigQuestion {
  Id<EnvironmentIntegration> id;
  std::optional<std::string> pointer_text;
  json::Pointer pointer;
  bool is_explained;
  std::optional<ConfigCursor> cursor;
};

Response effective_config_of(Exchange const& exchange, ConfigQuestion const& question) {
  auto const found = exchange.catalog.effective_config(question.id);
  if (!found) return refuse(exchange, found.error(), Situation::request);
  auto const value = found->config.find(question.pointer);
  if (!value && !question.is_explained) {
    return refuse(exchange,
                  Error{.kind = ErrorKind::not_found,
                        .message = "the effective configuration has no value there; explain=true tells why",
                        .pointer = to_string(question.pointer)},
                  Situation::request);
  }

  // Before anything is written: a cursor may be of a configuration that is gone.
  auto const explanation = question.cursor         ? found->config.explain(question.pointer, *question.cursor)
                           : question.is_explained ? Result<Explanation>(found->config.explain(question.pointer))
                                                   : Result<Explanation>(Explanation{});
  if (!explanation) return refuse(exchange, explanation.error(), Situation::request);

  ConfigExplanation page;
  if (question.is_explained) {
    page = {answers::Leaves{explanation->leaves}, answers::next_cursor_of(*explanation)};
  }
  model::JsonWriter const write_value = [&](std::string& out) { value->write(out); };
  std::string body;
  if (question.pointer_text) {
    model::write_form(EffectiveConfigValue{.origin = {ConfigOrigin::of(*found)},
                                           .pointer = *question.pointer_text,
                                           .value = value ? std::optional(write_value) : std::nullopt,
                                           .explanation = {page}},
                      body);
  } else {
    model::write_form(
        EffectiveConfigWhole{.origin = {ConfigOrigin::of(*found)}, .config = write_value, .explanation = {page}}, body);
  }
  Response response = answer_get(exchange, RowVersion::of(*found), std::move(body));
  if (explanation->next && response.status == 200) {
    std::string const here = *exchange.options.public_path + collection_path<EnvironmentIntegration>() + '/' +
                             to_string(found->id) + "/config";
    response.headers.add("Link",
                         '<' + exchange.target.next_page(here, to_string(*explanation->next)) + R"(>; rel="next")");
  }
  return response;
}

Response install(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  auto const object = read_object(exchange);
  if (!object) return object.error();
  auto row = model::read_new<EnvironmentIntegration>(*object, exchange.catalog.options().limits);
  if (!row) return refuse(exchange, row.error(), Situation::content);
  auto const installed = exchange.catalog.install(std::move(*row));
  if (!installed) return refuse(exchange, installed.error(), Situation::content);
  Response response =
      answer(installed->created ? 201 : 200, version_of(installed->resource), resource_text(installed->resource));
  response.headers.add(installed->created ? "Location" : "Content-Location",
                       location(exchange, installed->resource.install));
  return response;
}

Response preview(Exchange const& exchange) {
  auto const id = id_in_path<EnvironmentIntegration>(exchange);
  if (!id) return id.error();
  // The resource and a page of differences.
  return answer_in_room(exchange, room_around + room_for_documents(exchange, 1, 2) + max_page_bytes,
                        [&] { return preview_of(exchange, *id); });
}

Response effective_config(Exchange const& exchange) {
  Parameters parameters(exchange.target);
  auto pointer_text = parameters.take("pointer");
  if (!pointer_text) return pointer_text.error();
  auto const is_explained = parameters.take_flag("explain");
  if (!is_explained) return is_explained.error();
  auto const cursor_text = parameters.take("next_cursor");
  if (!cursor_text) return cursor_text.error();
  if (auto const known = parameters.finish(); !known) return known.error();
  if (*cursor_text && !*is_explained) return bad_request("next_cursor goes with explain=true");
  std::optional<ConfigCursor> cursor;
  if (*cursor_text) {
    auto const parsed = parse_config_cursor(**cursor_text);
    if (!parsed) return refuse(exchange, parsed.error(), Situation::request);
    cursor = *parsed;
  }
  auto const pointer = json::Pointer::parse(pointer_text->value_or(""));
  if (!pointer) return refuse(exchange, pointer.error(), Situation::request);
  auto const id = id_in_path<EnvironmentIntegration>(exchange);
  if (!id) return id.error();

  ConfigQuestion const question{*id, std::move(*pointer_text), *pointer, *is_explained, cursor};
  std::size_t const room = room_around + room_for_documents(exchange, 1, 2) + (*is_explained ? max_page_bytes : 0);
  return answer_in_room(exchange, room, [&] { return effective_config_of(exchange, question); });
}

constexpr Route routes[] = {
    {"POST", "environment-integration", false, "", &install},
    {"GET", "environment-integration", true, "config", &effective_config},
    {"POST", "environment-integration", true, "preview", &preview},
};

}  // namespace

std::span<Route const> install_routes() noexcept { return routes; }

std::span<std::string_view const> patch_types() noexcept {
  static constexpr std::array<std::string_view, 3> types{merge_patch_type, json_type, json_patch_type};
  return types;
}

Response precondition_required() {
  return problem(428, Error{.kind = ErrorKind::invalid_argument,
                            .message = "this can undo somebody else's write: say If-Match with the ETag that you have "
                                       "seen, or If-Match: * to do it whatever is there"});
}

}  // namespace inlay::rest
