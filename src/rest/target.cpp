// SPDX-License-Identifier: BSL-1.0
#include "target.hpp"

#include <inlay/ground/internal/utf8.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace inlay::rest {
namespace {

namespace urls = boost::urls;

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)};
}

// RFC 3986 wants the brackets of `name[in]=…` escaped, and the backslash of `a\,b`; hardly any client does it.
std::string with_escaped_query(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  bool in_query = false;
  for (char const c : text) {
    in_query = in_query || c == '?';
    if (in_query && c == '[') {
      escaped += "%5B";
    } else if (in_query && c == ']') {
      escaped += "%5D";
    } else if (in_query && c == '\\') {
      escaped += "%5C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  std::string const escaped = with_escaped_query(text);
  auto const url = text.starts_with('/') ? urls::parse_origin_form(escaped) : urls::parse_uri(escaped);
  if (url.has_error()) return malformed("the request's target is not a path with a query, percent-encoded");

  // Every part is held to this: UTF-8 without U+0000, which no name holds and databases cut texts at.
  auto const is_text = [](std::string_view part) {
    return detail::is_utf8(part) && part.find('\0') == std::string_view::npos;
  };
  Target target;
  target.path = std::string_view(url->encoded_path().data(), url->encoded_path().size());
  for (auto segment : url->encoded_segments()) {
    target.segments.push_back(segment.decode());
    if (!is_text(target.segments.back())) return malformed("the target's path is not text in UTF-8");
  }
  if (url->has_query() && !url->encoded_query().empty()) {
    urls::encoding_opts const form{true};
    for (auto parameter : url->encoded_params()) {
      target.parameters.emplace_back(parameter.key.decode(form), parameter.value.decode(form));
      if (!is_text(target.parameters.back().first) || !is_text(target.parameters.back().second)) {
        return malformed("the target's query is not text in UTF-8");
      }
      std::string& raw = target.raw_parameters.emplace_back(parameter.key.data(), parameter.key.size());
      if (parameter.has_value) raw.append(1, '=').append(parameter.value.data(), parameter.value.size());
    }
  }
  return target;
}

std::string Target::next_page(std::string here, std::string_view cursor) const {
  std::string next = std::move(here) + '?';
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].first != "next_cursor") next += raw_parameters[i] + '&';
  }
  return next.append("next_cursor=").append(cursor);
}

}  // namespace inlay::rest
