// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/internal/record_bytes.hpp>

#include <support/catch.hpp>

#include <string>

using namespace inlay;

namespace {

template <class Entity>
void check(Entity const& row) {
  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  CAPTURE(text);
  CHECK(detail::record_bytes(row) == text.size());
}

}  // namespace

TEST_CASE("the bytes of a record are those of its text, with and without documents") {
  auto const document = Document::parse(R"({"base_url":"https://example.com","caf\u0001":[1,{"a":null}]})").value();
  check(Team{.id = Id<Team>::generate(), .name = "caf\xC3\xA9 \"\\\n", .domain = "example.com"});
  check(Environment{.id = Id<Environment>::generate(), .name = "production"});
  check(Integration{.id = Id<Integration>::generate(), .name = "crm"});
  check(Integration{.id = Id<Integration>::generate(), .name = "crm", .config = document});
  check(EnvironmentIntegration{.id = Id<EnvironmentIntegration>::generate()});
  check(EnvironmentIntegration{.id = Id<EnvironmentIntegration>::generate(), .override = Document()});
  check(EnvironmentIntegration{.id = Id<EnvironmentIntegration>::generate(),
                               .override = document,
                               .ended = Ended{Timestamp{1}, "the API is \"off\""}});
  check(Grant{.id = Id<Grant>::generate()});
}
