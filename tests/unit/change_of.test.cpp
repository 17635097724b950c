// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/change_of.hpp>
#include <inlay/model/entities.hpp>

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>
#include <support/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace inlay;

TEMPLATE_TEST_CASE("a typed change has members of its entity, each as it is there and a change to it", "", Team,
                   Environment, Integration, EnvironmentIntegration) {
  using Members = boost::describe::describe_members<ChangeOf<TestType>, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([](auto member) {
    using Changed = std::remove_cvref_t<decltype(std::declval<ChangeOf<TestType>>().*member.pointer)>;
    CAPTURE(member.name);
    int found = 0;
    model::for_each_field<TestType>([&](model::Field const& field, auto of_entity) {
      if (field.name != std::string_view(member.name)) return;
      using Own = std::remove_cvref_t<decltype(std::declval<TestType>().*of_entity)>;
      ++found;
      CHECK(std::is_same_v<Changed, ChangeTo<Own>>);
      CHECK(std::is_same_v<typename Changed::value_type, Own>);
    });
    CHECK(found == 1);
    CHECK_FALSE((ChangeOf<TestType>().*member.pointer).has_value());  // what is not set is left alone
  });
}

// What looks like clearing is it, or does not compile; tests/compile_errors has what the compiler says.
template <class Given>
concept ClearsOverride = requires(Given given) {
  ChangeOf<EnvironmentIntegration>{.override = given};
};
template <class Given>
concept ClearsName = requires(Given given) {
  ChangeOf<Integration>{.name = given};
};
static_assert(ClearsOverride<Cleared> && ClearsOverride<std::optional<Document>> && !ClearsOverride<std::nullopt_t>);
static_assert(!ClearsName<Cleared> && !ClearsName<std::nullopt_t> && ClearsName<std::optional<std::string>>);
static_assert(!std::is_assignable_v<ChangeTo<std::optional<Document>>&, std::nullopt_t>);
static_assert(!std::is_constructible_v<ChangeTo<Document>, Replacement<std::optional<Document>>>);

TEST_CASE("what may be absent is made absent by its word, and by an empty optional of its own") {
  for (ChangeTo<std::optional<std::string>> const& change :
       {ChangeTo<std::optional<std::string>>(cleared),
        ChangeTo<std::optional<std::string>>(std::optional<std::string>())}) {
    REQUIRE(change.has_value());
    CHECK_FALSE(change->has_value());
  }
  ChangeOf<Integration> change{.category = cleared};
  CHECK(change.category.has_value());
  change.category = {};  // as it was when nothing was said
  CHECK_FALSE(change.category.has_value());
  change.category = "crm";
  CHECK(change.category == std::optional<std::string>("crm"));
}

TEST_CASE("of what is always there an optional says whether to change it") {
  std::optional<std::string> name;
  CHECK_FALSE(ChangeOf<Environment>{.name = name}.name.has_value());
  name = "production";
  CHECK(ChangeOf<Environment>{.name = name}.name == "production");
}

TEST_CASE("a document that is to replace the stored one says so") {
  Document const document = Document::parse(R"({"a":1})").value();
  CHECK_FALSE(ChangeOf<Integration>{.config = document}.config.is_replacement());
  ChangeOf<Integration> const change{.config = replace(document)};
  CHECK(change.config.is_replacement());
  CHECK(*change.config == document);

  std::optional<Document> override;
  ChangeOf<EnvironmentIntegration> none{.override = replace(override)};
  CHECK(none.override.is_replacement());
  CHECK_FALSE(none.override->has_value());
  none.override = replace(document);
  CHECK(none.override == std::optional<Document>(document));
  none.override = document;
  CHECK_FALSE(none.override.is_replacement());
}
