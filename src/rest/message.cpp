// SPDX-License-Identifier: BSL-1.0
#include "text.hpp"

#include <inlay/rest/message.hpp>

#include <algorithm>

namespace inlay::rest {

void Headers::add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(fields_, [name](Field const& field) { return is_same_name(field.first, name); });
  add(name, value);
}

std::optional<std::string> Headers::find(std::string_view name) const {
  std::optional<std::string> found;
  for (auto const& [field_name, value] : fields_) {
    if (!is_same_name(field_name, name)) continue;
    if (found) {
      *found += ", " + value;
    } else {
      found = value;
    }
  }
  return found;
}

bool Headers::contains(std::string_view name) const noexcept {
  return std::any_of(fields_.begin(), fields_.end(),
                     [name](Field const& field) { return is_same_name(field.first, name); });
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 507: return "Insufficient Storage";
    default: return "";
  }
}

}  // namespace inlay::rest
