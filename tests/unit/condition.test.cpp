// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/condition.hpp>
#include <inlay/storage/query.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a condition is checked against the fields there are, their types and its operator") {
  CHECK(check_condition<EnvironmentIntegration>({"is_enabled", Operator::eq, {true}}).has_value());
  CHECK(check_condition<InstalledIntegration>({"integration.name", Operator::in, {std::string("a"), std::string("b")}})
            .has_value());
  CHECK(check_condition<InstalledIntegration>({"integration.name", Operator::in, {}}).has_value());
  for (Condition const& wrong :
       {Condition{"is_enabled", Operator::eq, {std::string("yes")}}, Condition{"is_enabled", Operator::eq, {}},
        Condition{"is_enabled", Operator::eq, {true, false}}, Condition{"override", Operator::eq, {std::string("{}")}},
        Condition{"colour", Operator::eq, {std::string("red")}}, Condition{"integration.name", Operator::eq, {true}}}) {
    CAPTURE(wrong.field);
    auto const checked = check_condition<EnvironmentIntegration>(wrong);
    REQUIRE(checked.has_error());
    CHECK(checked.error().kind == ErrorKind::invalid_argument);
  }
}
