// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/reading.hpp>

#include <inlay/config/effective_config.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/parse.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/value.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

enum class Format { page, cursor };
BOOST_DESCRIBE_ENUM(Format, page, cursor)

struct Window {
  int limit = 25;
  std::optional<int> offset{};
  friend bool operator==(Window const& a, Window const& b) { return a.limit == b.limit && a.offset == b.offset; }
};
BOOST_DESCRIBE_STRUCT(Window, (), (limit, offset))

struct Pagination : Window {
  Format format = Format::page;
  std::vector<std::string> fields{"id"};
  std::map<std::string, Window> by_resource{};
};
BOOST_DESCRIBE_STRUCT(Pagination, (Window), (format, fields, by_resource))

struct Views {
  std::string_view name{};
};
BOOST_DESCRIBE_STRUCT(Views, (), (name))

struct Unknown {
  int* pointer = nullptr;
};
BOOST_DESCRIBE_STRUCT(Unknown, (), (pointer))

struct NotDescribed {
  int limit = 0;
};

template <class From, class T>
concept CanGet = requires {
  std::declval<From>().template get<T>("/a");
};
template <class From, class T, class Default>
concept CanGetOr = requires {
  std::declval<From>().template get_or<T>("/a", std::declval<Default>());
};

constexpr std::string_view text =
    R"({"rate":2.5,"whole":3,"large":16777217,"huge":1e39,"off":null,"name":"n","list":[1,2,3],"mixed":[1,"two"],)"
    R"("headers":{"accept":"json","x~/y":"z"},"limits":{"a":1.5,"b":"c"},)"
    R"("pagination":{"format":"cursor","limit":100,"unknown":true,"fields":["id","name"],)"
    R"("by_resource":{"tickets":{"limit":10,"offset":null}}}})";

/** The same values from wherever values are read. */
template <class Check>
void for_each_source(Check const& check) {
  auto const document = Document::parse(text).value();
  check(document);
  check(EffectiveConfig::from({{"base", LayerKind::base, document}}).value());
  Layer const top{"top", LayerKind::merge_patch, document};
  auto const empty = test::config({R"({"off":null})"});
  check(empty.with({"row", LayerKind::merge_patch, Document::from_stored(std::string(text))})
            .value()
            .with({"null", LayerKind::merge_patch, Document()})
            .value());
  check(empty.borrowed_with(top).value());
}

}  // namespace

// A view into a temporary does not compile, however deep it lies; a value of its own does.
static_assert(CanGet<Document const&, std::string_view> && !CanGet<Document, std::string_view>);
static_assert(!CanGet<Document, std::optional<std::string_view>> && !CanGet<Document, std::vector<std::string_view>>);
static_assert(!CanGet<Document, std::map<std::string, std::string_view>> && !CanGet<Document, Views>);
static_assert(!CanGet<EffectiveConfig, Views> && CanGet<EffectiveConfig const&, Views>);
static_assert(CanGet<Document, std::string> && CanGet<Document, Pagination>);
static_assert(!CanGetOr<Document, std::string_view, char const*> &&
              CanGetOr<Document const&, std::string_view, char const*>);
static_assert(!CanGetOr<Document const&, std::string_view, std::string>);
static_assert(CanGetOr<Document const&, std::string_view, std::string&> &&
              CanGetOr<Document, std::string, std::string>);

// What cannot be read does not compile either.
static_assert(json::Readable<Pagination> && json::Readable<std::vector<std::optional<float>>>);
static_assert(!json::Readable<NotDescribed> && !json::Readable<Unknown> && !json::Readable<std::vector<Unknown>>);
static_assert(!json::Readable<char> && !json::Readable<char const*> && !json::Readable<long double>);

TEST_CASE("numbers are read as a float where it holds them, a fraction as the nearest") {
  for_each_source([](auto const& source) {
    CHECK(source.template get<float>("/rate").value() == 2.5F);
    CHECK(source.template get<float>("/whole").value() == 3.0F);
    CHECK(source.template get<double>("/large").value() == 16777217.0);
    CHECK(source.template get<float>("/large").error().message ==
          "expected a number that a float holds exactly, found the integer 16777217");
    CHECK(source.template get<float>("/huge").error().message ==
          "expected a number that fits a float, found the number 1e+39");
    CHECK(source.template get<float>("/name").error().message == "expected a number, found a string");
  });
  CHECK(Document::parse(R"({"a":0.1})").value().get<float>("/a").value() == 0.1F);
}

TEST_CASE("a number is read as the greatest float where that is the nearest") {
  constexpr float greatest = std::numeric_limits<float>::max();
  for (float const sign : {1.0F, -1.0F}) {
    boost::json::object const values{
        {"written", sign * 3.4028235e38}, {"below", sign * 0x1.fffffefffffffp127}, {"half way", sign * 0x1.ffffffp127}};
    Document const document = Document::from(values).value();
    CHECK(document.get<float>("/written").value() == sign * greatest);
    CHECK(document.get<float>("/below").value() == sign * greatest);
    CHECK_THAT(document.get<float>("/half way").error().message,
               Catch::Matchers::StartsWith("expected a number that fits a float, found the number "));
  }
}

TEST_CASE("arrays and objects are read as lists and maps, and an error says which element it is of") {
  for_each_source([](auto const& source) {
    CHECK(source.template get<std::vector<int>>("/list").value() == std::vector{1, 2, 3});
    auto const mixed = source.template get<std::vector<int>>("/mixed").error();
    CHECK(mixed.kind == ErrorKind::invalid_argument);
    CHECK(mixed.pointer == "/mixed/1");
    CHECK(mixed.message == "expected an integer, found a string");
    CHECK(source.template get<std::map<std::string, std::string>>("/headers").value() ==
          std::map<std::string, std::string>{{"accept", "json"}, {"x~/y", "z"}});
    CHECK(source.template get<std::map<std::string, int>>("/headers").error().pointer == "/headers/accept");
    CHECK(source.template get<std::map<std::string, double>>("/limits").error().pointer == "/limits/b");
    CHECK(source.template get<std::vector<int>>("/headers").error().message == "expected an array, found an object");
    CHECK(source.template get<std::map<std::string, int>>("/list").error().message ==
          "expected an object, found an array");
    CHECK(source.template get<std::vector<int>>("/list/0").error().pointer == "/list/0");
  });
  auto const escaped = Document::parse(R"({"o":{"x~/y":1}})").value();
  CHECK(escaped.get<std::map<std::string, bool>>("/o").error().pointer == "/o/x~0~1y");
}

TEST_CASE("a described struct is read member by member, those that are not there as its defaults") {
  for_each_source([](auto const& source) {
    auto const read = source.template get<Pagination>("/pagination").value();
    CHECK(read.limit == 100);
    CHECK(read.offset == std::nullopt);
    CHECK(read.format == Format::cursor);
    CHECK(read.fields == std::vector<std::string>{"id", "name"});
    CHECK(read.by_resource == std::map<std::string, Window>{{"tickets", Window{10, std::nullopt}}});
    auto const unsaid = source.template get<Pagination>("/headers").value();
    CHECK(unsaid.limit == 25);
    CHECK(unsaid.fields == std::vector<std::string>{"id"});
    CHECK(source.template get<Pagination>("/list").error().message == "expected an object, found an array");
    CHECK(source.template get<Window>("/nowhere").error().kind == ErrorKind::not_found);
    CHECK(source.template get<std::optional<Window>>("/off").value() == std::nullopt);
  });
  auto const wrong = Document::parse(R"({"p":{"format":"pages","by_resource":{"a/b":{"limit":"1"}}}})").value();
  auto const format = wrong.get<Pagination>("/p").error();
  CHECK(format.pointer == "/p/format");
  CHECK(format.message == "expected one of the strings page, cursor, found a string");
  CHECK(wrong.get<std::map<std::string, Window>>("/p/by_resource").error().pointer == "/p/by_resource/a~1b/limit");
  auto const null = Document::parse(R"({"limit":null})").value();
  CHECK(null.get<Window>("").error().pointer == "/limit");
}

TEST_CASE("a struct is read from what several layers say of it") {
  auto const config = test::config({R"({"p":{"limit":1,"offset":2,"fields":["a"]}})",
                                    R"({"p":{"limit":3,"offset":null}})", R"({"p":{"format":"cursor"}})"});
  auto const read = config.get<Pagination>("/p").value();
  CHECK(read.limit == 3);
  CHECK(read.offset == std::nullopt);
  CHECK(read.format == Format::cursor);
  CHECK(read.fields == std::vector<std::string>{"a"});
}

TEST_CASE("a default stands in for what is absent, and for nothing else") {
  for_each_source([](auto const& source) {
    CHECK(source.get_or("/whole", 10).value() == 3);
    CHECK(source.get_or("/nowhere", 10).value() == 10);
    CHECK(source.get_or(json::Pointer::parse("/nowhere").value(), 10).value() == 10);
    CHECK(source.get_or("/name/below", true).value());
    CHECK(source.get_or("/nowhere", "literal").value() == "literal");
    CHECK(source.get_or("/name", "literal").value() == "n");
    CHECK(source.template get_or<std::string>("/nowhere", "literal").value() == "literal");
    CHECK(source.template get_or<double>("/nowhere", 1).value() == 1.0);
    CHECK(source.template get_or<std::string_view>("/name", "literal").value() == "n");
    CHECK(source.get_or("/nowhere", Window{.limit = 7}).value().limit == 7);
    CHECK(source.template get_or<std::optional<int>>("/nowhere", 4).value() == 4);

    auto const other = source.get_or("/name", 10).error();
    CHECK(other.kind == ErrorKind::invalid_argument);
    CHECK(other.pointer == "/name");
    CHECK(source.get_or("no pointer", 10).error().kind == ErrorKind::invalid_argument);
    CHECK(source.get_or("/pagination", std::map<std::string, int>()).error().pointer->starts_with("/pagination/"));
  });
  CHECK(Document().get_or<std::vector<int>>("/nowhere", {1, 2}).value() == std::vector{1, 2});
  auto const null = Document::parse(R"({"a":null})").value();
  CHECK(null.get_or("/a", 10).error().message == "expected an integer, found null");
  CHECK(null.get_or("/a", std::optional<int>(10)).value() == std::nullopt);
}

TEST_CASE("values of a document are read by their pointers") {
  auto const document = Document::parse(R"({"a":{"b~/c":[10,{"d":"e"}]},"":1})").value();
  CHECK(document.get<int>("/a/b~0~1c/0").value() == 10);
  CHECK(document.get<std::string_view>("/a/b~0~1c/1/d").value() == "e");
  CHECK(document.get<int>("/").value() == 1);
  CHECK(document.get<boost::json::value>("").value() == json::parse(document.text()).value());
  CHECK(document.get<int>("/a/b").error() == Error{ErrorKind::not_found, "there is no value here", "/a/b"});
  CHECK(document.get<int>("/a/b~0~1c/01").error().kind == ErrorKind::not_found);
  CHECK(document.get<int>("/a~2").error().kind == ErrorKind::invalid_argument);
  CHECK(document.get<int>("a").error().kind == ErrorKind::invalid_argument);
  CHECK(Document().get_or("/a", 5).value() == 5);
  CHECK(Document().get<std::map<std::string, int>>("").value().empty());
  CHECK(Document::from_stored("[").get_or("/a", 5).error().kind == ErrorKind::corrupt);
  CHECK(Document::left_out().get_or("/a", 5).error().kind == ErrorKind::invalid_argument);
}
