// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/parse.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/query.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace inlay;

namespace {

enum class Region { eu, us };
BOOST_DESCRIBE_ENUM(Region, eu, us)

// What a host's own table might be, before and after somebody wanted to know its region.
struct Tenant {
  static constexpr std::string_view entity_name = "tenant";

  Id<Tenant> id{};
  Id<Team> team_id{};
  std::string name{};
  Version version{};
  Revision revision{};
  Timestamp created_at{};
  Timestamp updated_at{};
};
BOOST_DESCRIBE_STRUCT(Tenant, (), (id, team_id, name, version, revision, created_at, updated_at))

struct TenantWithRegion {
  static constexpr std::string_view entity_name = "tenant";

  Id<TenantWithRegion> id{};
  Id<Team> team_id{};
  std::string name{};
  Region region = Region::eu;  // the one new line (and its name in the list below)
  Version version{};
  Revision revision{};
  Timestamp created_at{};
  Timestamp updated_at{};

  static constexpr std::array<std::string_view, 1> added_members{"region"};  // older exports do not have it
};
BOOST_DESCRIBE_STRUCT(TenantWithRegion, (), (id, team_id, name, region, version, revision, created_at, updated_at))

template <class Entity>
std::vector<std::string> columns() {
  std::vector<std::string> names;
  for (model::Field const& field : model::fields<Entity>) names.emplace_back(field.name);
  return names;
}

}  // namespace

TEST_CASE("a new field costs one line: its column, JSON, filter, and what a patch may do come along") {
  CHECK(columns<Tenant>() ==
        std::vector<std::string>{"id", "team_id", "name", "version", "revision", "created_at", "updated_at"});
  CHECK(columns<TenantWithRegion>() ==
        std::vector<std::string>{"id", "team_id", "name", "region", "version", "revision", "created_at", "updated_at"});

  boost::json::object const given{
      {"team_id", "05daecaf-4365-42e8-8370-8127de5dd717"}, {"name", "acme"}, {"region", "us"}};
  auto const refused = model::read_new<Tenant>(given);
  REQUIRE(refused.has_error());
  CHECK(refused.error().pointer == "/region");
  TenantWithRegion tenant = model::read_new<TenantWithRegion>(given).value();
  CHECK(tenant.region == Region::us);
  CHECK(model::to_json(tenant).find(R"("name":"acme","region":"us","version":0)") != std::string::npos);

  CHECK(parse_condition<Tenant>("region=us").has_error());
  CHECK(parse_condition<TenantWithRegion>("region[in]=us,eu").value().values.size() == 2);
  CHECK(parse_condition<TenantWithRegion>("region=mars").has_error());

  auto const no_documents = [](model::Field const&, std::optional<Document> const& current,
                               boost::json::object const&) -> Result<std::optional<Document>> { return current; };
  REQUIRE(model::apply_merge_patch(tenant, boost::json::object{{"region", "eu"}}, no_documents).has_value());
  CHECK(tenant.region == Region::eu);
}

TEST_CASE("a record from before a field came is read with its default, and none without any other member") {
  std::string record;
  Tenant const tenant{.id = Id<Tenant>::generate(), .team_id = Id<Team>::generate(), .name = "acme"};
  model::write_json(tenant, record, model::JsonUse::record);
  auto const object = json::parse(record).value().get_object();
  TenantWithRegion const read = model::read_record<TenantWithRegion>(object).value();
  CHECK(read.name == "acme");
  CHECK(read.region == Region::eu);
  auto incomplete = object;
  incomplete.erase("name");
  CHECK(model::read_record<TenantWithRegion>(incomplete).error().pointer == "/name");
  CHECK(model::read_record<Tenant>(incomplete).error().pointer == "/name");
}

TEST_CASE("a member's type is its role: what a patch may touch, what the store writes, what filters take") {
  auto const names = [](auto const& holds) {
    std::vector<std::string> found;
    for (model::Field const& field : model::fields<EnvironmentIntegration>) {
      if (holds(field)) found.emplace_back(field.name);
    }
    return found;
  };
  CHECK(names([](model::Field const& field) { return field.is_patchable(); }) ==
        std::vector<std::string>{"show_in_catalog", "is_enabled", "override"});
  CHECK(names([](model::Field const& field) { return field.is_set_by_store(); }) ==
        std::vector<std::string>{"version", "birth", "revision", "created_at", "updated_at"});
  CHECK(names([](model::Field const& field) { return field.is_filterable(); }) ==
        std::vector<std::string>{"id", "integration_id", "environment_id", "show_in_catalog", "is_enabled", "version",
                                 "created_at", "updated_at"});
  CHECK(names([](model::Field const& field) { return field.is_optional; }) ==
        std::vector<std::string>{"override", "ended"});
}

TEST_CASE("a field is found by its exact name") {
  REQUIRE(model::find_field<Team>("domain") != nullptr);
  CHECK(*model::find_field<Team>("domain") == model::Field{"domain", model::FieldType::text, true});
  CHECK(model::find_field<Team>("Domain") == nullptr);
  CHECK(model::find_field<Team>("") == nullptr);
}

TEST_CASE("an enumerator's name reads back, and no other name does") {
  for (Sharing const sharing : {Sharing::allow, Sharing::ask, Sharing::deny}) {
    CHECK(model::enum_from_name<Sharing>(model::enum_name(sharing)) == sharing);
  }
  CHECK_FALSE(model::enum_from_name<Sharing>("Allow"));
  CHECK_FALSE(model::enum_from_name<Sharing>("allo"));
  CHECK_FALSE(model::enum_from_name<Sharing>(""));
  CHECK(model::enum_names<Sharing> == std::array<std::string_view, 3>{"allow", "ask", "deny"});
}
