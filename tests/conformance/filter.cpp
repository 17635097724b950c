// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <algorithm>

namespace inlay::conformance {

namespace {

/** One field to filter by, and its value in each of the rows. */
struct Filterable {
  std::string path{};
  model::Field field{};
  std::vector<std::optional<FieldValue>> values{};  ///< as many as there are rows
};

/** Part `index` of what a readable can be filtered by: of itself, or else as the store has it. */
template <std::size_t index, class Readable>
model::FilterPart<Readable, index> filter_part(Store const& store, Readable const& row) {
  if constexpr (index < model::part_count<Readable>) {
    return model::part_of<index>(row);
  } else {
    constexpr std::size_t parent = model::filter_parent<Readable, index>;
    auto const referrer = filter_part<parent>(store, row);
    auto const id = value_of(referrer, model::filter_reference<Readable, index>.member);
    return store.read<model::FilterPart<Readable, index>>({std::get<Uuid>(id.value())});
  }
}

/** Every field of a readable, filterable or not, with its values in these rows. */
template <class Readable>
std::vector<Filterable> fields_of(Store const& store, std::vector<Readable> const& rows) {
  std::vector<Filterable> all;
  auto const add_part = [&]<std::size_t index>(std::integral_constant<std::size_t, index>) {
    using Entity = model::FilterPart<Readable, index>;
    std::vector<Entity> parts;
    for (Readable const& row : rows) parts.push_back(filter_part<index>(store, row));
    for (model::Field const& field : model::fields<Entity>) {
      std::string_view const part = model::filter_name<Readable, index>;
      Filterable one{.path = part.empty() ? std::string(field.name) : std::string(part) + "." + std::string(field.name),
                     .field = field};
      for (Entity const& row : parts) one.values.push_back(value_of(row, field.name));
      all.push_back(std::move(one));
    }
  };
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    (add_part(std::integral_constant<std::size_t, index>{}), ...);
  }
  (std::make_index_sequence<model::filter_part_count<Readable>>{});
  return all;
}

/** Rows of every kind whose values partly agree: several commits, several versions, some optional members absent. */
template <class Readable>
std::vector<Readable> fill(Store const& store) {
  using Root = model::Root<Readable>;
  for (std::size_t number = 0; number < 9; ++number) {
    std::vector<Change> changes;
    add_sample<Root>(changes, number % 5);
    add_sample<Root>(changes, number % 4);
    store.commit(commit_of(std::move(changes)));
  }
  auto const rows = store.all<Root>();
  for (std::size_t i = 0; i < rows.size(); i += 3) {
    Root const once = store.update(rows[i], rewritten(rows[i], i % 7));
    if (i % 2 == 0) store.update(once, once);
  }
  return store.all<Readable>();
}

/** Values to compare with: those of the rows, and some beside them. */
std::vector<FieldValue> probes(Filterable const& filterable) {
  std::vector<FieldValue> found;
  for (auto const& value : filterable.values) {
    if (value && found.size() < 3 && std::find(found.begin(), found.end(), *value) == found.end()) {
      found.push_back(*value);
    }
  }
  if (filterable.field.type == model::FieldType::boolean) return {FieldValue{false}, FieldValue{true}};
  if (filterable.field.type == model::FieldType::id) found.push_back(FieldValue{scattered_uuid()});
  if (filterable.field.type == model::FieldType::text && !found.empty()) {
    auto const text = std::get<std::string>(found.front());
    for (std::string const& near : {text + " ", text.substr(0, text.size() - 1), std::string(), std::string("%"),
                                    std::string("'; drop table inlay_team; --"), std::string("\xF4\x8F\xBF\xBF")}) {
      found.push_back(FieldValue{near});
    }
  }
  return found;
}

template <class Readable>
std::vector<Uuid> expected(std::vector<Readable> const& rows, std::vector<Filterable> const& fields,
                           std::vector<Condition> const& where) {
  std::vector<Uuid> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool const is_met = std::all_of(where.begin(), where.end(), [&](Condition const& condition) {
      auto const field = std::find_if(fields.begin(), fields.end(),
                                      [&](Filterable const& one) { return one.path == condition.field; });
      return holds(condition, field->values[i]);
    });
    if (is_met) ids.push_back(model::part_of<0>(rows[i]).id.uuid);
  }
  return ids;
}

template <class Readable>
std::vector<Uuid> listed(Store const& store, std::vector<Condition> const& where, std::size_t limit = 1'000) {
  std::vector<Uuid> ids;
  for (Readable const& row : walk(*store, Query<Readable>{.where = where, .limit = limit})) {
    ids.push_back(model::part_of<0>(row).id.uuid);
  }
  return ids;
}

std::string shown(std::vector<Condition> const& where) {
  std::string text;
  for (Condition const& condition : where) {
    text += condition.field + "[" + boost::describe::enum_to_string(condition.op, "?") + "] ";
    for (FieldValue const& value : condition.values) {
      if (auto const* chars = std::get_if<std::string>(&value)) text += "'" + *chars + "' ";
      if (auto const* number = std::get_if<std::int64_t>(&value)) text += std::to_string(*number) + " ";
      if (auto const* truth = std::get_if<bool>(&value)) text += *truth ? "true " : "false ";
      if (auto const* uuid = std::get_if<Uuid>(&value)) text += to_string(*uuid) + " ";
    }
  }
  return text;
}

constexpr Operator single_operators[] = {Operator::eq,  Operator::ne, Operator::lt,
                                         Operator::lte, Operator::gt, Operator::gte};

}  // namespace

TEST_CASE("every operator on every field picks exactly the rows for which it holds", "[filter]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    auto const rows = fill<Readable>(store);
    auto const fields = fields_of(store, rows);
    REQUIRE(rows.size() == 18);
    for (Filterable const& filterable : fields) {
      if (!filterable.field.is_filterable()) continue;
      for (FieldValue const& probe : probes(filterable)) {
        for (Operator const op : single_operators) {
          std::vector<Condition> const where{{filterable.path, op, {probe}}};
          INFO(shown(where));
          CHECK(listed<Readable>(store, where) == expected(rows, fields, where));
        }
      }
    }
  });
}

TEST_CASE("in takes one value or many, and none match nothing", "[filter]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    auto const rows = fill<Readable>(store);
    auto const fields = fields_of(store, rows);
    for (Filterable const& filterable : fields) {
      if (!filterable.field.is_filterable()) continue;
      std::vector<FieldValue> values = probes(filterable);
      for (std::size_t count = 0; count <= values.size(); ++count) {
        std::vector<Condition> const where{
            {filterable.path, Operator::in, {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)}}};
        INFO(shown(where));
        CHECK(listed<Readable>(store, where) == expected(rows, fields, where));
      }
    }
  });
}

TEST_CASE("in takes a thousand values and the same one twice", "[filter]") {
  Store const store;
  auto const rows = fill<Team>(store);
  std::vector<FieldValue> ids;
  for (std::size_t i = 0; i < 1'000; ++i) ids.push_back(scattered_uuid());
  ids[7] = rows[3].id.uuid;
  ids[500] = rows[1].id.uuid;
  ids[900] = rows[3].id.uuid;
  CHECK(listed<Team>(store, {{"id", Operator::in, ids}}) == std::vector{rows[1].id.uuid, rows[3].id.uuid});
}

TEST_CASE("all conditions must hold, several on one field too", "[filter]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    auto const rows = fill<Readable>(store);
    auto const fields = fields_of(store, rows);
    std::int64_t const middle = model::part_of<0>(rows[8]).created_at.microseconds;
    std::vector<Condition> const range{
        {"created_at", Operator::gt, {model::part_of<0>(rows[2]).created_at.microseconds}},
        {"created_at", Operator::lte, {middle}}};
    CHECK(listed<Readable>(store, range) == expected(rows, fields, range));
    for (Filterable const& filterable : fields) {
      if (!filterable.field.is_filterable()) continue;
      auto where = range;
      where.push_back({filterable.path, Operator::ne, {probes(filterable).front()}});
      INFO(shown(where));
      CHECK(listed<Readable>(store, where) == expected(rows, fields, where));
    }
    std::vector<Condition> const contradiction{{"created_at", Operator::lt, {middle}},
                                               {"created_at", Operator::gt, {middle}}};
    CHECK(listed<Readable>(store, contradiction).empty());
  });
}

TEST_CASE("pages of a filtered list make up the whole of it", "[filter]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    auto const rows = fill<Readable>(store);
    auto const fields = fields_of(store, rows);
    for (Filterable const& filterable : fields) {
      if (!filterable.field.is_filterable()) continue;
      std::vector<Condition> const where{{filterable.path, Operator::gte, {probes(filterable).front()}}};
      INFO(shown(where));
      for (std::size_t const limit : {std::size_t{1}, std::size_t{4}}) {
        CHECK(listed<Readable>(store, where, limit) == expected(rows, fields, where));
      }
    }
  });
}

TEST_CASE("only ne holds for an absent value", "[filter]") {
  Store const store;
  Integration absent = store.insert_sample<Integration>(0);
  Integration other = absent;
  other.category = std::nullopt;
  absent = store.update(absent, other);
  for (std::string const value : {"", "crm"}) {
    for (Operator const op : single_operators) {
      std::vector<Condition> const where{{"category", op, {value}}};
      INFO(shown(where));
      auto const ids = listed<Integration>(store, where);
      CHECK(std::count(ids.begin(), ids.end(), absent.id.uuid) == (op == Operator::ne ? 1 : 0));
    }
  }
}

TEST_CASE("a list takes a hundred conditions and ten thousand values, and refuses more", "[filter]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    store.insert_sample<model::Root<Readable>>(0);
    auto const with = [&](std::size_t conditions, std::size_t values) {
      Query<Readable> query;
      query.where.assign(conditions - 1, {"created_at", Operator::gt, {std::int64_t{0}}});
      std::vector<FieldValue> const all(values - (conditions - 1), std::int64_t{1});
      query.where.push_back({"version", Operator::in, all});
      return store->list(query);
    };
    CHECK(must(with(100, 10'000)).items.size() == 1);
    CHECK(error_of(with(101, 200)).kind == ErrorKind::invalid_argument);
    CHECK(error_of(with(2, 10'001)).kind == ErrorKind::invalid_argument);
  });
}

TEST_CASE("a list takes ten thousand names of the rows beside what it lists", "[filter]") {
  Store const store;
  auto const install = store.insert_sample<EnvironmentIntegration>(0);
  std::vector<FieldValue> names;
  for (int number = 0; number < 9'999; ++number) names.emplace_back("nobody's " + std::to_string(number));
  names.emplace_back(store.read<Environment>(install.environment_id).name);
  Query<InstalledIntegration> const query{.where = {{"environment.name", Operator::in, names}}};
  CHECK(must(store->list(query)).items.size() == 1);
}

TEST_CASE("a filter that check_condition refuses is refused with invalid_argument", "[filter]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    auto const rows = fill<Readable>(store);
    auto const fields = fields_of(store, rows);
    std::vector<Condition> bad{{"", Operator::eq, {std::string("x")}},
                               {"nobody_has_this", Operator::eq, {std::string("x")}},
                               {"id; drop table inlay_team", Operator::eq, {std::string("x")}},
                               {"nobody.id", Operator::eq, {scattered_uuid()}},
                               {"id", Operator::eq, {}},
                               {"id", Operator::eq, {scattered_uuid(), scattered_uuid()}},
                               {"id", Operator::eq, {std::string("no uuid")}},
                               {"id", Operator::in, {scattered_uuid(), true}}};
    for (Filterable const& filterable : fields) {
      if (!filterable.field.is_filterable()) {
        bad.push_back({filterable.path, Operator::eq, {std::string("{}")}});
        bad.push_back({filterable.path, Operator::eq, {std::int64_t{1}}});
        continue;
      }
      bad.push_back({filterable.path, Operator::lt, {}});
      FieldValue const right = probes(filterable).front();
      for (FieldValue const& wrong : {FieldValue{true}, FieldValue{std::int64_t{1}}, FieldValue{std::string("x")},
                                      FieldValue{scattered_uuid()}}) {
        if (wrong.index() != right.index()) bad.push_back({filterable.path, Operator::eq, {wrong}});
      }
      if (filterable.field.type == model::FieldType::enumeration) {
        bad.push_back({filterable.path, Operator::eq, {std::string("no such enumerator")}});
      }
    }
    for (Condition const& condition : bad) {
      std::vector<Condition> const where{condition};
      INFO(shown(where));
      auto const page = store->list(Query<Readable>{.where = where});
      REQUIRE(page.has_error());
      CHECK(page.error().kind == ErrorKind::invalid_argument);
    }
  });
}

}  // namespace inlay::conformance
