// SPDX-License-Identifier: BSL-1.0
#include "media.hpp"
#include "operations.hpp"
#include "patch.hpp"
#include "representation.hpp"

#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/storage/query.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace inlay::rest {
namespace {

/** What a list of an entity's resources consists of, and the fields that it can be filtered by. */
template <class Entity>
struct ListOf;
template <>
struct ListOf<EnvironmentIntegration> {
  using Item = InstalledIntegration;
  static constexpr std::array<std::string_view, 9> filters{
      "integration_id",       "environment_id",        "show_in_catalog",  "is_enabled",           "integration.name",
      "integration.category", "integration.team.name", "environment.name", "environment.team.name"};
};
template <>
struct ListOf<Integration> {
  using Item = OwnedIntegration;
  static constexpr std::array<std::string_view, 6> filters{"name",    "category", "sharing",
                                                           "is_beta", "team_id",  "team.name"};
};
template <>
struct ListOf<Environment> {
  using Item = Environment;
  static constexpr std::array<std::string_view, 3> filters{"team_id", "name", "team.name"};
};
template <>
struct ListOf<Team> {
  using Item = Team;
  static constexpr std::array<std::string_view, 2> filters{"name", "domain"};
};
template <>
struct ListOf<Grant> {
  using Item = Grant;
  static constexpr std::array<std::string_view, 3> filters{"integration_id", "team_id", "status"};
};

template <class Entity>
constexpr bool has_nested_config = std::is_same_v<Entity, EnvironmentIntegration>;

/** The document that the list's own rows have; empty where they have none. */
template <class Entity>
constexpr std::string_view own_document = [] {
  for (model::Field const& field : model::fields<Entity>) {
    if (field.type == model::FieldType::document) return field.name;
  }
  return std::string_view();
}();

template <class Entity>
std::string list_parameters() {
  std::string names = "limit, next_cursor";
  if (!own_document<Entity>.empty()) names += ", exclude";
  if (has_nested_config<Entity>) names += ", expand";
  for (std::string_view const filter : ListOf<Entity>::filters) names.append(", ").append(filter);
  return names;
}

OrResponse<std::size_t> take_limit(Parameters& parameters, std::size_t standard, std::size_t max) {
  auto const text = parameters.take("limit");
  if (!text) return text.error();
  std::size_t limit = standard;
  if (!*text) return OrResponse<std::size_t>(boost::system::in_place_value, limit);
  char const* const last = (*text)->data() + (*text)->size();
  auto const [end, failure] = std::from_chars((*text)->data(), last, limit);
  if (failure != std::errc() || end != last || limit < 1 || limit > max) {
    return bad_request("limit is a number from 1 to " + std::to_string(max));
  }
  return OrResponse<std::size_t>(boost::system::in_place_value, limit);
}

template <class Entity>
OrResponse<Query<typename ListOf<Entity>::Item>> read_query(Exchange const& exchange) {
  using Item = typename ListOf<Entity>::Item;
  Parameters parameters(exchange.target);
  Query<Item> query;
  query.with_nested_documents = !has_nested_config<Entity>;

  auto const limit = take_limit(parameters, query.limit, Query<Item>::max_limit);
  if (!limit) return limit.error();
  query.limit = *limit;

  auto const cursor_text = parameters.take("next_cursor");
  if (!cursor_text) return cursor_text.error();
  if (*cursor_text) {
    auto const cursor = unseal(**cursor_text, Entity::entity_name, exchange.cursor_key);
    if (!cursor) return refuse(exchange, cursor.error(), Situation::request);
    query.after = *cursor;
  }

  if constexpr (!own_document<Entity>.empty()) {
    auto const exclude = parameters.take("exclude");
    if (!exclude) return exclude.error();
    if (*exclude && **exclude != own_document<Entity>) {
      return bad_request("exclude takes " + std::string(own_document<Entity>));
    }
    query.with_documents = !exclude->has_value();
  }

  if constexpr (has_nested_config<Entity>) {
    auto const expand = parameters.take("expand");
    if (!expand) return expand.error();
    if (*expand && **expand != "integration.config") return bad_request("expand takes integration.config");
    query.with_nested_documents = expand->has_value();
  }

  auto const& filters = ListOf<Entity>::filters;
  for (auto const& [name, value] : parameters.rest()) {
    std::string_view const field = std::string_view(name).substr(0, name.find('['));
    if (std::find(filters.begin(), filters.end(), field) == filters.end()) {
      return unknown_parameter(name, list_parameters<Entity>());
    }
    auto condition = parse_condition<Item>(name + '=' + value);
    if (!condition) return refuse(exchange, condition.error(), Situation::request);
    // All parameters hold together, so that this could only be an empty list: whoever asks means one or the other.
    bool const is_contradiction =
        condition->op == Operator::eq && std::any_of(query.where.begin(), query.where.end(), [&](auto const& other) {
          return other.op == Operator::eq && other.field == condition->field && other.values != condition->values;
        });
    if (is_contradiction) {
      return bad_request("the query parameter " + std::string(field) + " has two values, and no row has both; write " +
                         std::string(field) + "[in]=one,other for either");
    }
    query.where.push_back(std::move(*condition));
  }
  return query;
}

/** How many bytes a row of a list may come to in JSON, without its documents. */
template <class Item>
constexpr std::size_t most_of_row = []<std::size_t... part>(std::index_sequence<part...>) {
  std::size_t bytes = 0;
  auto const add_fields = [&](auto const& fields) {
    for (model::Field const& field : fields) {
      // 255 characters of at most four bytes, and of two where they are escaped; the rest is shorter than that.
      bool const has_text = field.type == model::FieldType::text || field.type == model::FieldType::ended;
      bytes += field.name.size() + (has_text ? 1'100 : 48);
    }
  };
  (add_fields(model::fields<model::Part<Item, part>>), ...);
  return bytes + 64;
}
(std::make_index_sequence<model::part_count<Item>>{});

/** How many bytes a list may come to, by how many rows were asked for and with which documents. */
template <class Item>
std::size_t most_of_list(Exchange const& exchange, Query<Item> const& query) {
  std::size_t documents = 0;
  [&]<std::size_t... part>(std::index_sequence<part...>) {
    ((documents += !own_document<model::Part<Item, part>>.empty() && query.brings_documents(part) ? 1U : 0U), ...);
  }
  (std::make_index_sequence<model::part_count<Item>>{});
  return query.limit * most_of_row<Item> + room_for_documents(exchange, query.limit, documents);
}

template <class Entity>
Response list_page(Exchange const& exchange, Query<typename ListOf<Entity>::Item> const& query) {
  using Item = typename ListOf<Entity>::Item;
  auto const page = exchange.catalog.template list<Item>(query);
  if (!page) return refuse(exchange, page.error(), Situation::request);

  std::optional<std::string> cursor;
  if (page->next) cursor = seal(*page->next, Entity::entity_name, exchange.cursor_key);
  auto const write_items = [&](std::string& out) {
    model::write_list(page->items, out, [&](Item const& item, std::string& to) {
      write_resource(item, to, query.with_nested_documents);
    });
  };
  std::string body;
  model::write_form(answers::Page{.result = write_items, .next_cursor = {cursor}, .limit = query.limit}, body);

  Response response = answer_json(200, std::move(body));
  response.headers.add("Cache-Control", "private, no-cache");
  if (cursor) {
    std::string const next =
        exchange.target.next_page(*exchange.options.public_path + collection_path<Entity>(), *cursor);
    response.headers.add("Link", '<' + next + R"(>; rel="next")");
  }
  return response;
}

template <class Entity>
Response list_rows(Exchange const& exchange) {
  auto const query = read_query<Entity>(exchange);
  if (!query) return query.error();
  return answer_in_room(exchange, most_of_list(exchange, *query), [&] { return list_page<Entity>(exchange, *query); });
}

template <class Entity>
Response get_row(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  auto const id = id_in_path<Entity>(exchange);
  if (!id) return id.error();
  auto const found = exchange.catalog.get(*id);
  if (!found) return refuse(exchange, found.error(), Situation::request);
  return answer_get(exchange, version_of(*found), resource_text(*found));
}

template <class Entity>
Response create_row(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  auto const object = read_object(exchange);
  if (!object) return object.error();
  auto const created = exchange.catalog.template create_from<Entity>(*object);
  if (!created) return refuse(exchange, created.error(), Situation::content);
  Response response = answer(201, version_of(*created), resource_text(*created));
  response.headers.add("Location", location(exchange, model::part_of<0>(*created)));
  return response;
}

template <class Entity>
Response update_row(Exchange const& exchange) {
  auto const id = id_in_path<Entity>(exchange);
  if (!id) return id.error();
  auto const updated = apply_patch(exchange, *id, false);
  if (!updated) return updated.error();
  return answer(200, version_of(updated->resource), resource_text(updated->resource));
}

template <class Entity>
Response remove_row(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  auto const id = id_in_path<Entity>(exchange);
  if (!id) return id.error();
  auto const condition = write_condition(exchange, *id);
  if (!condition) return condition.error();
  auto const removed = [&] {
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      return exchange.catalog.uninstall(*id, condition->expected);
    } else {
      return exchange.catalog.remove(*id, condition->expected);
    }
  }();
  if (!removed) return refuse_content(exchange, removed.error());
  return answer_json(200, model::form_text(answers::Removed{id->uuid}));
}

constexpr Route routes[] = {
    {"GET", "environment-integration", false, "", &list_rows<EnvironmentIntegration>},
    {"GET", "environment-integration", true, "", &get_row<EnvironmentIntegration>},
    {"PATCH", "environment-integration", true, "", &update_row<EnvironmentIntegration>},
    {"DELETE", "environment-integration", true, "", &remove_row<EnvironmentIntegration>},

    {"GET", "integration", false, "", &list_rows<Integration>},
    {"POST", "integration", false, "", &create_row<Integration>},
    {"GET", "integration", true, "", &get_row<Integration>},
    {"PATCH", "integration", true, "", &update_row<Integration>},
    {"DELETE", "integration", true, "", &remove_row<Integration>},

    {"GET", "environment", false, "", &list_rows<Environment>},
    {"POST", "environment", false, "", &create_row<Environment>},
    {"GET", "environment", true, "", &get_row<Environment>},
    {"PATCH", "environment", true, "", &update_row<Environment>},
    {"DELETE", "environment", true, "", &remove_row<Environment>},

    {"GET", "team", false, "", &list_rows<Team>},
    {"POST", "team", false, "", &create_row<Team>},
    {"GET", "team", true, "", &get_row<Team>},
    {"PATCH", "team", true, "", &update_row<Team>},
    {"DELETE", "team", true, "", &remove_row<Team>},

    {"GET", "grant", false, "", &list_rows<Grant>},
    {"GET", "grant", true, "", &get_row<Grant>},
};

}  // namespace

std::span<Route const> row_routes() noexcept { return routes; }

}  // namespace inlay::rest
