// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/errors.hpp>

#include <support/catch.hpp>

#include <array>
#include <string>
#include <vector>

using namespace inlay;

TEST_CASE("a taken unique key points at the member that a caller would change") {
  Error const name = storage::unique_key_taken(Integration::entity_name, Integration::unique_keys[0]);
  CHECK(name.kind == ErrorKind::already_exists);
  CHECK(name.pointer == "/name");
  CHECK(name.message == "there is an integration with the same team_id and name already");

  Error const single = storage::unique_key_taken("team", {"domain", ""});
  CHECK(single.pointer == "/domain");
  CHECK(single.message == "there is a team with the same domain already");
}

TEST_CASE("a stale version says what the current version is, or that the row is gone") {
  Error const changed = storage::stale_version("environment_integration", Version{7});
  CHECK(changed.kind == ErrorKind::conflict);
  CHECK(changed.current_version == Version{7});
  CHECK(changed.message == "the environment integration has changed meanwhile: it is at version 7 now");

  Error const gone = storage::stale_version("environment_integration", std::nullopt);
  CHECK(gone.kind == ErrorKind::conflict);
  CHECK_FALSE(gone.current_version);
  CHECK(gone.message == "the environment integration is gone");
}

TEST_CASE("a row in use says by what") {
  std::array<std::string_view, 3> const users{"environment", "integration", "grant"};
  Error const error = storage::still_referenced("team", users);
  CHECK(error.kind == ErrorKind::in_use);
  CHECK(error.message == "the team is still in use by an environment, an integration and a grant");
  CHECK(error.used_by == std::vector<std::string>{"environment", "integration", "grant"});
  CHECK(storage::still_referenced("team", std::span(users).first(1)).message ==
        "the team is still in use by an environment");
}

TEST_CASE("a store that forgot, or has been written, says so by more than words") {
  CHECK(storage::changes_compacted(Revision{7}).kept_after == Revision{7});
  CHECK(storage::not_empty(Revision{7}).reason == Reason::store_not_empty);
  CHECK(storage::id_taken("team").reason == Reason::none);
}

TEST_CASE("a dangling reference points at its member, a missing row at nothing") {
  Error const dangling = storage::dangling_reference(model::references<EnvironmentIntegration>[0]);
  CHECK(dangling.kind == ErrorKind::not_found);
  CHECK(dangling.pointer == "/integration_id");
  CHECK(dangling.message == "there is no integration with this id");

  Error const missing = storage::no_such_row("integration");
  CHECK(missing.kind == ErrorKind::not_found);
  CHECK_FALSE(missing.pointer);
}

TEST_CASE("a corrupt row is named by its table and id") {
  Uuid const id = parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  Error const error = storage::corrupt_row("inlay_integration", id, "config is not JSON");
  CHECK(error.kind == ErrorKind::corrupt);
  CHECK(error.message ==
        "the row 3fda2b4c-0516-41bc-8ae6-4927e42ecce9 of table inlay_integration is not what inlay wrote: "
        "config is not JSON");
  CHECK(error.row == to_string(id));
  CHECK(storage::corrupt_row("inlay_integration", Uuid{}, "column id holds no UUID").row.empty());
}

TEST_CASE("a revision that a store has not reached is no mistake of the caller on a server that follows another") {
  Error const never = storage::revision_not_reached(Revision{7});
  CHECK(never.kind == ErrorKind::invalid_argument);
  Error const later = storage::revision_not_here_yet(Revision{7});
  CHECK(later.kind == ErrorKind::unavailable);
  CHECK(later.outcome == Outcome::not_done);
  CHECK(later.message.find("revision 7") != std::string::npos);
}
