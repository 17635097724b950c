// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_PARAMETERS_HPP
#define INLAY_BACKENDS_SQL_PARAMETERS_HPP

// The parameters of a store's URL; what several backends read alike is read here.

#include <backends/sql/repository.hpp>
#include <inlay/storage/store_url.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace inlay::sql {

/** "5s", "250ms", "2m".

    @return invalid_argument for anything else, or more than a day.
*/
[[nodiscard]] Result<std::chrono::milliseconds> duration_parameter(StoreUrl const& url, std::string_view name,
                                                                   std::chrono::milliseconds otherwise);

/** A number from `least` to `most`.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<std::size_t> count_parameter(StoreUrl const& url, std::string_view name, std::size_t otherwise,
                                                  std::size_t least, std::size_t most);

/** One of two words: whether it is the first, which it is when there is no such parameter.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<bool> choice_parameter(StoreUrl const& url, std::string_view name, std::string_view first,
                                            std::string_view second);

/** One of several words, or nothing when there is no such parameter.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<std::string_view> word_parameter(StoreUrl const& url, std::string_view name,
                                                      std::span<std::string_view const> words);

/** Whether a host of a URL is this machine, on the way to which nobody listens: the path of a UNIX socket, `localhost`,
    an address of 127.0.0.0/8, or ::1. Any other name counts as another machine, whatever it leads to. */
[[nodiscard]] bool is_this_machine(std::string_view host) noexcept;

/** Reads `table_prefix`, which open_store() checks, `migrate` and `pool_size` (into `readers`).

    @return invalid_argument.
*/
[[nodiscard]] Result<void> read_common_parameters(StoreUrl const& url, StoreOptions& options);

/** What the URL of any store on a server says. */
struct ServerParameters {
  StoreOptions options{};                       ///< of one pool for reads and writes, whose patience is `lease_timeout`
  std::chrono::milliseconds connect_timeout{};  ///< a second at least
  std::chrono::milliseconds read_timeout{};
  bool reads_any{};     ///< whether reads may be any server's
  std::string place{};  ///< for messages: where the store is, without secrets
};

/** Reads what read_common_parameters() does, and `lease_timeout`, `connect_timeout`, `read_timeout` and `reads`.

    @return invalid_argument.
*/
[[nodiscard]] Result<ServerParameters> read_server_parameters(StoreUrl const& url);

}  // namespace inlay::sql

#endif
