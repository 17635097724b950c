// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/document.hpp>
#include <inlay/json/internal/wide_object.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <support/catch.hpp>
#include <support/ordinary_names.hpp>
#include <support/random.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;

namespace {

/** The pointer of the fault, or "accepted". */
std::string fault_at(std::string_view text, json::Limits const& limits = {}) {
  auto const result = json::parse(text, limits);
  if (result.has_value()) return "accepted";
  CHECK(result.error().kind == ErrorKind::invalid_document);
  return result.error().pointer.value_or("no pointer");
}

std::string message(std::string_view text) {
  auto const result = json::parse(text);
  return result.has_value() ? "accepted" : result.error().message;
}

double parse_double(std::string_view text) { return json::parse(text).value().as_double(); }

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

std::string object_of(std::vector<std::string> const& names) {
  std::string text;
  for (auto const& name : names) text += (text.empty() ? "{\"" : ",\"") + name + "\":1";
  return text + "}";
}

}  // namespace

TEST_CASE("integers from -2^63 to 2^64-1 stay integers") {
  CHECK(json::parse("-9223372036854775808").value().as_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK(json::parse("9223372036854775807").value().as_int64() == std::numeric_limits<std::int64_t>::max());
  CHECK(json::parse("9223372036854775808").value().as_uint64() == 9223372036854775808ULL);
  CHECK(json::parse("18446744073709551615").value().as_uint64() == std::numeric_limits<std::uint64_t>::max());
  CHECK(json::parse("0").value().as_int64() == 0);
  CHECK(json::parse("  [9007199254740993, -1]  ").value().at(0).as_int64() == 9007199254740993);
}

TEST_CASE("an integer out of range is refused, not made a double") {
  CHECK(fault_at("18446744073709551616") == "");
  CHECK(fault_at("-9223372036854775809") == "");
  CHECK(fault_at(R"({"a":[1,100000000000000000000000]})") == "/a/1");
  CHECK(fault_at(std::string(400, '9')) == "");
  CHECK(message("[1, 18446744073709551616]") ==
        "an integer must be from -9223372036854775808 to 18446744073709551615 (at byte 4)");
  CHECK(parse_double("18446744073709551616.0") == 18446744073709551616.0);
  CHECK(parse_double("18446744073709551616e0") == 18446744073709551616.0);
}

TEST_CASE("minus zero is kept") {
  for (char const* text : {"-0", "-0.0", "-0e5", "-0E-400", "[-0]", "                                   -0"}) {
    auto const value = json::parse(text).value();
    double const zero = value.is_array() ? value.at(0).as_double() : value.as_double();
    CHECK(zero == 0);
    CHECK(std::signbit(zero));
  }
}

TEST_CASE("a double is the nearest one, also where Boost.JSON's own parser misses it") {
  for (char const* text : {"0.1", "1e23", "9007199254740993.5", "2.2250738585072011e-308", "1.7976931348623157e308",
                           "5e-324", "4.9406564584124654e-324", "123456789.123456789123456789", "8.5e-5", "1E5",
                           "6.02214076e+23", "0.000000000000000000000000000000000000000000001", "1.0e-10"}) {
    CAPTURE(text);
    CHECK(parse_double(text) == std::strtod(text, nullptr));
  }
  std::string const long_text = "0." + std::string(1000, '3') + "e10";
  CHECK(parse_double(long_text) == std::strtod(long_text.c_str(), nullptr));
}

TEST_CASE("an integer written as a double is refused where it would come back as another") {
  for (char const* const kept :
       {"9007199254740992.0", "9007199254740994.0", "-9007199254740994.0", "9007199254740991e0", "1e22", "1e23",
        "1e300", "9007199254740993.5", "9007199254740992.00000000000000000000", "18446744073709551616.0", "0.9e1",
        "123e-1", "9007199254740991000e-3"}) {
    CAPTURE(kept);
    CHECK(fault_at(kept) == "accepted");
  }
  for (char const* const changed : {"9007199254740993.0", "-9007199254740993.0", "9007199254740993e0",
                                    "900719925474099.3e1", "9007199254740993000e-3", "900719925474099300000e-5",
                                    "123456789012345678901234567890.0", "1000000000000000000000000000001e5"}) {
    CAPTURE(changed);
    CHECK(fault_at(std::string(R"({"a":[)") + changed + "]}") == "/a/0");
    CHECK(message(changed) == "the number is an integer that no double is, and would come back as another (at byte 0)");
  }
}

TEST_CASE("200,000 doubles of random bits read back as they were printed") {
  auto random = test::random();
  CAPTURE(random.seed());
  std::uint64_t wrong = 0;
  for (int i = 0; i < 200'000; ++i) {
    auto const number = std::bit_cast<double>(random.bits());
    if (!std::isfinite(number)) continue;
    auto const back = json::parse(json::print(number));
    if (!back || !back->is_double() ||
        std::bit_cast<std::uint64_t>(back->get_double()) != std::bit_cast<std::uint64_t>(number)) {
      ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("random integers read back as they were printed, with their kind") {
  auto random = test::random();
  CAPTURE(random.seed());
  std::uint64_t wrong = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::uint64_t const bits = random.bits() >> random.below(64);
    auto const natural = json::parse(json::print(bits)).value();
    auto const integer = json::parse(json::print(static_cast<std::int64_t>(bits))).value();
    if (natural.to_number<std::uint64_t>() != bits || natural.is_double()) ++wrong;
    if (integer.as_int64() != static_cast<std::int64_t>(bits)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a magnitude that a double cannot have is refused, and zero is fine however it is written") {
  CHECK(fault_at("[1e400]") == "/0");
  CHECK(fault_at(R"({"a":-1e400})") == "/a");
  CHECK(fault_at("1.8e308") == "");
  CHECK(fault_at("1e-400") == "");
  CHECK(fault_at("2.4e-324") == "");
  CHECK(fault_at("1e99999999999") == "");
  CHECK(fault_at("1e-99999999999") == "");
  CHECK(fault_at(std::string(400, '9') + ".5") == "");
  CHECK(fault_at("0." + std::string(400, '0') + "1") == "");
  CHECK(message("1e400").starts_with("the number is too large for a double"));
  CHECK(message("1e-400").starts_with("the number is too close to zero for a double"));
  std::string const zeros(400, '0');
  for (std::string const& text : {"1" + zeros + "e-10", "-1" + zeros + ".0E-10", "0." + zeros + "1e+800",
                                  std::string("1e99999999999999999999"), std::string(400, '9') + ".5"}) {
    CAPTURE(text);
    CHECK(message(text).starts_with("the number is too large for a double"));
  }
  for (std::string const& text : {"0." + zeros + "1e10", "-0." + zeros + "1E+010", "1" + zeros + "e-800",
                                  std::string("1e-99999999999999999999"), "0." + zeros + "1"}) {
    CAPTURE(text);
    CHECK(message(text).starts_with("the number is too close to zero for a double"));
  }
  CHECK(parse_double("0e-400") == 0);
  CHECK(parse_double("0.0e999") == 0);
  CHECK(parse_double("0e99999999999") == 0);
  CHECK(std::signbit(parse_double("-0.000e-99999999999")));
  CHECK(parse_double("2.5e-324") == 5e-324);
  CHECK(fault_at(R"([0e99999999999, 1e99999999999])") == "/1");
  CHECK(json::print(json::parse(R"({"a":0e99999999999,"b":[-0e+99999999999,1]})").value()) ==
        R"({"a":0.0,"b":[-0.0,1]})");
}

TEST_CASE("a duplicate member is refused with its pointer") {
  CHECK(fault_at(R"({"a":1,"a":2})") == "/a");
  CHECK(fault_at(R"({"a":1,"\u0061":2})") == "/a");
  CHECK(fault_at(R"({"x":[{},{"a/b":{"~":1,"b":2,"~":3}}]})") == "/x/1/a~1b/~0");
  CHECK(fault_at(R"({"":1,"":2})") == "/");
  CHECK(fault_at(R"({"a":{"b":1},"b":{"a":1}})") == "accepted");
  CHECK(message(R"({"a":1, "a":2})") == "there is another member of this name (at byte 8)");
  std::string many = "{";
  for (int i = 0; i < 1'000; ++i) many += "\"m" + std::to_string(i) + "\":0,";
  CHECK(fault_at(many + "\"m500\":1}") == "/m500");
  CHECK(fault_at(many + "\"n\":1}") == "accepted");
}

TEST_CASE("a syntax error points to the deepest value being read, and to the byte") {
  CHECK(fault_at("") == "");
  CHECK(fault_at("  ") == "");
  CHECK(fault_at("{") == "");
  CHECK(fault_at(R"({"a)") == "");
  CHECK(fault_at(R"({"a")") == "/a");
  CHECK(fault_at(R"({"a":)") == "/a");
  CHECK(fault_at(R"({"a":tru})") == "/a");
  CHECK(fault_at(R"({"a":1)") == "");
  CHECK(fault_at(R"({"a":[1,{"b":)") == "/a/1/b");
  CHECK(fault_at(R"({"a":[1,2,x]})") == "/a/2");
  CHECK(fault_at(R"({"a":[1,2 3]})") == "/a");
  CHECK(fault_at(R"({"a":[1,]})") == "/a/1");
  CHECK(fault_at(R"({"a":1,})") == "");
  CHECK(fault_at("{a:1}") == "");
  CHECK(fault_at("[01]") == "");
  CHECK(fault_at("[+1]") == "/0");
  CHECK(fault_at("[.5]") == "/0");
  CHECK(fault_at("[1.]") == "/0");
  CHECK(fault_at("[1e]") == "/0");
  CHECK(fault_at("[-]") == "/0");
  CHECK(fault_at("[NaN]") == "/0");
  CHECK(fault_at("[/* */1]") == "/0");
  CHECK(fault_at("\"a\nb\"") == "");
  CHECK(fault_at(R"(["\x"])") == "/0");
  CHECK(fault_at(R"(["\u12g4"])") == "/0");
  CHECK(message(R"({"a": tru})") == "expected a value (at byte 6)");
  CHECK(message(R"({"a":)") == "the text ends where a value is due (at byte 5)");
}

TEST_CASE("a fault in a text says at which byte it is, and one of the whole text does not") {
  CHECK(json::parse(R"({"a": tru})").error().byte == 6);
  CHECK(json::parse(R"({"a":)").error().byte == 5);
  CHECK(json::parse("").error().byte == 0);
  CHECK_FALSE(json::parse("[1, 2]", {.max_bytes = 5}).error().byte.has_value());
  CHECK_FALSE(json::check(boost::json::value(std::numeric_limits<double>::infinity())).error().byte.has_value());
}

TEST_CASE("nothing may follow the document") {
  CHECK(fault_at("{} {}") == "");
  CHECK(fault_at("1 2") == "");
  CHECK(fault_at("[1]]") == "");
  CHECK(fault_at(std::string("{}\0", 3)) == "");
  CHECK(fault_at(" {} \n\t\r ") == "accepted");
  CHECK(message(R"({"a":1}x)") == "nothing may follow the document (at byte 7)");
}

TEST_CASE("every prefix of a document is refused as truncated") {
  std::string const text = R"({"a":[1,-2.5e3,true,false,null,"x\u00e9\n"],"b":{"c":{}}})";
  REQUIRE(fault_at(text) == "accepted");
  for (std::size_t length = 0; length < text.size(); ++length) {
    CAPTURE(length);
    CHECK(fault_at(text.substr(0, length)) != "accepted");
  }
}

TEST_CASE("text that is not UTF-8 is refused, as a value and in a name") {
  for (std::string const& bad :
       {std::string("\xff"), std::string("\xc0\x80"), std::string("\xc1\xbf"), std::string("\xe0\x80\xaf"),
        std::string("\xed\xa0\x80"), std::string("\xed\xbf\xbf"), std::string("\xf0\x80\x80\x80"),
        std::string("\xf4\x90\x80\x80"), std::string("\xf8\x88\x80\x80\x80"), std::string("\x80"), std::string("\xc3"),
        std::string("\xe2\x82"), std::string("\xf0\x9f\x98"), std::string(R"(\ud800)"), std::string(R"(\udc00)"),
        std::string(R"(\ud800\ud800)"), std::string(R"(\ud83dx)"), std::string(R"(\ud800A)")}) {
    CAPTURE(bad);
    CHECK(fault_at(R"({"a":[0,")" + bad + R"("]})") == "/a/1");
    CHECK(fault_at(R"({"a":{")" + bad + R"(":0}})") == "/a");
  }
  CHECK(fault_at("\xef\xbb\xbf{}") == "");
  CHECK(message("\xef\xbb\xbf{}") ==
        "the text begins with a byte order mark, which no JSON text does (RFC 8259, section 8.1) (at byte 0)");
  CHECK(json::parse(R"("\ud83d\ude00 \u0000 é 😀")").value().as_string() ==
        boost::json::string_view("\xf0\x9f\x98\x80 \0 \xc3\xa9 \xf0\x9f\x98\x80", 14));
}

TEST_CASE("text that is not UTF-8 is found wherever it stands") {
  for (std::size_t length = 0; length < 100; ++length) {
    CAPTURE(length);
    std::string const before(length, 'x');
    CHECK(fault_at('"' + before + "\xc3" + std::string(40, 'x') + '"') == "");
    CHECK(fault_at('"' + before + "é" + std::string(40, 'x') + "\xed\xa0\x80\"") == "");
    CHECK(fault_at('"' + before + "é😀" + std::string(40, 'x') + '"') == "accepted");
  }
}

TEST_CASE("64 levels are read and 65 refused, where the one too many starts") {
  CHECK(fault_at(nested(64)) == "accepted");
  std::string deepest;
  for (int i = 0; i < 64; ++i) deepest += "/0";
  CHECK(fault_at(nested(65)) == deepest);
  CHECK(fault_at(std::string(100'000, '[')) == deepest);
  CHECK(fault_at(R"({"a":{"b":[]}})", {.max_depth = 2}) == "/a/b");
  CHECK(fault_at(R"({"a":{"b":1}})", {.max_depth = 2}) == "accepted");
  CHECK(fault_at("1", {.max_depth = 0}) == "accepted");
  CHECK(fault_at("[]", {.max_depth = 0}) == "");
}

TEST_CASE("depth is bounded even where no limit is set, since a stack is") {
  CHECK(fault_at(nested(json::greatest_depth), json::no_limits) == "accepted");
  CHECK(fault_at(nested(1'000'000), json::no_limits).size() == 2 * json::greatest_depth);
}

TEST_CASE("text beyond the limit is refused before it is read") {
  CHECK(fault_at("[1,2]", {.max_bytes = 5}) == "accepted");
  CHECK(fault_at("[1,2] ", {.max_bytes = 5}) == "");
  CHECK(fault_at("[1,,,,", {.max_bytes = 5}) == "");
  CHECK(fault_at('"' + std::string((1U << 20U) - 2, 'x') + '"') == "accepted");
  CHECK(fault_at('"' + std::string((1U << 20U) - 1, 'x') + '"') == "");
}

TEST_CASE("the values live in the storage that is given") {
  boost::json::monotonic_resource resource;
  auto const value = json::parse(R"({"a":[1]})", {}, &resource).value();
  CHECK(value.storage().get() == &resource);
  CHECK(value.at("a").storage().get() == &resource);
}

TEST_CASE("damaged text is either refused with a place that is there, or says what it says exactly") {
  auto random = test::random();
  CAPTURE(random.seed());
  std::string const text =
      R"({"a":[1,-2.5e3,true,false,null,"x\u00e9\n\ud83d\ude00"],"b":{"c":{},"d":18446744073709551615},"é":"0e0"})";
  for (int i = 0; i < 50'000; ++i) {
    std::string damaged = text;
    for (auto n = random.below(3) + 1; n > 0; --n) {
      static constexpr std::string_view bytes = "{}[]\",:\\0123456789eE+-.truefalsn \xff\xc3\x1f";
      damaged[random.below(damaged.size())] = bytes[random.below(bytes.size())];
    }
    auto const value = json::parse(damaged);
    if (value.has_error()) {
      if (value.error().message == "the text is not JSON" || !value.error().pointer) {
        FAIL_CHECK(damaged);  // the two passes disagree
      }
    } else if (json::print(json::parse(json::print(*value)).value()) != json::print(*value)) {
      FAIL_CHECK(damaged);
    }
  }
}

TEST_CASE("values that a program built are held to the same rules") {
  auto const fault = [](boost::json::value const& value, json::Limits const& limits = {}) -> std::string {
    auto const checked = json::check(value, limits);
    if (checked.has_value()) return "accepted";
    CHECK(checked.error().kind == ErrorKind::invalid_document);
    return checked.error().pointer.value_or("no pointer");
  };
  double const infinity = std::numeric_limits<double>::infinity();
  CHECK(fault({{"a", {1, 2.5, "x", nullptr, true}}}) == "accepted");
  CHECK(fault({{"a", boost::json::array{1, infinity}}}) == "/a/1");
  CHECK(fault({{"a", std::nan("")}}) == "/a");
  CHECK(fault({{"a/b", "\xff"}}) == "/a~1b");
  CHECK(fault({{"a", {{"\xff", 1}}}}) == "/a");
  CHECK(fault({{"a", {{"b", boost::json::array()}}}}, {.max_depth = 2}) == "/a/b");
  CHECK(fault({{"a", {{"b", boost::json::array()}}}}, {.max_depth = 3}) == "accepted");
  CHECK(fault({{"a", "xx"}}, {.max_bytes = 10}) == "accepted");
  CHECK(fault({{"a", "xxx"}}, {.max_bytes = 10}) == "");
}

TEST_CASE("wide objects are read as others are, wherever they lie, and their members found in few steps") {
  for (std::size_t const size : {200U, 2'048U, 2'049U, 65'536U}) {
    CAPTURE(size);
    auto const names = test::ordinary_names(size);
    std::string const wide = object_of(names);
    std::string const text =
        R"({"list":[1,)" + wide + R"(,"x"],"inner":{"wide":)" + wide + R"(,"none":null},"e\nd":{}})";
    auto const value = json::parse(text, json::no_limits).value();
    CHECK(json::print(value) == text);
    auto const& object = value.at("inner").at("wide").get_object();
    REQUIRE(object.size() == size);
    for (auto const& name : names) REQUIRE(object.contains(name));
    if (size > detail::wide_object) {
      CHECK(detail::are_spread(
          size, [&](std::size_t i) -> std::string_view { return names[i]; }, object.capacity(),
          detail::table_of(object)));
    }
    auto const document = Document::parse(text, json::no_limits).value();
    CHECK(document.text() == text);
    CHECK(document.values().value()->at("inner").at("wide").get_object().size() == size);
  }
}

TEST_CASE(
    "a wide object with a name twice is refused at that name, and text that goes wrong behind one where it does") {
  auto names = test::ordinary_names(5'000);
  names.push_back("name_17");
  auto const twice = json::parse(R"({"a":)" + object_of(names) + "}");
  REQUIRE(twice.has_error());
  CHECK(twice.error().pointer == "/a/name_17");
  names.pop_back();
  CHECK(json::parse(R"({"a":)" + object_of(names) + R"(,"b":tru})").error().pointer == "/b");
  names.push_back("0e9");
  CHECK(json::parse(R"({"a":)" + object_of(names) + R"(,"b":0e9999999999})").has_value());
}

TEST_CASE("a wide object that was patched, copied or cut keeps its members and their order") {
  auto const names = test::ordinary_names(10'000);
  auto value = json::parse(object_of(names)).value();
  boost::json::object patch;
  for (std::size_t i = 0; i != 3'000; ++i) patch.emplace("new_" + std::to_string(i), 2);
  for (std::size_t i = 0; i != 3'000; ++i) patch.emplace(names[3 * i], nullptr);
  auto expected = names;
  for (std::size_t i = 0; i != 3'000; ++i) expected[3 * i].clear();
  std::erase(expected, std::string());
  for (std::size_t i = 0; i != 3'000; ++i) expected.push_back("new_" + std::to_string(i));
  json::merge_patch::apply(value, patch);
  std::vector<std::string> found;
  for (auto const& member : value.get_object()) found.emplace_back(std::string_view(member.key()));
  CHECK(found == expected);

  boost::json::value copy = value;
  detail::spread(copy);
  CHECK(json::print(copy) == json::print(value));
  for (auto const& name : expected) REQUIRE(copy.get_object().contains(name));
}
