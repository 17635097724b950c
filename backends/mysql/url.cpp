// SPDX-License-Identifier: BSL-1.0
#include <backends/mysql/url.hpp>

#include <backends/sql/parameters.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::mysql {

namespace {

[[nodiscard]] Error refusal(std::string_view message) {
  return {.kind = ErrorKind::invalid_argument, .message = std::string(message)};
}

/** Reads `tls`, and the files that belong to it. */
[[nodiscard]] Result<void> read_encryption(StoreUrl const& url, ConnectOptions& connect) {
  for (auto const& [name, file] : {std::pair{"ssl_ca", &connect.ssl_ca}, std::pair{"ssl_cert", &connect.ssl_cert},
                                   std::pair{"ssl_key", &connect.ssl_key}}) {
    if (std::string const* value = url.parameter(name)) *file = *value;
  }
  for (std::string_view const name : {"ssl_cert", "ssl_key"}) {
    if (!url.parameter(name) || connect.ssl_ca) continue;
    return refusal(std::string(name) +
                   " tells who the client is, and without ssl_ca nothing tells who the server is: "
                   "name the file of who has signed the server");
  }
  // What a certificate would say of a host's name is nothing new where that is this machine.
  connect.encryption = connect.ssl_ca ? (connect.is_local ? Encryption::authority : Encryption::identity)
                                      : (connect.is_local ? Encryption::none : Encryption::required);
  constexpr std::array<std::string_view, 2> words{"off", "verify-ca"};
  auto const tls = sql::word_parameter(url, "tls", words);
  if (tls.has_error()) return tls.error();
  if (*tls == "off") {
    if (connect.ssl_ca) return refusal("tls=off and ssl_ca contradict each other: nothing would be encrypted");
    connect.encryption = Encryption::none;
  } else if (*tls == "verify-ca") {
    if (!connect.ssl_ca) return refusal("tls=verify-ca needs ssl_ca, the file of who has signed the server");
    connect.encryption = Encryption::authority;
  }
  return {};
}

/** A host of a URL, for people. */
[[nodiscard]] std::string name_of(StoreUrl::Host const& host) {
  std::string name = host.name.find(':') == std::string::npos ? host.name : '[' + host.name + ']';
  if (host.port) name += ':' + std::to_string(*host.port);
  return name;
}

}  // namespace

Result<ReadUrl> read_url(StoreUrl const& url) {
  auto const known =
      url.allow_parameters({"pool_size", "lease_timeout", "table_prefix", "migrate", "connect_timeout", "read_timeout",
                            "write_timeout", "causal", "tls", "ssl_ca", "ssl_cert", "ssl_key", "socket", "reads"});
  if (known.has_error()) return known.error();
  if (url.path.empty()) return refusal("the URL of a MySQL store names its database: mysql://user@host/database");
  ConnectOptions connect{.database = url.path};
  std::vector<ConnectOptions> hosts;
  std::vector<std::string> names;
  std::string const* const socket = url.parameter("socket");
  for (StoreUrl::Host const& host : url.hosts) {
    ConnectOptions one{.number = hosts.size()};
    if (host.name.starts_with('/')) {
      if (socket) return refusal("the URL of a MySQL store names its socket twice");
      one.socket = host.name;
    } else {
      if (socket) return refusal("the URL of a MySQL store names a host and a socket; only one can be meant");
      // The client library takes localhost for its default socket, whatever the port.
      one.host = host.port && host.name == "localhost" ? "127.0.0.1" : host.name;
    }
    if (host.port) one.port = *host.port;
    hosts.push_back(std::move(one));
    names.push_back(name_of(host));
  }
  if (hosts.empty()) {
    hosts.emplace_back();
    names.emplace_back();
    if (socket) hosts.back().socket = *socket;
  }
  if (!url.user.empty()) connect.user = url.user;
  connect.password = url.password;
  connect.is_local =
      std::ranges::all_of(hosts, [](auto const& host) { return !host.host || sql::is_this_machine(*host.host); });
  if (auto const read = read_encryption(url, connect); read.has_error()) return read.error();

  auto server = sql::read_server_parameters(url);
  if (server.has_error()) return server.error();
  // The server and the client's library count in whole seconds.
  auto const rounded = [](std::chrono::milliseconds time) { return std::chrono::ceil<std::chrono::seconds>(time); };
  connect.connect_timeout = rounded(server->connect_timeout);
  connect.read_timeout = rounded(server->read_timeout);
  auto const write_timeout = sql::duration_parameter(url, "write_timeout", server->read_timeout);
  if (write_timeout.has_error()) return write_timeout.error();
  connect.write_timeout = rounded(*write_timeout);

  auto const is_causal = sql::choice_parameter(url, "causal", "on", "off");
  if (is_causal.has_error()) return is_causal.error();

  for (ConnectOptions& host : hosts) {
    ConnectOptions one = connect;
    one.number = host.number;
    one.host = std::move(host.host);
    one.port = host.port;
    one.socket = std::move(host.socket);
    host = std::move(one);
  }
  auto const lock_timeout = std::max(std::chrono::seconds(1), rounded(server->options.patience));
  return ReadUrl{.place = std::move(server->place),
                 .sessions = {.hosts = std::move(hosts),
                              .names = std::move(names),
                              .lock_timeout = lock_timeout,
                              .is_causal = *is_causal},
                 .options = std::move(server->options),
                 .reads_any = server->reads_any};
}

}  // namespace inlay::mysql
