// SPDX-License-Identifier: BSL-1.0
#include "patch.hpp"

#include <inlay/json/print.hpp>
#include <inlay/page_bytes.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace inlay::rest {
namespace {

void append_text(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  json::print_string(value, out);
}

void append_json(std::string& out, std::string_view name, std::string_view json) {
  out.append(",\"").append(name).append("\":").append(json);
}

/** {"layer": name, "value": …} or {"layer": name, "removed": true}, without the closing brace. */
void append_contribution(std::string& out, Contribution const& contribution) {
  append_text(out, "layer", contribution.layer);
  append_json(out, contribution.json ? "value" : "removed", contribution.json.value_or("true"));
}

void append_leaf(std::string& out, LeafOrigin const& leaf) {
  out += R"({"pointer":)";
  json::print_string(leaf.pointer, out);
  append_contribution(out, leaf.winner);
  out += R"(,"shadows":[)";
  for (std::size_t i = 0; i < leaf.shadowed.size(); ++i) {
    std::string contribution;
    append_contribution(contribution, leaf.shadowed[i]);
    contribution.front() = '{';
    out.append(i == 0 ? "" : ",").append(contribution).append(1, '}');
  }
  out += "]}";
}

std::string text_of(bool value) { return value ? "true" : "false"; }

/** For what stands around documents. */
constexpr std::size_t room_around = std::size_t{16} << 10U;

Response preview_of(Exchange const& exchange, Id<EnvironmentIntegration> id) {
  auto const updated = apply_patch(exchange, id, true);
  if (!updated) return updated.error();
  std::string body = R"({"resource":)";
  write_resource(updated->resource, body);
  append_json(body, "changed", text_of(updated->changed));
  body += R"(,"differences":[)";
  bool is_first = true;
  for (ConfigDifference const& difference : updated->differences) {
    body += is_first ? R"({"pointer":)" : R"(,{"pointer":)";
    is_first = false;
    json::print_string(difference.pointer, body);
    if (difference.before) append_json(body, "before", *difference.before);
    if (difference.after) append_json(body, "after", *difference.after);
    body += '}';
  }
  body += ']';
  append_json(body, "truncated", text_of(updated->differences_truncated));
  return answer_json(200, body + '}');
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

  std::string body = R"({"id":")" + to_string(found->id) + '"';
  append_text(body, "integration_name", found->integration_name);
  append_json(body, "is_enabled", text_of(found->is_enabled));
  append_json(body, "show_in_catalog", text_of(found->show_in_catalog));
  append_json(body, "version", std::to_string(found->version.value));
  append_text(body, "birth", to_string(found->birth));
  append_json(body, "integration_version", std::to_string(found->integration_version.value));
  append_text(body, "integration_birth", to_string(found->integration_birth));
  if (question.pointer_text) append_text(body, "pointer", *question.pointer_text);
  if (value) {
    body += question.pointer_text ? R"(,"value":)" : R"(,"config":)";
    value->write(body);
  }
  std::string const next = explanation->next ? to_string(*explanation->next) : std::string();
  if (question.is_explained) {
    body += R"(,"explanation":[)";
    for (std::size_t i = 0; i < explanation->leaves.size(); ++i) {
      if (i > 0) body += ',';
      append_leaf(body, explanation->leaves[i]);
    }
    body += ']';
    append_json(body, "next_cursor", next.empty() ? "null" : '"' + next + '"');
  }
  Response response = answer_get(exchange, RowVersion::of(*found), body + '}');
  if (!next.empty() && response.status == 200) {
    std::string const here = *exchange.options.public_path + collection_path<EnvironmentIntegration>() + '/' +
                             to_string(found->id) + "/config";
    response.headers.add("Link", '<' + exchange.target.next_page(here, next) + R"(>; rel="next")");
  }
  return response;
}

}  // namespace

std::span<std::string_view const> patch_types() noexcept {
  static constexpr std::array<std::string_view, 3> types{merge_patch_type, json_type, json_patch_type};
  return types;
}

Response precondition_required() {
  return problem(428, Error{.kind = ErrorKind::invalid_argument,
                            .message = "this can undo somebody else's write: say If-Match with the ETag that you have "
                                       "seen, or If-Match: * to do it whatever is there"});
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

}  // namespace inlay::rest
