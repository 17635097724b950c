// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/parse.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

#include <limits>
#include <string>

using namespace inlay;

namespace {

boost::json::object object(char const* text) { return json::parse(text).value().as_object(); }

template <class Entity>
Error refused_new(char const* text) {
  auto const row = model::read_new<Entity>(object(text));
  REQUIRE(row.has_error());
  return row.error();
}

// Stands for what the catalogue does with documents: the given object replaces the one there is.
Result<std::optional<Document>> replaced_by_given(model::Field const&, std::optional<Document> const&,
                                                  boost::json::object const& given) {
  auto document = Document::from(given);
  if (!document) return document.error();
  return std::optional<Document>(*document);
}

std::string repeated(char const* character, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += character;
  return text;
}

}  // namespace

TEST_CASE("a record keeps everything but the revision, microseconds too, and reads back") {
  Integration row{.id = Id<Integration>::generate(), .name = "zen\"desk\\ \xF0\x9F\x98\x80", .is_beta = true};
  row.config = Document::parse(R"({"a":null,"b":1.0})").value();
  row.team_id = Id<Team>::generate();
  row.sharing = Sharing::ask;
  row.version = Version{std::numeric_limits<std::int64_t>::max()};
  row.birth = Birth{std::numeric_limits<std::uint64_t>::max()};
  row.created_at = parse_timestamp("2021-08-10T10:00:00.123456Z").value();
  row.updated_at = parse_timestamp("1969-12-31T23:59:59.999999Z").value();

  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  CHECK(model::read_record<Integration>(object(text.c_str())).value() == row);
  CHECK(text.find("revision") == std::string::npos);

  row.category = "helpdesk";
  row.revision = Revision{7};
  text.clear();
  model::write_json(row, text, model::JsonUse::record);
  Integration const read = model::read_record<Integration>(object(text.c_str())).value();
  CHECK(read.category == "helpdesk");
  CHECK(read.revision == Revision{});
}

TEST_CASE("a record that lacks a member which is always there is refused, one that lacks an optional one is not") {
  EnvironmentIntegration row{.id = Id<EnvironmentIntegration>::generate(),
                             .integration_id = Id<Integration>::generate(),
                             .environment_id = Id<Environment>::generate(),
                             .birth = Birth{7}};
  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  for (char const* member : {"id", "integration_id", "show_in_catalog", "version", "created_at"}) {
    boost::json::object record = object(text.c_str());
    record.stable_erase(record.find(member));
    auto const read = model::read_record<EnvironmentIntegration>(record);
    REQUIRE(read.has_error());
    CHECK(read.error().pointer == std::string("/") + member);
  }
  CHECK(model::read_record<EnvironmentIntegration>(object(text.c_str())).value() == row);
}

TEST_CASE("a record without a birth, as inlay 0.1 wrote it, has the one that follows from its id and time") {
  Grant row{.id = Id<Grant>::generate(), .birth = Birth{7}, .created_at = Timestamp{1'628'589'600'000'001}};
  row.integration_id = Id<Integration>::generate();
  row.team_id = Id<Team>::generate();
  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  boost::json::object record = object(text.c_str());
  record.erase("birth");
  row.birth = birth_of_older_row(row.id.uuid, row.created_at);
  CHECK(model::read_record<Grant>(record).value() == row);
}

TEST_CASE("each fault of a new row is an error of its own that says where") {
  Error error = refused_new<Team>(R"({"name":"a","colour":"red"})");
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.pointer == "/colour");
  CHECK(error.message.starts_with("unknown member; there are id, name, domain, "));
  CHECK(error.message.find("revision") == std::string::npos);
  CHECK(error.message.find("created_at") == std::string::npos);

  error = refused_new<Team>(R"({"name":"a","a/b~c":1})");
  CHECK(error.pointer == "/a~1b~0c");

  error = refused_new<Team>(R"({"name":"a","revision":1})");
  CHECK(error.message.starts_with("unknown member"));

  error = refused_new<Team>(R"({"name":"a","version":1})");
  CHECK(error.pointer == "/version");
  CHECK(error.message == "version is set by the store and can't be given");
  error = refused_new<Team>(R"({"name":"a","birth":"0123456789abcdef"})");
  CHECK(error.message == "birth is set by the store and can't be given");

  error = refused_new<Team>(R"({})");
  CHECK(error.pointer == "/name");
  CHECK(error.message == "name is missing");

  error = refused_new<Team>(R"({"name":null})");
  CHECK(error.pointer == "/name");
  CHECK(error.message == "name can't be null");

  error = refused_new<Team>(R"({"name":"a","is_verified":null})");
  CHECK(error.pointer == "/is_verified");
  CHECK(error.message == "is_verified can't be null");

  for (auto const& [given, kind] : {std::pair{"\"true\"", "a string"},
                                    {"1", "a number"},
                                    {"0.5", "a number"},
                                    {"[true]", "an array"},
                                    {"{}", "an object"}}) {
    error = refused_new<Team>((std::string(R"({"name":"a","is_verified":)") + given + "}").c_str());
    CHECK(error.pointer == "/is_verified");
    CHECK(error.message == std::string("is_verified must be a boolean, not ") + kind);
  }
  error = refused_new<Team>(R"({"name":7})");
  CHECK(error.message == "name must be a string, not a number");

  error = refused_new<Integration>(R"({"name":"a","sharing":"everybody"})");
  CHECK(error.pointer == "/sharing");
  CHECK(error.message == "sharing must be allow, ask or deny");

  error = refused_new<Environment>(R"({"name":"a","team_id":"team-1"})");
  CHECK(error.pointer == "/team_id");
  CHECK(error.message.starts_with("team_id: not a UUID"));

  error = refused_new<Environment>(R"({"name":"a","team_id":"00000000-0000-0000-0000-000000000000"})");
  CHECK(error.pointer == "/team_id");
}

TEST_CASE("a caller may bring its own id, and a row without one stays without") {
  Team const own = model::read_new<Team>(object(R"({"id":"3FDA2B4C-0516-41bc-8ae6-4927e42ecce9","name":"a"})")).value();
  CHECK(to_string(own.id) == "3fda2b4c-0516-41bc-8ae6-4927e42ecce9");
  CHECK(model::read_new<Team>(object(R"({"name":"a"})")).value().id.is_nil());
  CHECK(refused_new<Team>(R"({"id":"00000000-0000-0000-0000-000000000000","name":"a"})").pointer == "/id");
}

TEST_CASE("a name has 1 to 255 characters, counted as characters, not bytes") {
  auto const new_team = [](std::string const& name) {
    return model::read_new<Team>(boost::json::object{{"name", name}});
  };
  CHECK(new_team(repeated("x", 255)).has_value());
  CHECK(new_team(repeated("\xF0\x9F\x98\x80", 255)).has_value());
  for (std::string const& name : {std::string(), repeated("x", 256), repeated("\xC3\xA9", 256)}) {
    auto const team = new_team(name);
    REQUIRE(team.has_error());
    CHECK(team.error().kind == ErrorKind::invalid_argument);
    CHECK(team.error().pointer == "/name");
    CHECK(team.error().message == "name must have 1 to 255 characters");
  }
}

TEST_CASE("a name holds no control characters and nothing that is not UTF-8") {
  using namespace std::string_literals;
  for (std::string const& text : {"a\0b"s, "\0"s, "\n"s, "a\x1F"s, "\x7F"s, "\xC2\x80"s, "\xC2\x9F"s}) {
    auto const checked = model::check_text(text);
    REQUIRE(checked.has_error());
    CHECK(checked.error().kind == ErrorKind::invalid_argument);
    CHECK(checked.error().message == "a short text must not hold control characters");
  }
  // A lone continuation, overlong forms, a surrogate, beyond U+10FFFF, and cut off.
  for (std::string const& text : {"\x80"s, "\xC0\x80"s, "\xC1\xBF"s, "\xE0\x80\x80"s, "\xF0\x80\x80\x80"s,
                                  "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "a\xE2\x82"s, "\xFF"s}) {
    auto const checked = model::check_text(text);
    REQUIRE(checked.has_error());
    CHECK(checked.error().message == "a short text must be UTF-8");
  }
  for (std::string const& text : {" "s, "~"s, "\xC2\xA0"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s, "\xF4\x8F\xBF\xBF"s,
                                  "'; drop table team; --"s, "e\xCC\x81"s}) {
    CHECK(model::check_text(text).has_value());
  }
}

TEST_CASE("a row that a program built is held to the same rules") {
  Team team{.name = "a"};
  CHECK(model::check(team).has_value());
  team.logo = "";
  auto const checked = model::check(team);
  REQUIRE(checked.has_error());
  CHECK(checked.error().pointer == "/logo");

  Integration integration{.name = "a"};
  integration.sharing = static_cast<Sharing>(7);
  REQUIRE(model::check(integration).has_error());
  CHECK(model::check(integration).error().pointer == "/sharing");
}

TEST_CASE("a document beyond the limits is refused with the place inside it") {
  json::Limits const limits{.max_bytes = 1'000, .max_depth = 2};
  auto const deep = model::read_new<Integration>(
      object(R"({"name":"a","team_id":"05daecaf-4365-42e8-8370-8127de5dd717","config":{"a":{"b":{}}}})"), limits);
  REQUIRE(deep.has_error());
  CHECK(deep.error().kind == ErrorKind::invalid_document);
  CHECK(deep.error().pointer == "/config/a/b");
}

TEST_CASE("a merge patch changes what it names and nothing else") {
  Team team{.name = "a", .domain = "example.com", .logo = "https://example.com/logo.png"};
  REQUIRE(
      model::apply_merge_patch(team, object(R"({"name":"b","domain":null,"is_verified":true})"), replaced_by_given));
  CHECK(team == Team{.name = "b", .logo = "https://example.com/logo.png", .is_verified = true});
  REQUIRE(model::apply_merge_patch(team, object("{}"), replaced_by_given));
  CHECK(team.name == "b");
}

TEST_CASE("a merge patch that is refused leaves the row as it was") {
  for (auto const& [patch, pointer, message] :
       {std::tuple{R"({"name":"b","nmae":"c"})", "/nmae", "unknown member; there are name, domain, logo, "},
        {R"({"name":"b","updated_at":"2021-08-10T10:00:00.000Z"})", "/updated_at", "updated_at is read-only"},
        {R"({"name":"b","revision":1})", "/revision", "unknown member; there are name, domain, logo, "},
        {R"({"name":"b","id":null})", "/id", "id is read-only"},
        {R"({"name":"b","is_verified":null})", "/is_verified", "is_verified can't be null"},
        {R"({"name":"b","is_verified":"yes"})", "/is_verified", "is_verified must be a boolean, not a string"},
        {R"({"name":"b","domain":""})", "/domain", "domain must have 1 to 255 characters"},
        {R"({"domain":"b","name":null})", "/name", "name can't be null"}}) {
    Team const before{.name = "a", .domain = "example.com"};
    Team team = before;
    auto const result = model::apply_merge_patch(team, object(patch), replaced_by_given);
    CAPTURE(patch);
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::invalid_argument);
    CHECK(result.error().pointer == pointer);
    CHECK(result.error().message.starts_with(message));
    CHECK(team == before);
  }
}

TEST_CASE("a document in a merge patch is handed on with the one that is there") {
  EnvironmentIntegration install;
  install.override = Document::parse(R"({"a":1})").value();
  std::string seen;
  auto const record = [&](model::Field const& field, std::optional<Document> const& current,
                          boost::json::object const& given) {
    seen = std::string(field.name) + " " + std::string(current->text());
    return replaced_by_given(field, current, given);
  };
  REQUIRE(model::apply_merge_patch(install, object(R"({"is_enabled":false,"override":{"b":2}})"), record));
  CHECK(seen == R"(override {"a":1})");
  CHECK(install.override->text() == R"({"b":2})");
  CHECK_FALSE(install.is_enabled);

  seen.clear();
  REQUIRE(model::apply_merge_patch(install, object(R"({"override":null})"), record));
  CHECK(seen.empty());
  CHECK_FALSE(install.override);

  auto const refuse = [](model::Field const&, std::optional<Document> const&, boost::json::object const&) {
    return Result<std::optional<Document>>(
        Error{.kind = ErrorKind::invalid_document, .message = "too deep", .pointer = "/a/b"});
  };
  auto const refused = model::apply_merge_patch(install, object(R"({"override":{"a":{}}})"), refuse);
  REQUIRE(refused.has_error());
  CHECK(refused.error().pointer == "/override/a/b");

  auto const wrong = model::apply_merge_patch(install, object(R"({"override":[]})"), record);
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().message == "override must be an object, not an array");
}

TEST_CASE("a document that was left out of a row is left out of its JSON") {
  InstalledIntegration resource;
  resource.install.override = Document::left_out();
  resource.integration.version = Version{1};
  CHECK(model::to_json(resource.install).find("override") == std::string::npos);
  CHECK(model::to_json(resource).find("override") == std::string::npos);
  CHECK(model::to_json(resource).find("config") != std::string::npos);
  resource.integration.config = Document::left_out();
  CHECK(model::to_json(resource).find("config") == std::string::npos);
  auto const refused = model::check_whole(resource.install);
  REQUIRE(refused.has_error());
  CHECK(refused.error().pointer == "/override");
  CHECK(model::check_whole(EnvironmentIntegration{}).has_value());
}
