// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_TEAM_HPP
#define INLAY_MODEL_TEAM_HPP

#include <inlay/model/change_of.hpp>
#include <inlay/model/describe.hpp>

namespace inlay {

/** Whoever owns integrations and environments. */
struct Team {
  Id<Team> id{};
  std::string name{};
  std::optional<std::string> domain{};
  std::optional<std::string> logo{};  ///< a URL
  bool is_verified = false;
  bool is_white_labeled = false;
  std::optional<std::string> terms_of_service{};  ///< a URL
  bool allows_impersonation = false;
  Version version{};
  Birth birth{};        ///< which row this is of those that ever had its id
  Revision revision{};  ///< the commit that last wrote this row
  Timestamp created_at{};
  Timestamp updated_at{};

  static constexpr std::string_view entity_name = "team";
  static constexpr std::array<model::UniqueKey, 0> unique_keys{};

  /** What other teams see. */
  static constexpr std::array<std::string_view, 7> public_members{
      "id", "name", "domain", "logo", "is_verified", "is_white_labeled", "terms_of_service"};

  /** What only the host's administration writes. */
  static constexpr std::array<std::string_view, 3> administered_members{"is_verified", "is_white_labeled",
                                                                        "allows_impersonation"};

  /** What is_verified vouches for: it goes when the team itself changes one of them. */
  static constexpr std::array<std::string_view, 3> verified_members{"name", "domain", "logo"};

  /** What exports and change logs of inlay 0.1 do not have. */
  static constexpr std::array<std::string_view, 1> added_members{"birth"};

  friend bool operator==(Team const&, Team const&) = default;
};

BOOST_DESCRIBE_STRUCT(Team, (),
                      (id, name, domain, logo, is_verified, is_white_labeled, terms_of_service, allows_impersonation,
                       version, birth, revision, created_at, updated_at))

/** What callers may change of it. */
template <>
struct ChangeOf<Team> {
  ChangeTo<std::string> name{};
  ChangeTo<std::optional<std::string>> domain{};
  ChangeTo<std::optional<std::string>> logo{};
  ChangeTo<bool> is_verified{};
  ChangeTo<bool> is_white_labeled{};
  ChangeTo<std::optional<std::string>> terms_of_service{};
  ChangeTo<bool> allows_impersonation{};
};
BOOST_DESCRIBE_STRUCT(ChangeOf<Team>, (),
                      (name, domain, logo, is_verified, is_white_labeled, terms_of_service, allows_impersonation))

}  // namespace inlay

#endif
