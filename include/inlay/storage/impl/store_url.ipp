// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_STORE_URL_IPP
#define INLAY_STORAGE_IMPL_STORE_URL_IPP

#include <inlay/ground/internal/joined.hpp>
#include <inlay/storage/store_url.hpp>

#include <algorithm>
#include <array>

namespace inlay {

namespace detail {

// None of these messages holds a part of the URL but its scheme: a password with a character that should have been
// percent-encoded ends up in any other part.

inline Error bad_url(std::string message) {
  return {.kind = ErrorKind::invalid_argument, .message = "the store's URL is wrong: " + std::move(message)};
}

inline Result<std::string> percent_decode(std::string_view text) {
  auto const digit = [&](std::size_t at) {
    char const c = at < text.size() ? text[at] : '\0';
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      int const high = digit(i + 1);
      int const low = digit(i + 2);
      if (high < 0 || low < 0) {
        return bad_url("a % must be followed by two hexadecimal digits; the character itself is written %25");
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return bad_url("it holds U+0000");
    decoded += c;
  }
  return decoded;
}

inline Result<StoreUrl::Host> parse_host(std::string_view text) {
  StoreUrl::Host host;
  std::string_view name;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    std::size_t const end = text.find(']');
    if (end == std::string_view::npos) return bad_url("the [ of an IPv6 address has no ]");
    name = text.substr(1, end - 1);
    std::string_view const rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return bad_url("only a port may follow the ] of an IPv6 address");
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
    if (name.find(':') == std::string_view::npos) return bad_url("what stands in brackets is an IPv6 address");
  } else {
    std::size_t const colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      return bad_url("an IPv6 address is written in brackets, and a : or @ in a user or password as %3A or %40");
    }
    has_port = colon != std::string_view::npos;
    name = text.substr(0, colon);
    if (has_port) port = text.substr(colon + 1);
  }
  auto decoded = percent_decode(name);
  if (!decoded) return decoded.error();
  if (decoded->empty()) return bad_url("one of its hosts has no name");
  host.name = std::move(*decoded);
  if (has_port) {
    std::uint32_t number = 0;
    bool is_number = !port.empty() && port.size() <= 5;
    for (char const c : port) {
      is_number = is_number && c >= '0' && c <= '9';
      if (is_number) number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    if (!is_number || number == 0 || number > 65'535) {
      return bad_url("a port must be a number from 1 to 65535; a /, ? or # in a password is written %2F, %3F or %23");
    }
    host.port = static_cast<std::uint16_t>(number);
  }
  return host;
}

/** Reads `user:password@host1:port1,host2`. */
inline Result<void> parse_authority(std::string_view text, StoreUrl& url) {
  if (std::size_t const at = text.rfind('@'); at != std::string_view::npos) {
    std::string_view const userinfo = text.substr(0, at);
    std::size_t const colon = userinfo.find(':');
    auto user = percent_decode(userinfo.substr(0, colon));
    if (!user) return user.error();
    url.user = std::move(*user);
    if (colon != std::string_view::npos) {
      auto password = percent_decode(userinfo.substr(colon + 1));
      if (!password) return password.error();
      url.password = std::move(*password);
    }
    text.remove_prefix(at + 1);
  }
  if (text.empty()) return {};
  while (true) {
    std::size_t const comma = text.find(',');
    auto host = parse_host(text.substr(0, comma));
    if (!host) return host.error();
    url.hosts.push_back(std::move(*host));
    if (comma == std::string_view::npos) return {};
    text.remove_prefix(comma + 1);
  }
}

inline Result<void> parse_parameters(std::string_view text, StoreUrl& url) {
  while (!text.empty()) {
    std::size_t const end = std::min(text.find('&'), text.size());
    std::string_view const parameter = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t const equals = parameter.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return bad_url("a parameter after the ? is name=value, with & between two");
    }
    auto name = percent_decode(parameter.substr(0, equals));
    if (!name) return name.error();
    auto value = percent_decode(parameter.substr(equals + 1));
    if (!value) return value.error();
    url.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

inline bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

/** Appends text so that it reads back: escapes `%`, control characters, and those in `special`. */
inline void percent_encode(std::string_view text, std::string_view special, std::string& out) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (c == '%' || byte < 0x20 || byte == 0x7F || special.find(c) != std::string_view::npos) {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0xFU];
    } else {
      out += c;
    }
  }
}

/** Parameters whose values are never secrets. Any other one may be: a driver's own, or a mistyped password's rest. */
inline bool is_harmless(std::string_view parameter) {
  static constexpr std::array<std::string_view, 27> harmless{"application_name",
                                                             "busy_timeout",
                                                             "causal",
                                                             "channel_binding",
                                                             "connect_timeout",
                                                             "file_mode",
                                                             "host",
                                                             "immutable",
                                                             "lease_timeout",
                                                             "migrate",
                                                             "mode",
                                                             "pool_size",
                                                             "prepared",
                                                             "read_timeout",
                                                             "socket",
                                                             "ssl_ca",
                                                             "ssl_cert",
                                                             "ssl_key",
                                                             "sslcert",
                                                             "sslkey",
                                                             "sslmode",
                                                             "sslrootcert",
                                                             "synchronous",
                                                             "table_prefix",
                                                             "target_session_attrs",
                                                             "tls",
                                                             "write_timeout"};
  return std::find(harmless.begin(), harmless.end(), parameter) != harmless.end();
}

}  // namespace detail

Result<StoreUrl> StoreUrl::parse(std::string_view text) {
  std::size_t const colon = text.find(':');
  if (colon == std::string_view::npos || !detail::is_scheme(text.substr(0, colon))) {
    return detail::bad_url("it must start with a backend's name and a colon, as sqlite:inlay.db does");
  }
  if (text.find('#') != std::string_view::npos) return detail::bad_url("a # is written %23");

  StoreUrl url;
  for (char const c : text.substr(0, colon)) {
    url.scheme += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  text.remove_prefix(colon + 1);

  std::size_t const question = std::min(text.find('?'), text.size());
  std::string_view rest = text.substr(0, question);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    std::size_t const slash = std::min(rest.find('/'), rest.size());
    if (auto const read = detail::parse_authority(rest.substr(0, slash), url); !read) return read.error();
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    // Or else a password with a / or ? in it could pass for a port and a path, and be shown as such.
    if (rest.find('@') != std::string_view::npos || text.substr(question).find('@') != std::string_view::npos) {
      return detail::bad_url("an @ after the hosts is written %40, a / or ? in a user or password %2F or %3F");
    }
  }
  auto path = detail::percent_decode(rest);
  if (!path) return path.error();
  url.path = std::move(*path);
  if (question < text.size()) {
    if (auto const read = detail::parse_parameters(text.substr(question + 1), url); !read) return read.error();
  }
  return url;
}

std::string const* StoreUrl::parameter(std::string_view name) const& noexcept {
  for (auto const& [own_name, value] : parameters) {
    if (own_name == name) return &value;
  }
  return nullptr;
}

Result<void> StoreUrl::allow_parameters(std::vector<std::string_view> const& known) const {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::string const& name = parameters[i].first;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return detail::bad_url(scheme + " has no parameter " + name + "; there are " +
                             (known.empty() ? "none" : detail::joined(known)));
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (parameters[k].first == name) return detail::bad_url("the parameter " + name + " is given twice");
    }
  }
  return {};
}

std::string StoreUrl::redacted() const {
  std::string text = scheme + ":";
  if (!user.empty() || password || !hosts.empty()) {
    text += "//";
    if (!user.empty() || password) {
      detail::percent_encode(user, ":@/?#,", text);
      if (password) text += ":***";
      text += '@';
    }
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (i != 0) text += ',';
      bool const is_address = hosts[i].name.find(':') != std::string::npos;
      if (is_address) text += '[';
      detail::percent_encode(hosts[i].name, "@/?#,[]", text);
      if (is_address) text += ']';
      if (hosts[i].port) text += ":" + std::to_string(*hosts[i].port);
    }
    text += '/';
  } else if (path.starts_with("//")) {
    text += "///";
  }
  bool const has_authority = text.size() > scheme.size() + 1;
  detail::percent_encode(path, has_authority ? "?#@" : "?#", text);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    text += i == 0 ? '?' : '&';
    detail::percent_encode(parameters[i].first, "=&#@", text);
    text += '=';
    if (detail::is_harmless(parameters[i].first)) {
      detail::percent_encode(parameters[i].second, "&#@", text);
    } else {
      text += "***";
    }
  }
  return text;
}

}  // namespace inlay

#endif
