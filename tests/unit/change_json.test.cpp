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

TEST_CASE("callers see a commit's moment in microseconds, where the store keeps them, and not its link of the chain") {
  CommitRecord record = commit();
  record.moment = {1'500'002};
  record.chain = sha256("abc");
  CHECK(model::form_text(answers::Commit::of(record)) ==
        std::string(R"({"revision":3,"time":"1970-01-01T00:00:01.500Z","moment":"1970-01-01T00:00:01.500002Z",)"
                    R"("actor":"ann",)") +
            changes);
}

TEST_CASE("an export has all of a commit") {
  CommitRecord record = commit();
  std::string const before(R"({"commit":{"revision":3,"token":"00000000-0000-0000-0000-000000000000","actor":"ann",)"
                           R"("time":"1970-01-01T00:00:01.500001Z",)");
  CHECK(model::form_text(answers::CommitLine{answers::WholeCommit::of(record)}) == before + changes + "}");
  record.moment = {1'500'002};
  record.chain = sha256("abc");
  CHECK(model::form_text(answers::CommitLine{answers::WholeCommit::of(record)}) ==
        before + R"("moment":"1970-01-01T00:00:01.500002Z","chain":")" + to_string(record.chain) + "\"," + changes +
            "}");
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
  CHECK(line.starts_with(R"({"inlay_format":2,"revision":7,"compacted_through":2,"rows":{"team":4,)"));
  CHECK(line.ends_with(R"(},"commits":5})"));

  header.store_id = parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  header.token = header.store_id;
  header.moment = {1'500'002};
  header.chain = sha256("abc");
  CHECK(model::form_text(answers::HeaderLine::of(header))
            .starts_with(R"({"inlay_format":2,"store_id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","revision":7,)"
                         R"("token":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","moment":"1970-01-01T00:00:01.500002Z",)"
                         R"("chain":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",)"
                         R"("compacted_through":2,"compacted_moment":"1970-01-01T00:00:00.000000Z",)"
                         R"("compacted_chain":"0000000000000000000000000000000000000000000000000000000000000000",)"
                         R"("rows":{"team":4,)"));
}
