// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/changes.hpp>

#include <inlay/model/describe.hpp>

#include <support/catch.hpp>

#include <sstream>

using namespace inlay;

TEST_CASE("kinds of change have the names that logs and exports use") {
  CHECK(model::enum_names<ChangeKind> == std::array<std::string_view, 3>{"inserted", "updated", "removed"});
  CHECK(model::enum_from_name<ChangeKind>("removed") == ChangeKind::removed);
}

TEST_CASE("a kind of change prints as its name") {
  CHECK(to_string(ChangeKind::updated) == "updated");
  std::ostringstream out;
  out << ChangeKind::inserted << ' ' << ChangeKind::removed;
  CHECK(out.str() == "inserted removed");
}

TEST_CASE("records of the log are equal when all they say is") {
  ChangeRecord const change{"team", generate_uuid(), ChangeKind::inserted, std::nullopt,
                            Document::parse(R"({"name":"acme"})").value()};
  CommitRecord const commit{Revision{1}, generate_uuid(), "alice", std::nullopt, Timestamp{1}, {change}};
  CHECK(commit == CommitRecord(commit));
  CommitRecord other = commit;
  other.changes[0].after = Document::parse(R"({"name":"acme!"})").value();
  CHECK_FALSE(commit == other);
  other = commit;
  other.reason = "because";
  CHECK_FALSE(commit == other);
}

TEST_CASE("without saying otherwise, the log is read from its start") {
  ChangesRequest const request;
  CHECK(request.after == Revision{0});
  CHECK(request.limit == 100);
  CHECK_FALSE(request.row);
}

TEST_CASE("a commit counts by the bytes of its rows before and after") {
  CommitRecord commit;
  CHECK(document_bytes(commit) == 0);
  commit.changes.push_back({.after = Document::from_stored(R"({"a":1})")});
  commit.changes.push_back({.before = Document::from_stored(R"({"a":1})"), .after = Document::from_stored("{}")});
  CHECK(document_bytes(commit) == 16);
}
