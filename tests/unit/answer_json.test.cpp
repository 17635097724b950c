// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/internal/answer_json.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a leaf has what its winner says, or that it removes, and then what that shadows") {
  Explanation explanation;
  explanation.leaves = {
      {.pointer = "/a", .winner = {"environment", "1"}, .shadowed = {{"team", std::nullopt}, {"integration", "[2]"}}},
      {.pointer = "/b", .winner = {"environment", std::nullopt}, .shadowed = {}}};
  CHECK(model::form_text(answers::Explanation::of(explanation)) ==
        R"({"result":[{"pointer":"/a","layer":"environment","value":1,"shadows":[{"layer":"team","removed":true},)"
        R"({"layer":"integration","value":[2]}]},{"pointer":"/b","layer":"environment","removed":true,"shadows":[]}],)"
        R"("next_cursor":null})");
  explanation.leaves.clear();
  explanation.next = ConfigCursor{1, 2};
  CHECK(model::form_text(answers::Explanation::of(explanation)) ==
        R"({"result":[],"next_cursor":")" + to_string(*explanation.next) + R"("})");
}

TEST_CASE("a preview leaves out what was not, or would not be, at a place") {
  std::vector<ConfigDifference> const differences{{"/a", "1", std::nullopt}, {"/b", std::nullopt, R"("x")"}};
  CHECK(model::form_text(answers::Preview{.resource = [](std::string& out) { out += "{}"; },
                                          .changed = true,
                                          .differences = {differences},
                                          .truncated = false}) ==
        R"({"resource":{},"changed":true,"differences":[{"pointer":"/a","before":1},{"pointer":"/b","after":"x"}],)"
        R"("truncated":false})");
}

TEST_CASE("a page of a list says where the next one begins, or null") {
  auto const items = [](std::string& out) { out += "[1]"; };
  CHECK(model::form_text(answers::Page{items, {}, 7}) == R"({"result":[1],"next_cursor":null,"limit":7})");
  CHECK(model::form_text(answers::Page{items, {"c"}, 7}) == R"({"result":[1],"next_cursor":"c","limit":7})");
}

TEST_CASE("the facts of an error are those that it has, with its pointer made into UTF-8") {
  auto const mark = [](std::string const& text) { return '<' + text + '>'; };
  CHECK(model::form_text(answers::ErrorFacts::of(Error{}, mark)) == "{}");
  Error const error{.pointer = "/a", .current_version = Version{3}, .outcome = Outcome::done};
  CHECK(model::form_text(answers::ErrorFacts::of(error, mark)) ==
        R"({"pointer":"</a>","current_version":3,"outcome":"done"})");
}

TEST_CASE("what was removed and how many installs were ended are objects of one member") {
  CHECK(model::form_text(answers::Removed{}) == R"({"id":"00000000-0000-0000-0000-000000000000"})");
  CHECK(model::form_text(answers::EndedInstalls{12}) == R"({"ended":12})");
}
