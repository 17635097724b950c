// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace inlay::conformance {

namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

/** Texts that some engine somewhere takes for another, or for something other than text. */
std::vector<std::string> const& peculiar_texts() {
  static std::vector<std::string> const texts{
      "x",
      "x ",
      "x  ",
      " x",
      "X",
      "\xC3\xA9",      // e with acute, composed
      "e\xCC\x81",     // and decomposed
      "e",             //
      "\xC3\x89",      // and in upper case
      "\xC3\x9F",      // sharp s
      "ss",            //
      "\xEF\xAC\x81",  // the ligature fi
      "fi",
      "\xF0\x9F\x98\x80",                              // an emoji, four bytes
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9",  // two, joined
      "\xE2\x80\x8F\xD7\xA9",                          // right to left
      "\xEF\xBC\xA1",                                  // a full-width A
      "\xEF\xBF\xBD",                                  // the replacement character
      "\xF4\x8F\xBF\xBF",                              // the last code point
      "I",
      "\xC4\xB1",  // a dotless i
      "'",
      "''; drop table inlay_team; --",
      "\"",
      "\\",
      "\\n",
      "\\0",
      "%",
      "_",
      "?",
      ":name",
      "$1",
      "::text",
      "{{oauth.token}}",
      "0",
      "007",
      "1e5",
      "1.0",
      "true",
      "null",
      "NULL",
      "2021-08-10T10:00:00.000Z",
      "-",
      "a,b",
      "a\\,b",
  };
  return texts;
}

/** Texts that no member of a row may be. */
std::vector<std::string> unfit_texts() {
  return {"",
          "a\xC3",
          "a\xED\xA0\x80",  // half of a surrogate pair
          "\xFF",
          std::string("a\0b", 3),
          "a\n",
          "\xC2\x80",
          repeated("a", 256),
          repeated("\xF0\x9F\x98\x80", 256)};
}

void check_unfit(Error const& error, std::string_view member) {
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.pointer == "/" + std::string(member));
}

EnvironmentIntegration with_override(Store const& store, Document const& document) {
  EnvironmentIntegration install = store.insert_sample<EnvironmentIntegration>(0);
  EnvironmentIntegration after = install;
  after.override = document;
  return store.update(install, after);
}

/** Stores a document, and checks that its text comes back from everywhere. */
void check_round_trip(Store const& store, Document const& document) {
  Integration integration = sample<Integration>(0);
  integration.team_id = store.insert_sample<Team>(0).id;
  integration.name += std::to_string(must(store->revision()).value);
  integration.config = document;
  integration = store.insert(integration);
  // Compared by bool: a failure should not print a document of 1 MiB.
  bool const is_found = store.read<Integration>(integration.id).config == document;
  CHECK(is_found);
  auto const listed = must(store->list(Query<Integration>{.where = {{"id", Operator::eq, {integration.id.uuid}}}}));
  REQUIRE(listed.items.size() == 1);
  bool const is_listed = listed.items[0].config == document;
  CHECK(is_listed);
  bool const is_joined = store.read<OwnedIntegration>(integration.id).integration.config == document;
  CHECK(is_joined);
  EnvironmentIntegration const install = with_override(store, document);
  EnvironmentIntegration const read = store.read<EnvironmentIntegration>(install.id);
  bool const is_overridden = read.override == document;
  CHECK(is_overridden);
  auto const log = log_after(*store, Revision{install.revision.value - 1});
  bool const is_logged = log.back().changes[0].after == record_of(install);
  CHECK(is_logged);
}

}  // namespace

TEST_CASE("texts come back byte for byte", "[text]") {
  Store const store;
  for (std::string const& text : peculiar_texts()) {
    CAPTURE(text);
    Team team = sample<Team>(0);
    team.name = text;
    team.domain = text;
    team.logo = text;
    team = store.insert(team);
    CHECK(store.read<Team>(team.id) == team);
    Commit commit = commit_of({Remove<Team>{team}});
    commit.actor = text;
    commit.reason = text;
    Revision const revision = store.commit(commit);
    auto const log = log_after(*store, team.revision);
    REQUIRE(log.size() == 1);
    CHECK(log[0].revision == revision);
    CHECK(log[0].actor == text);
    CHECK(log[0].reason == text);
    CHECK(log[0].changes[0].before == record_of(team));
  }
}

TEST_CASE("names of 255 characters come back whole, of four bytes each too", "[text]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    for (std::string const character : {"a", "\xC3\xA9", "\xF0\x9F\x98\x80"}) {
      std::vector<Change> changes;
      Entity row = add_sample<Entity>(changes, 0);
      model::for_each_field<Entity>([&](model::Field const&, auto member) {
        if constexpr (std::is_same_v<model::ValueOf<std::remove_cvref_t<decltype(row.*member)>>, std::string>) {
          row.*member = repeated(character, 255);
        }
      });
      Insert<Entity> const insert{row};
      changes.back() = insert;
      Commit const commit = commit_of(changes);
      Entity const expected = inserted(insert, commit.time, store.commit(commit));
      CHECK(store.read<Entity>(row.id) == expected);
    }
  });
}

TEST_CASE("texts that differ in a single byte are different under a unique key", "[text]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  std::vector<Environment> environments;
  for (std::string const& name : peculiar_texts()) {
    CAPTURE(name);
    Environment environment = sample<Environment>(0);
    environment.team_id = team.id;
    environment.name = name;
    environments.push_back(store.insert(environment));
  }
  CHECK(store.all<Environment>() == environments);
  for (std::string const& name : peculiar_texts()) {
    CAPTURE(name);
    Environment again = sample<Environment>(0);
    again.team_id = team.id;
    again.name = name;
    CHECK(error_of(store->commit(commit_of({Insert<Environment>{again}}))).kind == ErrorKind::already_exists);
  }
}

TEST_CASE("texts compare byte for byte", "[text]") {
  Store const store;
  std::vector<Change> changes;
  for (std::string const& name : peculiar_texts()) {
    Team team = sample<Team>(0);
    team.name = name;
    changes.push_back(Insert<Team>{team});
  }
  store.commit(commit_of(changes));
  auto const teams = store.all<Team>();
  REQUIRE(teams.size() == peculiar_texts().size());
  for (std::string const& name : peculiar_texts()) {
    for (Operator const op :
         {Operator::eq, Operator::ne, Operator::in, Operator::lt, Operator::lte, Operator::gt, Operator::gte}) {
      Condition const condition{"name", op, {name}};
      std::vector<std::string> expected;
      for (Team const& team : teams) {
        if (holds(condition, FieldValue{team.name})) expected.push_back(team.name);
      }
      std::vector<std::string> listed;
      for (Team const& team : walk(*store, Query<Team>{.where = {condition}, .limit = 1'000})) {
        listed.push_back(team.name);
      }
      INFO("name[" << boost::describe::enum_to_string(op, "?") << "]=" << name);
      CHECK(listed == expected);
    }
  }
}

TEST_CASE("a filter with U+0000 or what is not UTF-8 is refused, never cut short", "[text]") {
  Store const store;
  Team team = sample<Team>(0);
  team.name = "a";
  team = store.insert(team);
  for (std::string const& text : {std::string("a\0", 2), std::string("a\0b", 3), std::string("a\xC3"),
                                  std::string("a\xED\xA0\x80"), std::string("\xFF")}) {
    for (Operator const op : {Operator::eq, Operator::ne, Operator::in, Operator::lt, Operator::gte}) {
      auto const page = store->list(Query<Team>{.where = {{"name", op, {text}}}});
      CHECK(error_of(page).kind == ErrorKind::invalid_argument);
    }
  }
}

TEST_CASE("a text that is not UTF-8, has control characters, is empty or too long is refused at its member", "[text]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const there = store.insert_sample<Entity>(0);
    for (std::string const& text : unfit_texts()) {
      CAPTURE(text);
      model::for_each_field<Entity>([&](model::Field const& field, auto member) {
        if constexpr (std::is_same_v<model::ValueOf<std::remove_cvref_t<decltype(there.*member)>>, std::string>) {
          std::vector<Change> changes;
          Entity unfit = add_sample<Entity>(changes, 1);
          unfit.*member = text;
          changes.back() = Insert<Entity>{unfit};
          check_unfit(store.refused(changes), field.name);
          unfit = there;
          unfit.*member = text;
          check_unfit(store.refused({Update<Entity>{there, unfit}}), field.name);
        }
      });
    }
  });
}

TEST_CASE("an edit that gives a row with such a text is refused at its member", "[text]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  for (std::string const& text : unfit_texts()) {
    CAPTURE(text);
    check_unfit(store.refused({Edit<Team>{team.id,
                                          [&](Team unfit) -> Result<Team> {
                                            unfit.domain = text;
                                            return unfit;
                                          }}}),
                "domain");
  }
}

TEST_CASE("a row without a document that it was read without is refused at the member, as it was and as it is to be",
          "[text]") {
  for_each_entity([]<class Entity>() {
    if constexpr (has_documents<Entity>) {
      Store const store;
      Entity const there = store.insert_sample<Entity>(0);
      Entity const lean = must(store->list(Query<Entity>{.with_documents = false})).items.at(0);
      std::string const member = [] {
        for (model::Field const& field : model::fields<Entity>) {
          if (field.type == model::FieldType::document) return std::string(field.name);
        }
        return std::string();
      }();
      Entity const changed = rewritten(there, 1);
      check_unfit(store.refused({Update<Entity>{there, lean}}), member);
      check_unfit(store.refused({Update<Entity>{lean, changed}}), member);
      check_unfit(store.refused({Remove<Entity>{lean}}), member);
      check_unfit(store.refused({Edit<Entity>{there.id, [&](Entity const&) { return Result<Entity>(lean); }}}), member);
      std::vector<Change> changes;
      add_sample<Entity>(changes, 1);
      std::get<Insert<Entity>>(changes.back()).row = with_documents(sample<Entity>(1), Document::left_out());
      check_unfit(store.refused(changes), member);
    }
  });
}

TEST_CASE("an actor or reason that is not UTF-8, has control characters or is too long is refused", "[text]") {
  Store const store;
  for (std::string const& text : unfit_texts()) {
    if (text.empty()) continue;
    CAPTURE(text);
    Commit commit = commit_of({Insert<Team>{sample<Team>(0)}});
    commit.actor = text;
    check_unfit(store.refused(commit), "actor");
    commit.actor = "";
    commit.reason = text;
    check_unfit(store.refused(commit), "reason");
  }
}

TEST_CASE("documents come back byte for byte", "[text]") {
  Store const store;
  for (char const* text :
       {"{}", R"({"":""})", R"({"b":1,"a":2,"c":{"z":1,"y":2}})", R"({"a":null,"b":[],"c":{},"d":[null,[],{}]})",
        R"({"x ":"x ","x":"x","X":"X"})", R"({"nul":"\u0000","tab":"\t","quote":"\"","slash":"\\"})",
        "{\"\xF0\x9F\x98\x80\":\"e\xCC\x81 \xC3\xA9\"}", R"({"sql":"'; drop table inlay_team; --",":n":"$1 ? %s"})",
        R"({"ints":[0,-1,9223372036854775807,-9223372036854775808,18446744073709551615]})",
        R"({"doubles":[-0.0,1.0,1.5,0.1,1e300,5e-324,1.7976931348623157e308,123456789.123456789]})",
        R"({"placeholder":"{{oauth.token.access_token}}","html":"<a href='x'>&amp;</a>"})"}) {
    CAPTURE(text);
    check_round_trip(store, must(Document::parse(text)));
  }
}

TEST_CASE("two hundred thousand doubles of any magnitude come back as they were", "[text]") {
  Store const store;
  std::mt19937_64 random(20210810);  // NOLINT: the same ones each time, so that a failure can be repeated
  EnvironmentIntegration install = with_override(store, must(Document::parse(R"({"numbers":[]})")));
  std::size_t different = 0;
  for (int document = 0; document != 10; ++document) {
    boost::json::array numbers;
    while (numbers.size() < 20'000) {
      std::uint64_t const bits = random();
      double number{};
      std::memcpy(&number, &bits, sizeof number);
      if (std::isfinite(number)) numbers.push_back(number);
    }
    numbers.push_back(-0.0);
    numbers.push_back(std::numeric_limits<std::int64_t>::min());
    numbers.push_back(std::numeric_limits<std::uint64_t>::max());
    boost::json::object object;
    object["numbers"] = numbers;
    EnvironmentIntegration changed = install;
    changed.override = must(Document::from(object));
    store.update(install, changed);
    install = store.read<EnvironmentIntegration>(install.id);
    // Parsed anew: the document that was written knows its values without reading them back.
    REQUIRE(install.override);
    Document const parsed = must(Document::parse(install.override->text()));
    auto const& back = must(parsed.values())->at("numbers").as_array();
    REQUIRE(back.size() == numbers.size());
    for (std::size_t i = 0; i < 20'001; ++i) {
      double const was = numbers[i].as_double();
      double const is = back[i].as_double();
      if (std::memcmp(&was, &is, sizeof was) != 0) ++different;
    }
    CHECK(back[20'001] == numbers[20'001]);
    CHECK(back[20'002] == numbers[20'002]);
  }
  CHECK(different == 0);
}

TEST_CASE("a document of 1 MiB comes back byte for byte", "[text]") {
  Store const store;
  std::size_t const size = std::size_t{1} << 20U;
  std::string text = R"({"emoji":")";
  while (text.size() + 4 <= size - 2) text += "\xF0\x9F\x98\x80";
  text += std::string(size - 2 - text.size(), 'x') + "\"}";
  REQUIRE(text.size() == size);
  check_round_trip(store, must(Document::parse(text)));
}

TEST_CASE("a document 64 levels deep comes back byte for byte", "[text]") {
  Store const store;
  std::string const objects = repeated(R"({"a":)", 63) + "{}" + std::string(63, '}');
  std::string const arrays = R"({"a":)" + std::string(63, '[') + std::string(63, ']') + "}";
  check_round_trip(store, must(Document::parse(objects)));
  check_round_trip(store, must(Document::parse(arrays)));
}

TEST_CASE("times keep their microseconds, before 1970 and far from it", "[text]") {
  Store const store;
  for (std::int64_t const time :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, std::int64_t{1'628'589'600'123'457},
        std::int64_t{-62'135'596'800'000'000}, std::int64_t{253'402'300'799'999'999}}) {
    CAPTURE(time);
    Commit commit = commit_of({Insert<Team>{sample<Team>(0)}});
    commit.time = Timestamp{time};
    Revision const revision = store.commit(commit);
    auto const log = log_after(*store, Revision{revision.value - 1});
    CHECK(log.back().time == commit.time);
    Team const team = store.read<Team>(std::get<Insert<Team>>(commit.changes[0]).row.id);
    CHECK(team.created_at == commit.time);
    CHECK(team.updated_at == commit.time);
  }
}

}  // namespace inlay::conformance
