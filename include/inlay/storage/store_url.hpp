// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_STORE_URL_HPP
#define INLAY_STORAGE_STORE_URL_HPP

#include <inlay/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay {

/** Where a store is, taken apart: `memory:`, `sqlite:inlay.db?synchronous=normal`,
    `postgresql://user:p%40ss@host1:5432,host2/db?sslmode=verify-full`.

    Every part is percent-decoded (RFC 3986, section 2.1). The scheme is the backend's name, in lower case.
*/
struct StoreUrl {
  struct Host {
    std::string name{};  ///< without the brackets of an IPv6 address
    std::optional<std::uint16_t> port{};

    friend bool operator==(Host const&, Host const&) = default;
  };

  std::string scheme{};
  std::string user{};
  std::optional<std::string> password{};
  std::vector<Host> hosts{};  ///< none without `//`
  std::string path{};         ///< after `//hosts/`: the rest without its `/`; else all between scheme and `?`
  std::vector<std::pair<std::string, std::string>> parameters{};  ///< in the order given

  /** Reads a URL.

      @return invalid_argument for text that is no such URL; the message never repeats a password.
  */
  [[nodiscard]] static Result<StoreUrl> parse(std::string_view text);

  /** The value of the parameter of that name, or nullptr. */
  [[nodiscard]] std::string const* parameter(std::string_view name) const& noexcept;

  /** Refuses parameters that the backend does not know or that are given twice.

      @return invalid_argument naming the parameter and those there are.
  */
  [[nodiscard]] Result<void> allow_parameters(std::vector<std::string_view> const& known) const;

  /** The URL for people: without the password, and without the values of parameters that may hold secrets. */
  [[nodiscard]] std::string redacted() const;
};

}  // namespace inlay

#endif
