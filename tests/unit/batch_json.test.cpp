// SPDX-License-Identifier: BSL-1.0
// How an operation of a batch is read from JSON. What it does then: handler_batch.test.cpp and batch.test.cpp.
#include <inlay/catalog/internal/batch_json.hpp>
#include <inlay/json/parse.hpp>

#include <support/catch.hpp>
#include <support/memory_catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace inlay;
using Catch::Matchers::Contains;

namespace {

boost::json::object object(std::string_view text) { return json::parse(text).value().get_object(); }

/** Where the operation is wrong, or "" when it was added. */
std::string fault(Batch& batch, std::string_view operation) {
  auto const added = detail::add_operation(batch, object(operation), {});
  if (added) return "";
  CHECK(added.error().kind == ErrorKind::invalid_argument);
  return added.error().pointer.value_or("none");
}

}  // namespace

TEST_CASE("an operation that is wrong says in which member, and adds nothing") {
  Catalog const catalog = test::open_in_memory();
  auto batch = catalog.batch();
  for (auto const& [operation, pointer] :
       {std::pair{R"({})", "/op"},
        {R"({"op":"explode"})", "/op"},
        {R"({"op":"set","id":"x","pointer":"/a","value":1})", "/id"},
        {R"({"op":"update","entity":"planet","id":"00000000-0000-4000-8000-000000000000","patch":{}})", "/entity"},
        {R"({"op":"create","entity":"team"})", "/row"},
        {R"({"op":"create","entity":"team","row":{"nmae":"x"}})", "/nmae"},
        {R"({"op":"uninstall","id":"00000000-0000-4000-8000-000000000000","version":"x"})", "/version"},
        {R"({"op":"uninstall","id":"00000000-0000-4000-8000-000000000000","colour":1})", "/colour"}}) {
    CAPTURE(operation);
    CHECK(fault(batch, operation) == pointer);
  }
  auto const done = batch.commit();
  REQUIRE(done.has_value());
  CHECK_FALSE(done->changed);
}

TEST_CASE("members that are null are as absent, but for the value of set") {
  Catalog const catalog = test::open_in_memory();
  std::string const id = to_string(test::install_of(catalog, R"({"a":1})", R"({"b":2})"));
  auto batch = catalog.batch();
  CHECK(fault(batch, R"({"op":"set","id":")" + id + R"(","pointer":"/b","value":3,"version":null})").empty());
  REQUIRE(batch.commit().has_value());
  auto nothing = catalog.batch();
  CHECK(fault(nothing, R"({"op":"set","id":")" + id + R"(","pointer":"/b","value":null})").empty());
  auto const refused = nothing.commit();
  REQUIRE(refused.has_error());
  CHECK(refused.error().pointer == "/0/b");
  CHECK_THAT(refused.error().message, Contains("cannot set null"));
}

TEST_CASE("the ids that an operation names are found, so that names can stand for them") {
  auto const ids = detail::ids_in_operation(
      object(R"({"op":"install","row":{"integration_id":"crm","environment_id":"Acme/live"}})"));
  REQUIRE(ids.size() == 2);
  for (auto const& id : ids) {
    CHECK(id.is_in_row);
    CHECK(std::string(id.member) == std::string(id.entity) + "_id");
  }
  auto const one = detail::ids_in_operation(object(R"({"op":"set","id":"Acme/live/crm","pointer":"/a","value":1})"));
  REQUIRE(one.size() == 1);
  CHECK(one.front().member == "id");
  CHECK_FALSE(one.front().is_in_row);
  CHECK(one.front().entity == "environment_integration");
  CHECK(detail::ids_in_operation(object(R"({"op":"explode"})")).empty());
}
