// SPDX-License-Identifier: BSL-1.0
#include <inlay/ended.hpp>

#include <inlay/json/parse.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>

using namespace inlay;

namespace {

EnvironmentIntegration sample() {
  EnvironmentIntegration install{.id = Id<EnvironmentIntegration>::generate(),
                                 .integration_id = Id<Integration>::generate(),
                                 .environment_id = Id<Environment>::generate()};
  install.version = Version{1};
  install.birth = Birth{1};
  return install;
}

}  // namespace

TEST_CASE("the end of an install is an object with time and reason, which a record keeps to the microsecond") {
  EnvironmentIntegration install = sample();
  install.ended = Ended{Timestamp{1'628'589'600'000'001}, "the \"API\" is gone"};
  CHECK(model::to_json(install).find(R"("ended":{"at":"2021-08-10T10:00:00.000Z","reason":"the \"API\" is gone"})") !=
        std::string::npos);
  std::string record;
  model::write_json(install, record, model::JsonUse::record);
  CHECK(model::read_record<EnvironmentIntegration>(test::object(record)).value() == install);
  install.ended.reset();
  CHECK(model::to_json(install).find("ended") == std::string::npos);
}

TEST_CASE("what is no end of an install is refused, and says where") {
  auto const without = [] {
    std::string record;
    model::write_json(sample(), record, model::JsonUse::record);
    return test::object(record);
  }();
  for (char const* const wrong :
       {"1", "\"text\"", "{}", R"({"at":"2021-08-10T10:00:00.000001Z"})", R"({"reason":"r"})",
        R"({"at":"yesterday","reason":"r"})", R"({"at":"2021-08-10T10:00:00.000001Z","reason":""})",
        R"({"at":"2021-08-10T10:00:00.000001Z","reason":1})",
        R"({"at":"2021-08-10T10:00:00.000001Z","reason":"r","by":"x"})"}) {
    CAPTURE(wrong);
    auto record = without;
    record["ended"] = test::parsed(wrong);
    auto const read = model::read_record<EnvironmentIntegration>(record);
    REQUIRE(read.has_error());
    CHECK(read.error().kind == ErrorKind::invalid_argument);
    CHECK(read.error().pointer.value_or("").starts_with("/ended"));
  }

  // A caller gives none.
  auto const created = model::read_new<EnvironmentIntegration>(
      test::object(R"({"ended":{"at":"2021-08-10T10:00:00.000001Z","reason":"r"}})"));
  CHECK(created.error().message == "ended is read-only");
  EnvironmentIntegration row;
  auto const patched = model::apply_merge_patch(
      row, test::object(R"({"ended":null})"),
      [](auto const&, auto const& current, auto const&) { return Result<std::optional<Document>>(current); });
  CHECK(patched.error().message == "ended is read-only");
}
