// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_REST_HPP
#define INLAY_TESTS_SUPPORT_REST_HPP

#include <inlay/json/parse.hpp>
#include <inlay/rest/handler.hpp>

#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <string>
#include <utility>

namespace inlay::test {

/** A client of a handler: one line a request. */
class Client {
 public:
  explicit Client(rest::Handler const& handler, Caller caller = {.actor = "alice@example.com"})
      : handler_(handler), caller_(std::move(caller)) {}

  rest::Response get(std::string target, rest::Headers headers = {}) const {
    return handler_({"GET", std::move(target), std::move(headers), ""}, caller_);
  }
  rest::Response remove(std::string target, rest::Headers headers = {}) const {
    return handler_({"DELETE", std::move(target), std::move(headers), ""}, caller_);
  }
  rest::Response post(std::string target, std::string body, rest::Headers headers = {}) const {
    return send("POST", std::move(target), std::move(body), std::move(headers), "application/json");
  }
  rest::Response patch(std::string target, std::string body, rest::Headers headers = {}) const {
    return send("PATCH", std::move(target), std::move(body), std::move(headers), "application/merge-patch+json");
  }
  rest::Response send(std::string method, std::string target, std::string body, rest::Headers headers,
                      std::string_view type) const {
    if (!headers.contains("Content-Type")) headers.add("Content-Type", type);
    return handler_({std::move(method), std::move(target), std::move(headers), std::move(body)}, caller_);
  }
  rest::Response operator()(rest::Request const& request) const { return handler_(request, caller_); }

 private:
  rest::Handler const& handler_;
  Caller caller_;
};

inline boost::json::value body_of(rest::Response const& response) { return json::parse(response.body).value(); }
inline boost::json::value large_body_of(rest::Response const& response) {
  return json::parse(response.body, json::no_limits).value();
}
inline std::string header_of(rest::Response const& response, std::string_view name) {
  return response.headers.find(name).value_or("(none)");
}

inline std::string pointer_of(rest::Response const& response) {
  auto const body = body_of(response);
  auto const* const pointer = body.as_object().if_contains("pointer");
  return pointer == nullptr ? "(none)" : std::string(pointer->as_string());
}

inline std::string kind_of(rest::Response const& response) {
  return std::string(body_of(response).at("kind").as_string());
}

/** The example, behind a handler. */
struct Fixture {
  Catalog catalog = open_in_memory();
  Example example{catalog};
  rest::Handler handler{catalog};
  Client client{handler};
  std::string installs = "/environment-integration";
  std::string install = installs + "/" + to_string(example.install.id);
  std::string integration = "/integration/" + to_string(example.integration.id);
  std::string environment = "/environment/" + to_string(example.environment.id);
  std::string team = "/team/" + to_string(example.team.id);
};

}  // namespace inlay::test

#endif
