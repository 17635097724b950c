// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/json_form.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/storage/transfer.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <sstream>
#include <vector>

using namespace inlay;
using Catch::Matchers::Contains;

namespace {

constexpr char const* team_line =
    R"({"entity":"team","revision":3,"row":{"id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","name":"A","is_verified":false,)"
    R"("is_white_labeled":false,"allows_impersonation":true,"version":2,"birth":"0123456789abcdef",)"
    R"("created_at":"2021-08-10T10:00:00.000001Z","updated_at":"2021-08-10T10:00:00.000002Z"}})"
    "\n";
constexpr char const* commit_line =
    R"({"commit":{"revision":3,"token":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","actor":"a\n\"b","reason":"why",)"
    R"("time":"2021-08-10T10:00:00.000002Z","moment":"2021-08-10T10:00:00.000003Z",)"
    R"("chain":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",)"
    R"("changes":[{"entity":"team","id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9",)"
    R"("kind":"updated","before":{"x":1.0},"after":{"x":[null,18446744073709551615]}}]}})"
    "\n";
constexpr char const* header_line =
    R"({"inlay_format":2,"store_id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce8","revision":3,)"
    R"("token":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","moment":"2021-08-10T10:00:00.000003Z",)"
    R"("chain":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","compacted_through":2,)"
    R"("compacted_token":"3fda2b4c-0516-41bc-8ae6-4927e42ecce7","compacted_moment":"2021-08-10T09:00:00.000003Z",)"
    R"("compacted_chain":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",)"
    R"("rows":{"team":1,"environment":0,"integration":0,"environment_integration":0,"grant":0},"commits":1})"
    "\n";
// As inlay 0.1 has written them.
constexpr char const* header_line_1 =
    R"({"inlay_format":1,"revision":3,"compacted_through":2,"rows":{"team":1,"environment":0,"integration":0,)"
    R"("environment_integration":0,"grant":0},"commits":1})"
    "\n";
constexpr char const* commit_line_1 =
    R"({"commit":{"revision":3,"token":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","actor":"a",)"
    R"("time":"2021-08-10T10:00:00.000002Z","changes":[]}})"
    "\n";

StoreRecord record_of(std::string_view line) { return storage::parse_line(line).value(); }

std::string line_of(StoreRecord const& record) {
  std::string line;
  storage::append_line(record, line);
  return line;
}

/** "pointer" or "kind pointer" of what is wrong with a line. */
std::string fault_of(std::string_view line) {
  auto const record = storage::parse_line(line);
  if (record) return "nothing";
  return std::string(to_string(record.error().kind)) + ' ' + record.error().pointer.value_or("-");
}

std::string replaced(std::string line, std::string_view what, std::string_view with) {
  return line.replace(line.find(what), what.size(), with);
}

/** What a check says of records, one after the other; "" when all is well. */
std::string fault_of(std::vector<StoreRecord> const& records) {
  storage::RecordCheck check;
  for (StoreRecord const& record : records) {
    if (auto const accepted = check.accept(record); !accepted) return accepted.error().message;
  }
  auto const finished = check.finish();
  return finished ? "" : finished.error().message;
}

}  // namespace

TEST_CASE("a record is one line of JSON, which reads back the same") {
  for (std::string const line : {header_line, team_line, commit_line, header_line_1, commit_line_1}) {
    CHECK(line_of(record_of(line)) == line);
    CHECK(record_of(line) == record_of(line_of(record_of(line))));
  }
  auto const team = std::get<Team>(record_of(team_line));
  CHECK(team.revision == Revision{3});
  CHECK(team.version == Version{2});
  CHECK(team.birth == Birth{0x0123456789ABCDEFU});
  CHECK(team.updated_at.microseconds % 1'000'000 == 2);
  auto const commit = std::get<CommitRecord>(record_of(commit_line));
  CHECK(commit.actor == "a\n\"b");
  CHECK(commit.changes.at(0).after->text() == R"({"x":[null,18446744073709551615]})");
  auto const header = std::get<StoreHeader>(record_of(header_line));
  CHECK(header.size() == 2);
  CHECK(header.compacted_through == Revision{2});
  CHECK(header.newest() == LogEnd{{3}, commit.token, commit.moment, commit.chain});
  CHECK(header.compacted().chain == sha256(""));
  CHECK(commit.chain == sha256("abc"));
  CHECK(commit.moment.microseconds == commit.time.microseconds + 1);
}

TEST_CASE("records of the format before tell no chain") {
  auto const header = std::get<StoreHeader>(record_of(header_line_1));
  CHECK(header.format == 1);
  CHECK(header.store_id.is_nil());
  auto const commit = std::get<CommitRecord>(record_of(commit_line_1));
  CHECK(commit.moment == Timestamp{});
  CHECK(commit.chain == Digest{});
  CHECK(fault_of({header, record_of(team_line), commit}).empty());
  CHECK_THAT(fault_of({record_of(header_line), record_of(team_line), commit}), Contains("must have a moment"));
}

TEST_CASE("a header says of its store what the store tells") {
  StoreState const state{.store_id = generate_uuid(),
                         .newest = {{7}, generate_uuid(), {70}, sha256("7")},
                         .compacted = {{2}, generate_uuid(), {20}, sha256("2")}};
  StoreHeader const header = StoreHeader::of(state);
  CHECK(header.store_id == state.store_id);
  CHECK(header.newest() == state.newest);
  CHECK(header.compacted() == state.compacted);
}

TEST_CASE("a row from before there were births is read with the one that follows from it, and written with it") {
  std::string const older = replaced(team_line, R"("birth":"0123456789abcdef",)", "");
  auto const team = std::get<Team>(record_of(older));
  CHECK(team.birth == birth_of_older_row(team.id.uuid, team.created_at));
  CHECK(line_of(team) == replaced(team_line, "0123456789abcdef", to_string(team.birth)));
  CHECK(std::get<Team>(record_of(older)) == team);
}

TEST_CASE("an entity that the header does not name has no rows") {
  auto const header = std::get<StoreHeader>(record_of(replaced(header_line, R"(,"grant":0)", "")));
  CHECK(header == std::get<StoreHeader>(record_of(header_line)));
}

TEST_CASE("a line that is no record is refused where it is wrong") {
  struct Case {
    std::string line;
    std::string fault;
  };
  for (auto const& [line, fault] : std::vector<Case>{
           {"", "invalid_document "},
           {"[]", "invalid_argument "},
           {"{}", "invalid_argument "},
           {R"({"entity":"team","entity":"team"})", "invalid_document /entity"},
           {R"({"entity":"teams","revision":1,"row":{}})", "invalid_argument /entity"},
           {R"({"entity":"team","row":{}})", "invalid_argument "},
           {R"({"entity":"team","revision":1,"row":[]})", "invalid_argument /row"},
           {R"({"entity":"team","revision":1,"row":{},"more":1})", "invalid_argument /more"},
           {replaced(team_line, R"("version":2)", R"("version":"2")"), "invalid_argument /row/version"},
           {replaced(team_line, "0123456789abcdef", "0000000000000000"), "invalid_argument /row/birth"},
           {replaced(team_line, "0123456789abcdef", "0123456789ABCDEF"), "invalid_argument /row/birth"},
           {replaced(team_line, R"("0123456789abcdef")", "7"), "invalid_argument /row/birth"},
           {replaced(team_line, R"("name":"A")", R"("nome":"A")"), "invalid_argument /row/nome"},
           {replaced(team_line, R"("name":"A")", R"("name":"")"), "invalid_argument /row/name"},
           {replaced(header_line, R"("inlay_format":2)", R"("inlay_format":3)"), "invalid_argument /inlay_format"},
           {replaced(header_line, R"("inlay_format":2)", R"("inlay_format":0)"), "invalid_argument /inlay_format"},
           {replaced(header_line, R"("moment":"2021-08-10T10:00:00.000003Z",)", ""), "invalid_argument "},
           {replaced(header_line, "ba7816bf", "BA7816BF"), "invalid_argument /chain"},
           {replaced(header_line, "e3b0c442", "e3b0c44"), "invalid_argument /compacted_chain"},
           {replaced(header_line, "2021-08-10T09", "2021-08-10T25"), "invalid_argument /compacted_moment"},
           {replaced(header_line, "42ecce8", "42ecceg"), "invalid_argument /store_id"},
           {replaced(header_line, R"("token":"3)", R"("token":"x)"), "invalid_argument /token"},
           {replaced(commit_line, "ba7816bf", "BA7816BF"), "invalid_argument /commit/chain"},
           {replaced(commit_line, "10:00:00.000003Z", "x"), "invalid_argument /commit/moment"},
           {replaced(header_line, R"("team":1)", R"("a/b":1)"), "invalid_argument /rows/a~1b"},
           {replaced(header_line, R"("team":1)", R"("team":-1)"), "invalid_argument /rows/team"},
           {replaced(header_line, R"("commits":1)", R"("commits":"1")"), "invalid_argument /commits"},
           {replaced(commit_line, R"("reason":"why")", R"("reason":null)"), "invalid_argument /commit/reason"},
           {replaced(commit_line, "a\\n", "a\\u0000"), "invalid_argument /commit/actor"},
           {replaced(commit_line, "2021-08-10T", "2021-18-10T"), "invalid_argument /commit/time"},
           {replaced(commit_line, R"("updated")", R"("moved")"), "invalid_argument /commit/changes/0/kind"},
           {replaced(commit_line, R"("entity":"team")", R"("entity":"x")"),
            "invalid_argument /commit/changes/0/entity"},
           {replaced(commit_line, R"({"x":1.0})", "[]"), "invalid_argument /commit/changes/0/before"},
       }) {
    CAPTURE(line);
    CHECK(fault_of(line) == fault);
  }
}

namespace {

RecordSink counting(std::size_t& count) {
  return [&count](StoreRecord const&) {
    ++count;
    return Result<void>();
  };
}

/** A stream of one line without an end, which counts what is read of it. */
class EndlessLine final : public std::streambuf {
 public:
  std::size_t read = 0;

 private:
  int_type underflow() override {
    read += sizeof piece_;
    setg(piece_, piece_, piece_ + sizeof piece_);
    return traits_type::to_int_type(piece_[0]);
  }
  char piece_[1'000] = {'{', '"', 'a'};
};

}  // namespace

TEST_CASE("a line that is too long is refused with its place, and no more of it is read than to see that") {
  EndlessLine endless;
  std::istream in(&endless);
  std::size_t count = 0;
  auto const read = storage::read_lines({.in = in, .sink = counting(count)});
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::invalid_document);
  CHECK_THAT(read.error().message, Catch::Matchers::StartsWith("line 1: the line is longer than the "));
  CHECK(endless.read <= storage::max_line_bytes + 1'000);

  std::string const text = std::string(header_line) + team_line;
  std::size_t const longest = std::max(std::string_view(header_line).size(), std::string_view(team_line).size()) - 1;
  std::istringstream fits(text);
  CHECK(storage::read_lines({.in = fits, .sink = counting(count), .max_line_bytes = longest}).has_value());
  std::istringstream too_long(text);
  auto const refused = storage::read_lines(
      {.in = too_long, .sink = counting(count), .source = "inlay.jsonl", .max_line_bytes = longest - 1});
  CHECK_THAT(refused.error().message, Catch::Matchers::StartsWith("inlay.jsonl, line "));
}

TEST_CASE("the longest line that a catalogue's change can make at the standard limits is let in") {
  auto const largest = Document::from_stored(R"({"text":")" + std::string(json::Limits{}.max_bytes - 11, 'x') + "\"}");
  REQUIRE(largest.text().size() == json::Limits{}.max_bytes);
  Integration row{.name = std::string(10'000, 'n')};
  row.config = largest;
  auto const text = Document::from_stored(model::to_json(row));
  CommitRecord commit{.revision = Revision{1}};
  for (int i = 0; i != 8; ++i) {
    commit.changes.push_back(
        {.entity = "integration", .id = row.id.uuid, .kind = ChangeKind::updated, .before = text, .after = text});
  }
  std::string line;
  storage::append_line(StoreRecord(commit), line);
  CHECK(line.size() <= storage::max_line_bytes);
}

TEST_CASE("blank lines at the end of a file are no records") {
  for (char const* const end : {"", "\n", " \r\n\n", "\t"}) {
    std::istringstream file(std::string(header_line) + team_line + end);
    std::size_t count = 0;
    auto const read = storage::read_lines({.in = file, .sink = counting(count)});
    CHECK(read.has_value());
    CHECK(count == 2);
  }
}

TEST_CASE("what is wrong in a file is told with the number of its line") {
  std::istringstream file(std::string(header_line) + team_line + "{\"entity\":\n");
  std::size_t count = 0;
  auto const read = storage::read_lines({.in = file, .sink = counting(count)});
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::invalid_document);
  CHECK_THAT(read.error().message, Catch::Matchers::StartsWith("line 3: "));
  CHECK(count == 2);

  std::istringstream shuffled(std::string(team_line) + header_line);
  storage::RecordCheck check;
  auto const refused =
      storage::read_lines({.in = shuffled, .sink = [&](StoreRecord const& record) { return check.accept(record); }});
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Matchers::StartsWith("line 1: the header"));

  std::istringstream gap(std::string(header_line) + "\n" + team_line);
  auto const blank = storage::read_lines({.in = gap, .sink = [](StoreRecord const&) { return Result<void>(); }});
  REQUIRE_FALSE(blank);
  CHECK(blank.error().message == "line 2: the line is blank");

  std::istringstream whole(header_line);
  auto const unavailable = storage::read_lines({.in = whole, .sink = [](StoreRecord const&) -> Result<void> {
                                                  return Error{.kind = ErrorKind::unavailable, .message = "x"};
                                                }});
  REQUIRE_FALSE(unavailable);
  CHECK(unavailable.error().message == "x");
}

TEST_CASE("records are held to their order and to what the header says") {
  auto const header = std::get<StoreHeader>(record_of(header_line));
  auto const team = std::get<Team>(record_of(team_line));
  auto const commit = std::get<CommitRecord>(record_of(commit_line));
  CHECK(fault_of({header, team, commit}).empty());
  CHECK(fault_of({StoreHeader{}}).empty());

  CHECK_THAT(fault_of(std::vector<StoreRecord>{}), Contains("no records at all"));
  CHECK_THAT(fault_of({team}), Contains("header must be the first"));
  CHECK_THAT(fault_of({header, header}), Contains("more records of header"));
  CHECK_THAT(fault_of({header, commit, team}), Contains("every team record comes before"));
  CHECK_THAT(fault_of({header, team}), Contains("of 1 commit records 0 came"));
  CHECK_THAT(fault_of({header, commit}), Contains("of 1 team records 0 came"));
  CHECK_THAT(fault_of({header, team, team}), Contains("more records of team"));

  auto two = header;
  two.rows[0] = 2;
  CHECK_THAT(fault_of({two, team, team}), Contains("in the order of created_at and id"));
  auto ahead = team;
  ahead.revision = Revision{4};
  CHECK_THAT(fault_of({header, ahead, commit}), Contains("a row's revision"));
  auto unwritten = team;
  unwritten.version = Version{};
  CHECK_THAT(fault_of({header, unwritten, commit}), Contains("version"));
  auto unborn = team;
  unborn.birth = Birth{};
  CHECK_THAT(fault_of({header, unborn, commit}), Contains("birth"));
  auto forgotten = commit;
  forgotten.revision = Revision{2};
  CHECK_THAT(fault_of({header, team, forgotten}), Contains("revisions of commits"));
  auto half = commit;
  half.changes[0].before.reset();
  CHECK_THAT(fault_of({header, team, half}), Contains("the row before it"));
  auto compacted = header;
  compacted.compacted_through = Revision{4};
  CHECK_THAT(fault_of({compacted}), Contains("compacted"));
}

TEST_CASE("a file with a number after which none could follow, or a time that has no text, is refused there") {
  std::string const greatest = "9223372036854775807";
  std::string const last = "4611686018427387904";
  auto const version = replaced(team_line, R"("version":2)", R"("version":)" + greatest);
  auto const header = replaced(header_line, R"("revision":3)", R"("revision":)" + greatest);
  struct Case {
    std::vector<std::string> lines;
    std::string fault;
  };
  for (auto const& [lines, fault] : std::vector<Case>{
           {{header_line, version}, "line 2: /row/version"},
           {{header_line, replaced(version, greatest, "4611686018427387905")}, "line 2: /row/version"},
           {{header}, "line 1: /revision"},
           {{replaced(header, greatest, last), replaced(version, greatest, last)}, ""},
       }) {
    std::string text;
    for (std::string const& line : lines) text += line;
    CAPTURE(text);
    std::istringstream file(text);
    storage::RecordCheck check;
    auto const read =
        storage::read_lines({.in = file, .sink = [&](StoreRecord const& record) { return check.accept(record); }});
    CHECK(read.has_value() == fault.empty());
    if (read.has_value()) continue;
    CHECK(read.error().kind == ErrorKind::invalid_argument);
    CHECK(read.error().message.substr(0, 8) + read.error().pointer.value_or("-") == fault);
  }

  auto team = std::get<Team>(record_of(team_line));
  team.updated_at.microseconds = 253'402'300'800'000'000;
  CHECK_THAT(fault_of({record_of(header_line), team}), Contains("years 0000 to 9999"));
  auto commit = std::get<CommitRecord>(record_of(commit_line));
  commit.time.microseconds = -62'167'219'200'000'001;
  CHECK_THAT(fault_of({record_of(header_line), record_of(team_line), commit}), Contains("years 0000 to 9999"));
}
