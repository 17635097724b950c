// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/value_in_text.hpp>

#include <inlay/json/print.hpp>

#include <boost/json/value.hpp>
#include <support/catch.hpp>

#include <bit>
#include <cstdint>
#include <string_view>
#include <variant>

using namespace inlay;

TEST_CASE("a value read straight from canonical text is the one that a parse gives, of the same kind") {
  for (std::string_view const text : {"null",
                                      "true",
                                      "false",
                                      "0",
                                      "-0.0",
                                      "-1",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "9223372036854775808",
                                      "18446744073709551615",
                                      "1.5",
                                      "-2.5e-300",
                                      "1e+300",
                                      "5e-324",
                                      "9007199254740993",
                                      R"("")",
                                      R"("text")",
                                      R"("caf\u0001\n\"")",
                                      "\"caf\xC3\xA9\"",
                                      "[]",
                                      "{}",
                                      R"([1,{"a":[null]}])",
                                      R"({"a":{"b":1.5},"c":"\\"})"}) {
    CAPTURE(text);
    auto const parsed = json::parse(text, json::no_limits).value();
    REQUIRE(json::print(parsed) == text);
    auto const value = detail::value_in_text(text, {});
    CHECK(value.kind() == parsed.kind());
    CHECK(json::print(value) == text);
    if (value.is_double()) {
      CHECK(std::bit_cast<std::uint64_t>(value.get_double()) == std::bit_cast<std::uint64_t>(parsed.get_double()));
    }
  }
}

TEST_CASE("a scalar needs no memory, and what does is no scalar") {
  CHECK(std::get<std::string_view>(detail::scalar_in_text(R"("text")").value()) == "text");
  CHECK(std::get<std::uint64_t>(detail::scalar_in_text("18446744073709551615").value()) == 18446744073709551615U);
  CHECK(std::get<std::int64_t>(detail::scalar_in_text("7").value()) == 7);
  CHECK(std::get<double>(detail::scalar_in_text("7.5").value()) == 7.5);
  CHECK(std::get<bool>(detail::scalar_in_text("true").value()));
  CHECK(std::holds_alternative<std::nullptr_t>(detail::scalar_in_text("null").value()));
  for (std::string_view const text : {"[]", "{}", R"("a\n")", R"("\\")"}) {
    CAPTURE(text);
    CHECK_FALSE(detail::scalar_in_text(text).has_value());
  }
}
