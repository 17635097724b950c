// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/parameters.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace inlay::sql {

namespace {

[[nodiscard]] Error bad_parameter(std::string_view name, std::string const& expected) {
  return {.kind = ErrorKind::invalid_argument,
          .message = "the parameter " + std::string(name) + " of a store's URL must be " + expected};
}

// The number that a text begins with, and what follows it.
[[nodiscard]] std::optional<std::pair<std::uint64_t, std::string_view>> leading_number(std::string_view text) {
  std::uint64_t number = 0;
  auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{}) return std::nullopt;
  return std::pair{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

}  // namespace

Result<std::chrono::milliseconds> duration_parameter(StoreUrl const& url, std::string_view name,
                                                     std::chrono::milliseconds otherwise) {
  constexpr std::uint64_t day = 86'400'000;
  std::string const* given = url.parameter(name);
  if (!given) return otherwise;
  if (auto const number = leading_number(*given)) {
    auto const [count, unit] = *number;
    std::uint64_t const factor = unit == "ms" ? 1 : unit == "s" ? 1'000 : unit == "m" ? 60'000 : 0;
    if (factor != 0 && count <= day / factor) return std::chrono::milliseconds(count * factor);
  }
  return bad_parameter(name, "a time such as 5s, 250ms or 2m, a day at most");
}

Result<std::size_t> count_parameter(StoreUrl const& url, std::string_view name, std::size_t otherwise,
                                    std::size_t least, std::size_t most) {
  std::string const* given = url.parameter(name);
  if (!given) return otherwise;
  if (auto const number = leading_number(*given)) {
    if (number->second.empty() && number->first >= least && number->first <= most) return number->first;
  }
  return bad_parameter(name, "a number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<bool> choice_parameter(StoreUrl const& url, std::string_view name, std::string_view first,
                              std::string_view second) {
  std::string const* given = url.parameter(name);
  if (!given || *given == first) return true;
  if (*given == second) return false;
  return bad_parameter(name, std::string(first) + " or " + std::string(second));
}

Result<std::string_view> word_parameter(StoreUrl const& url, std::string_view name,
                                        std::span<std::string_view const> words) {
  std::string const* given = url.parameter(name);
  if (!given) return std::string_view();
  std::string expected;
  for (std::string_view const word : words) {
    if (*given == word) return word;
    if (!expected.empty()) expected += word == words.back() ? " or " : ", ";
    expected += word;
  }
  return bad_parameter(name, expected);
}

// Client libraries take a comma for the end of a host, so that what stands before one says nothing of the rest.
bool is_this_machine(std::string_view host) noexcept {
  if (host.starts_with('/')) return host.find(',') == std::string_view::npos;
  constexpr std::string_view name = "localhost";
  auto const is_same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  if (std::equal(host.begin(), host.end(), name.begin(), name.end(), is_same)) return true;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (host.size() >= text.size() || host.find('\0') != std::string_view::npos) return false;
  std::copy(host.begin(), host.end(), text.begin());
  in_addr four{};
  if (inet_pton(AF_INET, text.data(), &four) == 1) return ntohl(four.s_addr) >> 24U == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, text.data(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

Result<void> read_common_parameters(StoreUrl const& url, StoreOptions& options) {
  auto const may_migrate = choice_parameter(url, "migrate", "auto", "off");
  if (may_migrate.has_error()) return may_migrate.error();
  options.may_migrate = *may_migrate;

  auto const readers = count_parameter(url, "pool_size", options.readers, 1, 1'000);
  if (readers.has_error()) return readers.error();
  options.readers = *readers;

  if (std::string const* prefix = url.parameter("table_prefix")) options.table_prefix = *prefix;
  return {};
}

Result<ServerParameters> read_server_parameters(StoreUrl const& url) {
  ServerParameters server;
  server.options.readers = 8;
  server.options.writers = 0;
  if (auto const read = read_common_parameters(url, server.options); read.has_error()) return read.error();
  auto const lease_timeout = duration_parameter(url, "lease_timeout", std::chrono::seconds(5));
  if (lease_timeout.has_error()) return lease_timeout.error();
  server.options.patience = *lease_timeout;
  auto const connect_timeout = duration_parameter(url, "connect_timeout", std::chrono::seconds(10));
  if (connect_timeout.has_error()) return connect_timeout.error();
  server.connect_timeout = std::max<std::chrono::milliseconds>(*connect_timeout, std::chrono::seconds(1));
  // A server that waits for the locks of a commit is silent all the while.
  auto const most_silent = std::max<std::chrono::milliseconds>(std::chrono::seconds(30), 3 * *lease_timeout);
  auto const read_timeout = duration_parameter(url, "read_timeout", most_silent);
  if (read_timeout.has_error()) return read_timeout.error();
  server.read_timeout = *read_timeout;
  auto const reads_primary = choice_parameter(url, "reads", "primary", "any");
  if (reads_primary.has_error()) return reads_primary.error();
  server.reads_any = !*reads_primary;
  StoreUrl place = url;
  place.parameters.clear();
  server.place = place.redacted();
  return server;
}

}  // namespace inlay::sql
