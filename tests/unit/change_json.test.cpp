// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/internal/change_json.hpp>

#include <support/catch.hpp>

using namespace inlay;

namespace {

CommitRecord commit() {
  CommitRecord record{.revision = {3}, .actor = "ann", .time = {1'500'001}};
  record.changes = {{.entity = "team", .kind = ChangeKind::inserted, .after = Document()},
                    {.entity = "team", .kind = ChangeKind::removed, .before = Document()}};
  return record;
}

constexpr char const* changes =
    R"("changes":[{"entity":"team","id":"00000000-0000-0000-0000-000000000000","kind":"inserted","after":{}},)"
    R"({"entity":"team","id":"00000000-0000-0000-0000-000000000000","kind":"removed","before":{}}]})";

}  // namespace

TEST_CASE("callers see a commit without its token, and its time in milliseconds") {
  CommitRecord record = commit();
  CHECK(model::form_text(answers::Commit::of(record)) ==
        std::string(R"({"revision":3,"time":"1970-01-01T00:00:01.500Z","actor":"ann",)") + changes);
  record.reason = "why";
  CHECK(model::form_text(answers::Commit::of(record)) ==
        std::string(R"({"revision":3,"time":"1970-01-01T00:00:01.500Z","actor":"ann","reason":"why",)") + changes);
}

TEST_CASE("an export has all of a commit") {
  CommitRecord const record = commit();
  CHECK(model::form_text(answers::CommitLine{answers::WholeCommit::of(record)}) ==
        std::string(R"({"commit":{"revision":3,"token":"00000000-0000-0000-0000-000000000000","actor":"ann",)"
                    R"("time":"1970-01-01T00:00:01.500001Z",)") +
            changes + "}");
}

TEST_CASE("a page of the change log says how far it goes and whether there is more") {
  ChangePage page{.through = {8}, .has_more = true};
  CHECK(model::form_text(answers::ChangePage::of(page)) == R"({"result":[],"through":8,"has_more":true,"cursor":"8"})");
  page.commits.push_back(commit());
  CHECK(model::form_text(answers::ChangePage::of(page)) ==
        R"({"result":[)" + model::form_text(answers::Commit::of(page.commits.front())) +
            R"(],"through":8,"has_more":true,"cursor":"8"})");
}

TEST_CASE("the first line of an export counts the rows of every entity") {
  StoreHeader header{.revision = {7}, .compacted_through = {2}, .commits = 5};
  header.rows[0] = 4;
  std::string const line = model::form_text(answers::HeaderLine::of(header));
  CHECK(line.starts_with(R"({"inlay_format":1,"revision":7,"compacted_through":2,"rows":{"team":4,)"));
  CHECK(line.ends_with(R"(},"commits":5})"));
}
