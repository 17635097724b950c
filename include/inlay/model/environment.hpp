// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_ENVIRONMENT_HPP
#define INLAY_MODEL_ENVIRONMENT_HPP

#include <inlay/model/change_of.hpp>
#include <inlay/model/team.hpp>

namespace inlay {

/** A place where a team installs integrations, such as "production". */
struct Environment {
  Id<Environment> id{};
  Id<Team> team_id{};
  std::string name{};  ///< unique within its team
  Version version{};
  Birth birth{};        ///< which row this is of those that ever had its id
  Revision revision{};  ///< the commit that last wrote this row
  Timestamp created_at{};
  Timestamp updated_at{};

  static constexpr std::string_view entity_name = "environment";
  static constexpr std::array<model::UniqueKey, 1> unique_keys{{{"team_id", "name"}}};

  /** What exports and change logs of inlay 0.1 do not have. */
  static constexpr std::array<std::string_view, 1> added_members{"birth"};

  friend bool operator==(Environment const&, Environment const&) = default;
};

BOOST_DESCRIBE_STRUCT(Environment, (), (id, team_id, name, version, birth, revision, created_at, updated_at))

/** What callers may change of it. */
template <>
struct ChangeOf<Environment> {
  ChangeTo<std::string> name{};
};
BOOST_DESCRIBE_STRUCT(ChangeOf<Environment>, (), (name))

}  // namespace inlay

#endif
