// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/document_parts.hpp>

#include <support/catch.hpp>

#include <string>

using namespace inlay;
using json::DocumentParts;

TEST_CASE("a document's spans are found without making values, and are none where the text is not canonical") {
  auto const document = Document::parse(R"({"a":{"b":[1,{"c":null}]},"d":1.5})").value();
  auto const parts = Document::from_stored(std::string(document.text()));
  auto const* const spans = DocumentParts::spans(parts);
  REQUIRE(spans != nullptr);
  CHECK_FALSE(DocumentParts::has_values(parts));
  CHECK(spans->root().size() == 2);
  CHECK(DocumentParts::spans(parts) == spans);
  Document const empty;
  CHECK(DocumentParts::spans(empty)->root().size() == 0);
  auto const edited = Document::from_stored(R"({ "a": 1})");
  CHECK(DocumentParts::spans(edited) == nullptr);
}

TEST_CASE("the value of a member in a document's spans is the one in its values") {
  auto const document = Document::parse(R"({"x":{"y":{"z":1}},"a":{},"b":{"c":{"d":"e"},"f":[2]},"g":3})").value();
  auto const* const spans = DocumentParts::spans(document);
  REQUIRE(spans != nullptr);
  auto const root = spans->root();
  auto const& values = *document.values().value();
  CHECK(DocumentParts::has_values(document));
  CHECK(DocumentParts::value_of(root, 3) == &values.at("g"));
  CHECK(DocumentParts::value_of(root.inner(0).inner(0), 0) == &values.at("x").at("y").at("z"));
  CHECK(DocumentParts::value_of(root.inner(2), 1) == &values.at("b").at("f"));
  CHECK(DocumentParts::value_of(root.inner(2).inner(0), 0) == &values.at("b").at("c").at("d"));
}
