// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_REQUESTS_HPP
#define INLAY_CATALOG_REQUESTS_HPP

// What the calls of a Catalog take, beside ids and entities.

#include <inlay/birth.hpp>
#include <inlay/id.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/model/change_of.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/timestamp.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

namespace inlay {

/** On whose behalf calls are made. The host has authenticated them; inlay believes it. */
struct Caller {
  /** Who, for the change log, e.g. "alice@example.com": empty, or a text that model::check_text takes, as `reason` is;
      else every write is invalid_argument. */
  std::string actor{};
  std::optional<std::string> reason{};  ///< why, for the change log

  /** The team whose catalogue the caller sees and may change; absent: the host's own administration, which sees and
      does everything. So a host refuses a request that it knows no team for, and does not leave this empty.

      A team sees

      - its own rows, whole;
      - of other teams' integrations those that it may install or has installed, whole, and of those that it may ask for
        (sharing is `ask`) id, name, category, is_beta and team;
      - of other teams what is public.

      Everything else is not_found. What may be seen but not done is forbidden, which any write may return.
  */
  std::optional<Id<Team>> team{};
};

/** A caller who has a team: a Caller that cannot become the host's administration by leaving something out. */
struct TeamCaller {
  Id<Team> team{};  ///< see Caller::team; nil: a team that nothing belongs to
  std::string actor{};
  std::optional<std::string> reason{};
};

/** How much each team may have; what is absent is not bounded.

    A write on behalf of a team, or a dry run of one, is quota_exceeded when the team would have more of something than
    it may, and that write adds to it. Removing is always allowed, and so is what makes rows and bytes less, even
    where there is more than may be; the host's administration may write whatever it likes. What counts is in Usage:
    what the team owns, whoever has written it.

    What a team has is counted by the store at most once a second; in between, the catalogue and its copies add what
    they write themselves. So a team can get beyond by what is written through other catalogues within about a second,
    and by what is under way while it is counted.
*/
struct TeamQuota {
  std::optional<std::uint64_t> rows{};
  std::optional<std::uint64_t> bytes{};  ///< of the texts of configs and overrides

  /** Of the rows before and after each change, in a day in UTC, by the catalogue's clock. The error of a write that
      would fit tomorrow has `retry_after`. Removing is logged, too, and allowed nevertheless. */
  std::optional<std::uint64_t> bytes_logged_a_day{};
};
BOOST_DESCRIBE_STRUCT(TeamQuota, (), (rows, bytes, bytes_logged_a_day))

/** Settings of a catalogue; the defaults suit most hosts. */
struct CatalogOptions {
  Clock clock = now;

  /** New ids of environments, installs and grants. A version 7 UUID tells when it was made; but whoever sees such a row
      sees it whole, its times too. */
  IdGenerator generate_id = generate_uuid;

  /** New ids of teams and integrations, of which others see a summary, and no times: ids that tell none. */
  IdGenerator generate_public_id = generate_random_uuid;

  /** How long a team that was denied a request, or had its grant revoked, waits until it may ask again: as long as
      this after the answer, at most a hundred years. The host's administration may ask for it at any time. */
  std::chrono::microseconds ask_again_after{0};

  /** For each config and each override. `max_depth` is capped at 8 below json::greatest_depth, since a row and a record
      of the change log are wrapped around a document. */
  json::Limits limits{};

  /** Takes a store that can count (Capabilities::can_count): with another one, writes on behalf of teams are not_built
      when a quota is set. */
  TeamQuota team_quota{};
};

/** How a document member (`config`, `override`) in a patch is written. */
enum class DocumentMode {
  merge,    ///< merged into the stored one (RFC 7396); in an override, null means "inherit"
  replace,  ///< stored as it is given; in an override, null means "remove"
};

/** How an update is made. */
struct UpdateOptions {
  /** The row must be at this version, and with a birth the row that had it, else conflict; even when the patch would
      change nothing. */
  std::optional<RowVersion> expected_version{};

  DocumentMode documents = DocumentMode::merge;

  /** Allows DocumentMode::replace, a JSON Patch, and set() or inherit() of a whole override without an expected
      version, though they may undo somebody else's write. */
  bool force = false;

  /** Returns what would be, and writes nothing; it needs no version and no force. What the update would be refused for
      is refused here too, a unique name that is taken included. */
  bool dry_run = false;

  /** Whether the answer says where the integration is installed, as get() does (`resource.installed_in`): up to 1,001
      ids that are read for it with each try. What does not show them goes without. */
  bool with_installed_in = true;
};

/** A JSON Patch (RFC 6902) on a resource: an array of operations.

    They are done on the row as its JSON shows it. `test` may look at every member; the others may touch the caller's
    members only. What the patch leaves in a document is stored as it is: a null in an override removes.
*/
struct JsonPatch {
  boost::json::value operations{};
};

/** An entity that callers write as they like. Grants are not: asking and answering writes them. */
template <class Entity>
concept Writable = model::is_entity<Entity> && !std::same_as<Entity, Grant>;

/** How end() is done. */
struct EndOptions {
  bool dry_run = false;  ///< nothing is written; what the call would be refused for is refused here too
};

}  // namespace inlay

#endif
