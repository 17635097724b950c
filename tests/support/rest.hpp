// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_REST_HPP
#define INLAY_TESTS_SUPPORT_REST_HPP

#include <inlay/backends/memory.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/rest/handler.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace inlay::test {

/** A catalogue in memory whose clock moves one second a look. */
inline Catalog open_in_memory(CatalogOptions options = {}) {
  auto seconds = std::make_shared<std::atomic<std::int64_t>>(1'628'589'600);
  options.clock = [seconds] { return Timestamp{(*seconds)++ * 1'000'000}; };
  return Catalog::open("memory:", Backends().add(memory_backend()), std::move(options)).value();
}

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
inline std::string header_of(rest::Response const& response, std::string_view name) {
  return response.headers.find(name).value_or("(none)");
}

}  // namespace inlay::test

#endif
