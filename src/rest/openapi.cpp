// SPDX-License-Identifier: BSL-1.0
#include "openapi.hpp"

#include "operations.hpp"
#include "yaml.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace inlay::rest {

std::string openapi_json(std::string_view public_path) {
  // Anybody may ask for it, so that it is made once.
  static std::string const without_servers = [] {
    boost::json::value document = read_yaml(openapi_text());
    document.as_object().erase("servers");
    return boost::json::serialize(document);
  }();
  boost::json::object const server{{"url", public_path.empty() ? "/" : public_path}};
  return R"({"servers":[)" + boost::json::serialize(server) + "]," + without_servers.substr(1);
}

namespace {

// The same for every caller, so that anybody may be told, and a cache on the way may keep it; not for long, since
// another release may stand here soon.
Response openapi_document(Exchange const& exchange) {
  if (auto const known = Parameters(exchange.target).finish(); !known) return known.error();
  Response response = answer_json(200, openapi_json(*exchange.options.public_path));
  response.headers.add("Cache-Control", "public, max-age=300");
  return response;
}

constexpr Route routes[] = {
    {"GET", openapi_name, false, "", &openapi_document},
};

}  // namespace

std::span<Route const> openapi_routes() noexcept { return routes; }

}  // namespace inlay::rest
