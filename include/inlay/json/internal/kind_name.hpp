// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_KIND_NAME_HPP
#define INLAY_JSON_INTERNAL_KIND_NAME_HPP

#include <boost/json/value.hpp>

#include <string_view>

namespace inlay::json {

/** What a value is, for people: "a string". */
[[nodiscard]] inline std::string_view kind_name(boost::json::value const& value) noexcept {
  switch (value.kind()) {
    case boost::json::kind::null: return "null";
    case boost::json::kind::bool_: return "a boolean";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_: break;
    case boost::json::kind::string: return "a string";
    case boost::json::kind::array: return "an array";
    case boost::json::kind::object: return "an object";
  }
  return "a number";
}

}  // namespace inlay::json

#endif
