// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_BEHIND_PROXY_HPP
#define INLAY_TESTS_INTEGRATION_BEHIND_PROXY_HPP

#include <support/faulty_proxy.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>

#include <memory>
#include <string>

namespace support {

/** A store behind a proxy, with one connection, and the same store without. */
struct Behind {
  Engine engine;
  std::string prefix = support::new_prefix();
  FaultyProxy proxy;
  std::shared_ptr<inlay::Repository> direct;
  std::shared_ptr<inlay::Repository> store;
  ServerShell shell;

  explicit Behind(Engine on, std::string const& parameters = "pool_size=1&lease_timeout=3s")
      : Behind(on, support::server_url(on), parameters, false) {}

  Behind(Engine on, std::string const& url, std::string const& parameters, bool is_encrypted)
      : engine(on),
        proxy(url, is_encrypted),
        direct(open_server(url + "?lease_timeout=3s&table_prefix=" + prefix).value()),
        store(open_server(proxy.url(parameters + "&table_prefix=" + prefix)).value()),
        shell(url) {}

  [[nodiscard]] long long count(std::string const& table, std::string const& where) {
    return shell.number("select count(*) from " + prefix + table + " where " + where);
  }
  /** How many commits with changes the log has under this token. */
  [[nodiscard]] long long commits(inlay::Commit const& commit) {
    return shell.number("select count(distinct h.revision) from " + prefix + "change h join " + prefix +
                        "commit c on c.revision = h.revision where c.token = '" + to_string(commit.token) + "'");
  }
  [[nodiscard]] long long revision() { return shell.number("select revision from " + prefix + "counter"); }
};

inline inlay::Team new_team(std::string const& name = "t") {
  inlay::Team team;
  team.id = inlay::Id<inlay::Team>::generate();
  team.name = name;
  return team;
}

inline inlay::Environment new_environment(inlay::Team const& team, std::string const& name) {
  inlay::Environment environment;
  environment.id = inlay::Id<inlay::Environment>::generate();
  environment.team_id = team.id;
  environment.name = name;
  return environment;
}

/** A commit in one statement, and one in a transaction of several. */
inline inlay::Commit new_commit(bool is_one_statement) {
  inlay::Team const team = new_team();
  if (is_one_statement) return commit_of({inlay::Insert<inlay::Team>{team}});
  return commit_of({inlay::Insert<inlay::Team>{team}, inlay::Insert<inlay::Environment>{new_environment(team, "e")}});
}

/** Whether a request is the one that ends a commit. */
inline auto ends(inlay::Commit const& commit, bool is_one_statement) {
  return [token = to_string(commit.token), is_one_statement](Request const& request) {
    return is_one_statement ? request.mentions(token) && !request.statement.empty() : request.statement == "commit";
  };
}

inline bool is_unknown(inlay::Result<inlay::Committed> const& result) {
  return result.has_error() && result.error().kind == inlay::ErrorKind::unavailable &&
         result.error().outcome == inlay::Outcome::unknown;
}

}  // namespace support

#endif
