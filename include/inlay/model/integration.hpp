// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_INTEGRATION_HPP
#define INLAY_MODEL_INTEGRATION_HPP

#include <inlay/model/change_of.hpp>
#include <inlay/model/team.hpp>

namespace inlay {

/** Who else may install an integration. */
enum class Sharing {
  allow,  ///< every team
  ask,    ///< a team that the owner has granted it to
  deny,   ///< nobody
};
BOOST_DESCRIBE_ENUM(Sharing, allow, ask, deny)

/** A third-party API, described by a config that every install of it shares. */
struct Integration {
  Id<Integration> id{};
  std::string name{};                     ///< unique within its team
  std::optional<std::string> category{};  ///< e.g. "helpdesk", "crm"
  bool is_beta = false;
  Document config{};
  Id<Team> team_id{};
  Sharing sharing = Sharing::deny;
  Version version{};
  Birth birth{};        ///< which row this is of those that ever had its id
  Revision revision{};  ///< the commit that last wrote this row
  Timestamp created_at{};
  Timestamp updated_at{};

  static constexpr std::string_view entity_name = "integration";
  static constexpr std::array<model::UniqueKey, 1> unique_keys{{{"team_id", "name"}}};

  /** What teams see that may ask for it, beside its team. */
  static constexpr std::array<std::string_view, 5> public_members{"id", "name", "category", "is_beta", "team_id"};

  /** What exports and change logs of inlay 0.1 do not have. */
  static constexpr std::array<std::string_view, 1> added_members{"birth"};

  friend bool operator==(Integration const&, Integration const&) = default;
};

BOOST_DESCRIBE_STRUCT(Integration, (),
                      (id, name, category, is_beta, config, team_id, sharing, version, birth, revision, created_at,
                       updated_at))

/** What callers may change of it. */
template <>
struct ChangeOf<Integration> {
  ChangeTo<std::string> name{};
  ChangeTo<std::optional<std::string>> category{};
  ChangeTo<bool> is_beta{};
  ChangeTo<Document> config{};  ///< merged; replace(document) is stored as it is given
  ChangeTo<Sharing> sharing{};
};
BOOST_DESCRIBE_STRUCT(ChangeOf<Integration>, (), (name, category, is_beta, config, sharing))

}  // namespace inlay

#endif
