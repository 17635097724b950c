// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_URL_HPP
#define INLAY_BACKENDS_MYSQL_URL_HPP

// What the URL of a MySQL store says.

#include <backends/mysql/connector.hpp>
#include <backends/sql/repository.hpp>
#include <inlay/error.hpp>
#include <inlay/storage/store_url.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace inlay::mysql {

/** How a store's own sessions are made. */
struct OwnSessions {
  std::vector<ConnectOptions> hosts{};  ///< at least one
  std::vector<std::string> names{};     ///< theirs, for people
  std::chrono::seconds lock_timeout{};
  bool is_causal = true;  ///< a read on one node of a cluster sees what was committed on another before

  /** For reads that may be anybody's: each session leads to the next host that serves, whether or not it takes
      writes. */
  bool is_for_reads = false;
};

struct ReadUrl {
  std::string place;  ///< for messages: where it is, without secrets
  OwnSessions sessions{};
  sql::StoreOptions options{};
  bool reads_any{};  ///< whether reads may be any host's
};

/** @return invalid_argument, saying what of it contradicts itself or is not known. */
[[nodiscard]] Result<ReadUrl> read_url(StoreUrl const& url);

}  // namespace inlay::mysql

#endif
