// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/entities.hpp>

#include <support/catch.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <type_traits>

using namespace inlay;

TEST_CASE("every entity has an id, a version, a birth, a revision and both times, and a name of its own") {
  std::set<std::string_view> names;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    INFO(Entity::entity_name);
    STATIC_REQUIRE(std::is_same_v<decltype(Entity::id), Id<Entity>>);
    REQUIRE(model::find_field<Entity>("id") != nullptr);
    CHECK(model::fields<Entity>[0].name == "id");
    for (auto const& [name, type] : {std::pair{"version", model::FieldType::version},
                                     {"birth", model::FieldType::birth},
                                     {"revision", model::FieldType::revision},
                                     {"created_at", model::FieldType::timestamp},
                                     {"updated_at", model::FieldType::timestamp}}) {
      model::Field const* const field = model::find_field<Entity>(name);
      REQUIRE(field != nullptr);
      CHECK(field->type == type);
    }
    names.insert(Entity::entity_name);
  });
  CHECK(names == std::set<std::string_view>{"team", "environment", "integration", "environment_integration", "grant"});
}

TEST_CASE("unique keys name members that there are and that are always there") {
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      CHECK(key[0] != key[1]);
      for (std::string_view const name : key) {
        if (name.empty()) continue;
        model::Field const* const field = model::find_field<Entity>(name);
        REQUIRE(field != nullptr);
        // An engine takes two absent values for different.
        CHECK_FALSE(field->is_optional);
      }
    }
  });
}

TEST_CASE("a read model has the id, order and filters of its first part") {
  STATIC_REQUIRE(std::is_same_v<model::Root<InstalledIntegration>, EnvironmentIntegration>);
  STATIC_REQUIRE(std::is_same_v<model::Root<OwnedIntegration>, Integration>);
  STATIC_REQUIRE(std::is_same_v<model::Root<Team>, Team>);
  STATIC_REQUIRE(model::is_entity<Grant>);
  STATIC_REQUIRE_FALSE(model::is_entity<InstalledIntegration>);
  STATIC_REQUIRE(model::is_read_model<InstalledIntegration>);
}

TEST_CASE("each entity has a number, in the order in which they are gone through") {
  std::size_t at = 0;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    CHECK(model::entity_number<Entity> == at++);
    STATIC_REQUIRE(std::is_same_v<boost::mp11::mp_at_c<model::Entities, model::entity_number<Entity>>, Entity>);
  });
  CHECK(at == boost::mp11::mp_size<model::Entities>::value);
}
