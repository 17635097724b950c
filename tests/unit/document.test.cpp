// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/document.hpp>
#include <inlay/json/internal/document_parts.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <support/catch.hpp>

#include <array>
#include <atomic>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;

namespace {

template <class T>
concept GivesText = requires(T&& document) {
  static_cast<T&&>(document).text();
};
template <class T>
concept GivesValues = requires(T&& document) {
  static_cast<T&&>(document).values();
};

// A view of a temporary's text or values would dangle.
static_assert(GivesText<Document&> && GivesText<Document const&>);
static_assert(!GivesText<Document> && !GivesText<Document const>);
static_assert(GivesValues<Document&> && GivesValues<Document const&>);
static_assert(!GivesValues<Document> && !GivesValues<Document const>);

}  // namespace

TEST_CASE("a document knows its canonical text and its values") {
  auto const document = Document::parse(" { \"b\" : 1.50, \"a\" : [ -0 ] } ").value();
  CHECK(document.text() == R"({"b":1.5,"a":[-0.0]})");
  CHECK(document.values().value()->at("b").as_double() == 1.5);
  CHECK_FALSE(document.empty());
}

TEST_CASE("a document that is no object is refused at its root") {
  for (char const* text : {"[]", "1", "\"x\"", "null", "true"}) {
    auto const document = Document::parse(text);
    REQUIRE(document.has_error());
    CHECK(document.error().kind == ErrorKind::invalid_document);
    CHECK(document.error().pointer == "");
  }
  CHECK(Document::parse(R"({"a":{"b":1,"b":2}})").error().pointer == "/a/b");
}

TEST_CASE("the empty document is {} however it is made") {
  Document const empty;
  CHECK(empty.text() == "{}");
  CHECK(empty.values().value()->empty());
  CHECK(empty.empty());
  CHECK(Document::parse(" { } ").value() == empty);
  CHECK(Document::from({}).value() == empty);
  CHECK(Document::from_stored("{}") == empty);
}

TEST_CASE("copies share text and values") {
  auto const document = Document::parse(R"({"a":1})").value();
  Document const copy = document;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(copy.text().data() == document.text().data());
  CHECK(copy.values().value() == document.values().value());
}

TEST_CASE("documents are equal when their canonical texts are") {
  CHECK(Document::parse(R"({"a":1,"b":2})").value() == Document::parse(R"({ "a":1, "b":2 })").value());
  CHECK(Document::parse(R"({"a":1})").value() == Document::from_stored(R"({"a":1})"));
  CHECK_FALSE(Document::parse(R"({"a":1,"b":2})").value() == Document::parse(R"({"b":2,"a":1})").value());
  CHECK_FALSE(Document::parse(R"({"a":1})").value() == Document::parse(R"({"a":1.0})").value());
}

TEST_CASE("values of a program are taken over, whatever storage they were in") {
  Document document;
  {
    boost::json::monotonic_resource resource;
    boost::json::object values({{"a", 5U}, {"b", {1.0, "x"}}}, &resource);
    document = Document::from(values).value();
  }
  CHECK(document.text() == R"({"a":5,"b":[1.0,"x"]})");
  CHECK(document.values().value()->at("a").as_int64() == 5);  // as if it had been parsed
  CHECK(Document::from({{"a", std::numeric_limits<double>::infinity()}}).error().pointer == "/a");
}

TEST_CASE("a copy of the values is the copier's own and outlives the document") {
  boost::json::object copy;
  boost::json::value member;
  for (bool const is_parsed : {true, false}) {
    {
      std::string const text = R"({"a":{"b":[1,"a text that does not fit in place"]}})";
      auto const document = is_parsed ? Document::parse(text).value() : Document::from_stored(text);
      boost::json::object const& values = *document.values().value();
      copy = boost::json::object(values);
      member = values.at("a");
      copy["c"] = values.at("a").at("b");
      CHECK(values == *document.values().value());
      CHECK(Document::from(values).value() == document);
    }
    CHECK(json::print(copy) ==
          R"({"a":{"b":[1,"a text that does not fit in place"]},"c":[1,"a text that does not fit in place"]})");
    CHECK(json::print(member) == R"({"b":[1,"a text that does not fit in place"]})");
  }
}

TEST_CASE("threads may copy and compare one document's values") {
  auto const document =
      Document::parse(R"({"a":1,"b":{"c":[2,{"d":"a text that does not fit in place"}]},"e":3})").value();
  std::string const text(document.text());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        boost::json::object copy(*document.values().value());
        if (copy != *document.values().value() || json::print(copy) != text) ++wrong;
        copy["b"].as_object()["c"] = i;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(document.text() == text);
}

TEST_CASE("limits hold for the text that is given and for the canonical text") {
  CHECK(Document::parse(R"({"a": 1.5})", {.max_bytes = 10}).has_value());
  CHECK(Document::parse(R"({"a": 1.5})", {.max_bytes = 9}).has_error());
  auto const grown = Document::parse(R"({"a":1e2})", {.max_bytes = 9});  // {"a":100.0} has 11 bytes
  REQUIRE(grown.has_error());
  CHECK(grown.error().kind == ErrorKind::invalid_document);
  CHECK(grown.error().pointer == "");
  CHECK(Document::from({{"a", "x"}}, {.max_bytes = 9}).has_value());
  CHECK(Document::from({{"a", "xy"}}, {.max_bytes = 9}).error().kind == ErrorKind::invalid_document);
  CHECK(Document::from({{"a", boost::json::object()}}, {.max_depth = 1}).error().pointer == "/a");
  CHECK(Document::parse(R"({"a":{}})", {.max_depth = 1}).error().pointer == "/a");
}

TEST_CASE("stored text is trusted until its values are asked for") {
  auto const good = Document::from_stored(R"({"a":[1,2]})");
  CHECK(good.text() == R"({"a":[1,2]})");
  CHECK(good.values().value()->at("a").at(1).as_int64() == 2);
  for (auto const& [text, pointer] :
       {std::pair<char const*, char const*>{R"({"a":[1,}]})", "/a/1"}, std::pair<char const*, char const*>{"[1]", ""},
        std::pair<char const*, char const*>{"", ""}}) {
    auto const bad = Document::from_stored(text);
    CHECK(bad.text() == text);
    REQUIRE(bad.values().has_error());
    CHECK(bad.values().error().kind == ErrorKind::corrupt);
    CHECK(bad.values().error().pointer == pointer);
  }
}

TEST_CASE("stored text is checked without making values of it") {
  CHECK(Document().check().has_value());
  CHECK(Document::parse(R"({"a":1})").value().check().has_value());
  CHECK(Document::from_stored(R"({"a":[1,{"b":"\n"}]})").check().has_value());
  CHECK(Document::from_stored(R"( {"a": 1E2} )").check().has_value());
  for (auto const* text : {"", "[]", "1", R"({"a":1,"a":1})", R"({"a":[1,]})", R"({"a":1}x)"}) {
    CAPTURE(text);
    auto const bad = Document::from_stored(text);
    auto const checked = bad.check();
    REQUIRE(checked.has_error());
    CHECK(checked.error().kind == ErrorKind::corrupt);
    CHECK(checked.error() == bad.values().error());
    CHECK(json::DocumentParts::spans(bad) == nullptr);
  }
}

TEST_CASE("stored text may be larger than the limits for new text") {
  std::string const text = R"({"a":")" + std::string(2'000'000, 'x') + R"("})";
  CHECK(Document::parse(text).has_error());
  auto const stored = Document::from_stored(text);
  CHECK(stored.values().value()->at("a").as_string().size() == 2'000'000);
}

TEST_CASE("threads that ask for the values at the same time get the same ones") {
  for (int round = 0; round < 50; ++round) {
    auto const document = Document::from_stored(R"({"a":{"b":[1,2,3]},"c":"text"})");
    std::array<boost::json::object const*, 4> seen{};
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    for (auto& mine : seen) {
      threads.emplace_back([&mine, &document, &go] {
        while (!go) {
        }
        mine = document.values().value();
      });
    }
    go = true;
    for (auto& thread : threads) thread.join();
    for (auto const* values : seen) CHECK(values == seen[0]);
    CHECK(seen[0]->at("c").as_string() == "text");
  }
}

TEST_CASE("a document prints as its text") {
  std::ostringstream out;
  out << Document::parse(R"({"a": 1})").value();
  CHECK(out.str() == R"({"a":1})");
}

TEST_CASE("a document that was left out has neither text nor values, and equals nothing but itself") {
  Document const left_out = Document::left_out();
  CHECK(left_out.is_left_out());
  CHECK(left_out.text().empty());
  CHECK_FALSE(left_out.empty());
  CHECK(json::DocumentParts::spans(left_out) == nullptr);
  REQUIRE(left_out.values().has_error());
  CHECK(left_out.values().error().kind == ErrorKind::invalid_argument);
  CHECK(left_out.check().has_error());
  CHECK(left_out == Document::left_out());
  CHECK_FALSE(left_out == Document());
  CHECK_FALSE(left_out == Document::from_stored(""));
  CHECK_FALSE(Document().is_left_out());
  CHECK_FALSE(Document::from_stored("").is_left_out());
}
