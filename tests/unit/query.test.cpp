// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/query.hpp>

#include <support/catch.hpp>

#include <limits>
#include <string>

using namespace inlay;

namespace {

template <class Readable>
std::string refused(std::string_view text) {
  auto const condition = parse_condition<Readable>(text);
  REQUIRE(condition.has_error());
  CHECK(condition.error().kind == ErrorKind::invalid_argument);
  return condition.error().message;
}

}  // namespace

TEST_CASE("a filter is field=value, or names its operator in brackets") {
  CHECK(parse_condition<Team>("name=a=b").value() == Condition{"name", Operator::eq, {"a=b"}});
  CHECK(parse_condition<Team>("name[ne]=x").value() == Condition{"name", Operator::ne, {"x"}});
  CHECK(parse_condition<Team>("is_verified=true").value() == Condition{"is_verified", Operator::eq, {true}});
  CHECK(parse_condition<Team>("version[gte]=3").value() == Condition{"version", Operator::gte, {std::int64_t{3}}});
  CHECK(parse_condition<Team>("created_at[lt]=1970-01-01T00:00:01.000002Z").value() ==
        Condition{"created_at", Operator::lt, {std::int64_t{1'000'002}}});
  Uuid const id = parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  CHECK(parse_condition<Team>("id=3FDA2B4C-0516-41bc-8ae6-4927e42ecce9").value() ==
        Condition{"id", Operator::eq, {id}});
}

TEST_CASE(
    "the operator in takes comma separated values, and a comma or backslash inside one has a backslash before it") {
  using Values = std::vector<FieldValue>;
  auto const values = [](std::string_view text) { return parse_condition<Team>(text).value().values; };
  CHECK(values("name[in]=a,b") == Values{"a", "b"});
  CHECK(values(R"(name[in]=a\,b,c\\)") == Values{"a,b", R"(c\)"});
  CHECK(values("name[in]=") == Values{});
  CHECK(values("name[in]=,") == Values{"", ""});
  CHECK(values("is_verified[in]=true,false") == Values{true, false});
  // A comma is nothing special to the other operators.
  CHECK(values(R"(name=a\,b)") == Values{R"(a\,b)"});
  CHECK(refused<Team>(R"(name[in]=a\b)").find("backslash") != std::string::npos);
  CHECK(refused<Team>(R"(name[in]=a\)").find("backslash") != std::string::npos);
}

TEST_CASE("a read model is filtered by its own fields and, with a prefix, by those of the rows that it references") {
  FieldPlace const own = find_filter_field<InstalledIntegration>("is_enabled").value();
  CHECK(own.part == 0);
  CHECK(model::fields<EnvironmentIntegration>[own.index].name == "is_enabled");
  FieldPlace const nested = find_filter_field<InstalledIntegration>("integration.category").value();
  CHECK(nested.part == 1);
  CHECK(model::fields<Integration>[nested.index].name == "category");
  CHECK(find_filter_field<InstalledIntegration>("integration.team.domain").value().part == 2);
  CHECK(find_filter_field<OwnedIntegration>("team.domain").value().part == 1);
  for (char const* path : {"name", "integration.", "integration", "integration.config", "override", "revision",
                           "integrationXname", "install.is_enabled", ".id", "", "team.team.name",
                           "environment.integration.name", "environment.team.revision", "environment.name.team"}) {
    CAPTURE(path);
    CHECK(find_filter_field<InstalledIntegration>(path).has_error());
  }
}

TEST_CASE("an install is filtered by its environment and that one's team too, and an environment by its team") {
  FieldPlace const environment = find_filter_field<InstalledIntegration>("environment.name").value();
  CHECK(environment.part == 3);
  CHECK(model::fields<Environment>[environment.index].name == "name");
  CHECK(find_filter_field<InstalledIntegration>("environment.team.name").value().part == 4);
  CHECK(find_filter_field<Environment>("team.name").value().part == 1);
  // Elsewhere the row beside may be one that not everybody sees who sees the row.
  CHECK(find_filter_field<Grant>("integration.name").has_error());
  CHECK(find_filter_field<EnvironmentIntegration>("environment.name").has_error());
}

TEST_CASE("a name that two teams of an install could be meant by is answered with both") {
  CHECK(refused<InstalledIntegration>("team.name=Acme") ==
        "there is no such field to filter by; it may be meant as integration.team.name or environment.team.name");
  CHECK(refused<InstalledIntegration>("name=zendesk") ==
        "there is no such field to filter by; it may be meant as integration.name or integration.team.name or "
        "environment.name or environment.team.name");
}

TEST_CASE("what a list says of rows beside those that are read, its scope says to the store") {
  auto const moved = [](std::vector<std::string> const& conditions, Scope scope) {
    Query<InstalledIntegration> query{.scope = std::move(scope)};
    for (std::string const& text : conditions) {
      query.where.push_back(parse_condition<InstalledIntegration>(text).value());
    }
    return conditions_into_scope(query).value();
  };
  auto const name_is = [](char const* name) { return Scope::where({"name", Operator::eq, {std::string(name)}}); };
  auto const environment = [](Scope part) {
    return Scope::related("environment", "id", "environment_id", std::move(part));
  };
  Scope const acme = Scope::related("team", "id", "team_id", name_is("Acme"));

  CHECK_FALSE(moved({"integration.name=zendesk", "is_enabled=true"}, {}).has_value());
  auto const by_names = moved({"environment.name=prod", "integration.name=zendesk", "environment.team.name=Acme"}, {});
  REQUIRE(by_names.has_value());
  REQUIRE(by_names->where.size() == 1);
  CHECK(by_names->where.front().field == "integration.name");
  CHECK(by_names->scope == environment(Scope::all_of({acme, name_is("prod")})));
  CHECK(moved({"environment.name=prod"}, {})->scope == environment(name_is("prod")));
  CHECK(moved({"environment.team.name=Acme"}, {})->scope == environment(acme));

  // A team's own environments are looked at, and no others.
  Scope const of_team = Scope::where({"team_id", Operator::eq, {Uuid{}}});
  CHECK(moved({"environment.name=prod", "environment.team.name=Acme"}, environment(of_team))->scope ==
        environment(Scope::all_of({of_team, acme, name_is("prod")})));
  Scope const either = Scope::any_of({environment(of_team), environment(name_is("x"))});
  CHECK(moved({"environment.name=prod"}, either)->scope == Scope::all_of({either, environment(name_is("prod"))}));

  // One that relates rows by nothing is the store's to refuse, as it came.
  Scope of_nothing = environment(of_team);
  of_nothing.parts.clear();
  CHECK(moved({"environment.name=prod"}, of_nothing)->scope ==
        Scope::all_of({of_nothing, environment(name_is("prod"))}));
}

TEST_CASE("a query with conditions on rows beside is bounded as any other, and a store itself is given none") {
  Query<Environment> query{.where = std::vector<Condition>(101, {"team.name", Operator::eq, {std::string("Acme")}})};
  CHECK(conditions_into_scope(query).error().kind == ErrorKind::invalid_argument);
  query.where.resize(1);
  CHECK(conditions_into_scope(query).value()->where.empty());
  CHECK(check_query(query).has_error());
  query.where.front().values = {true};
  CHECK(conditions_into_scope(query).error().kind == ErrorKind::invalid_argument);
}

TEST_CASE("a field that is not there is answered with those that are") {
  std::string const message = refused<OwnedIntegration>("colour=red");
  CHECK(message ==
        "there is no such field to filter by; there are id, name, category, is_beta, team_id, sharing, version, "
        "created_at, updated_at, team.id, team.name, team.domain, team.logo, team.is_verified, team.is_white_labeled, "
        "team.terms_of_service, team.allows_impersonation, team.version, team.created_at, team.updated_at");
}

TEST_CASE("a value that is not of the field's type is refused, and said what would be right") {
  CHECK(refused<Team>("is_verified=1").find("true or false") != std::string::npos);
  CHECK(refused<Team>("id=1").find("UUID") != std::string::npos);
  CHECK(refused<Team>("created_at=yesterday").find("RFC 3339") != std::string::npos);
  CHECK(refused<Team>("version=1x").find("whole number") != std::string::npos);
  CHECK(refused<Team>("version=99999999999999999999").find("whole number") != std::string::npos);
  CHECK(refused<Integration>("sharing=all").find("allow, ask, deny") != std::string::npos);
  CHECK(refused<Integration>("sharing[in]=allow,all").find("allow, ask, deny") != std::string::npos);
  CHECK(refused<Team>("name[like]=a").find("[lte]") != std::string::npos);
  CHECK(refused<Team>("name[eq=a").find("[lte]") != std::string::npos);
  CHECK(refused<Team>("[eq]=a").find("no such field") != std::string::npos);
  CHECK(refused<Team>("name").find("field=value") != std::string::npos);
  CHECK(refused<Team>("").find("field=value") != std::string::npos);
  CHECK(refused<Team>(std::string_view("name=a\0b", 8)).find("U+0000") != std::string::npos);
  CHECK(refused<Team>("name=\xFF").find("UTF-8") != std::string::npos);
}

TEST_CASE("a condition that a program built is held to the same rules") {
  CHECK(check_condition<Team>({"name", Operator::eq, {"a"}}).has_value());
  CHECK(check_condition<Team>({"name", Operator::in, {}}).has_value());
  CHECK(check_condition<Team>({"name", Operator::eq, {}}).has_error());
  CHECK(check_condition<Team>({"name", Operator::ne, {"a", "b"}}).has_error());
  CHECK(check_condition<Team>({"name", Operator::eq, {true}}).has_error());
  CHECK(check_condition<Team>({"is_verified", Operator::eq, {"true"}}).has_error());
  CHECK(check_condition<Team>({"version", Operator::in, {std::int64_t{1}, "2"}}).has_error());
  CHECK(check_condition<Team>({"id", Operator::eq, {"3fda2b4c-0516-41bc-8ae6-4927e42ecce9"}}).has_error());
  CHECK(check_condition<Grant>({"status", Operator::eq, {"pending"}}).has_value());
  CHECK(check_condition<Grant>({"status", Operator::eq, {"lost"}}).has_error());
}

TEST_CASE("a cursor's text reads back, whatever the cursor") {
  for (std::int64_t const time : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'628'589'600'000'000},
                                  std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    Cursor const cursor{Timestamp{time}, generate_uuid()};
    std::string const text = to_string(cursor);
    CAPTURE(text);
    CHECK(text.size() == 38);
    CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    CHECK(parse_cursor(text).value() == cursor);
  }
}

TEST_CASE("a cursor's text with any one character changed is refused") {
  std::string const text = to_string(Cursor{Timestamp{1'628'589'600'000'000}, generate_uuid()});
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (char const c : {'A', 'B', 'Q', 'g', 'w', '_', '-', '=', '+', '/', ' ', '\0'}) {
      std::string tampered = text;
      if (tampered[i] == c) continue;
      tampered[i] = c;
      CAPTURE(tampered);
      auto const cursor = parse_cursor(tampered);
      REQUIRE(cursor.has_error());
      CHECK(cursor.error().kind == ErrorKind::invalid_argument);
    }
  }
  for (std::string const& other : {std::string(), text + "A", text.substr(1), text + "==", "?" + text}) {
    CHECK(parse_cursor(other).has_error());
  }
}

TEST_CASE("the documents of a row count by the bytes of those that a query brings") {
  InstalledIntegration row;
  row.integration.config = Document::from_stored(R"({"a":"\xC3\xA9"})");
  Query<InstalledIntegration> query;
  CHECK(document_bytes(row, query) == row.integration.config.text().size());
  row.install.override = Document::from_stored(R"({"b":1})");
  CHECK(document_bytes(row, query) == row.integration.config.text().size() + 7);
  query.with_nested_documents = false;
  CHECK(document_bytes(row, query) == 7);
  query.with_documents = false;
  CHECK(document_bytes(row, query) == 0);
  query.with_nested_documents = true;
  CHECK(document_bytes(row, query) == row.integration.config.text().size());
  CHECK(document_bytes(Team{}, Query<Team>{}) == 0);
}
