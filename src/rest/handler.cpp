// SPDX-License-Identifier: BSL-1.0
#include "cursor.hpp"
#include "in_flight.hpp"
#include "media.hpp"
#include "openapi.hpp"
#include "operations.hpp"

#include <inlay/ground/internal/joined.hpp>
#include <inlay/rest/handler.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <new>

namespace inlay::rest {
namespace {

/** All of them, in the order in which the methods of a path are named. */
std::vector<Route> const& routes() {
  static std::vector<Route> const all = [] {
    std::vector<Route> rows;
    for (auto const some : {row_routes(), install_routes(), sharing_routes(), batch_routes(), openapi_routes()}) {
      rows.insert(rows.end(), some.begin(), some.end());
    }
    return rows;
  }();
  return all;
}

bool is_for(Route const& route, std::vector<std::string> const& segments) noexcept {
  std::size_t const length = 1U + (route.has_id ? 1U : 0U) + (route.part.empty() ? 0U : 1U);
  return segments.size() == length && segments[0] == route.collection && (!route.has_id || !segments[1].empty()) &&
         (route.part.empty() || segments[2] == route.part);
}

/** The methods that a path has, those that need no route of their own among them; none: there is no such path. */
std::vector<std::string_view> methods_of(std::vector<std::string> const& segments) {
  std::vector<std::string_view> methods;
  for (Route const& route : routes()) {
    if (!is_for(route, segments)) continue;
    methods.push_back(route.method);
    if (route.method == "GET") methods.push_back("HEAD");
  }
  if (!methods.empty()) methods.push_back("OPTIONS");
  return methods;
}

Response answer_options(std::vector<std::string_view> const& methods) {
  Response response{.status = 204};
  response.headers.add("Allow", detail::joined(methods));
  if (std::find(methods.begin(), methods.end(), "PATCH") != methods.end()) {
    response.headers.add("Accept-Patch", detail::joined(patch_types()));
  }
  return response;
}

std::string openapi_path(std::string_view below) { return std::string(below) + '/' + std::string(openapi_name); }

Response no_such_path(HandlerOptions const& options) {
  std::string const document = openapi_path(*options.public_path);
  Response response = problem(
      404, Error{.kind = ErrorKind::not_found,
                 .message = "there is no such path; those that there are, and what they take, are in " + document});
  response.headers.add("Link", '<' + document + R"(>; rel="service-desc")");  // RFC 8631
  return response;
}

Response respond(Exchange& exchange) {
  Request const& request = exchange.request;
  if (request.method == "OPTIONS" && request.target == "*") {
    return answer_options({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"});
  }
  auto target = parse_target(request.target);
  if (!target) return refuse(exchange, target.error(), Situation::request);
  exchange.target = std::move(*target);

  auto& segments = exchange.target.segments;
  std::vector<std::string> prefix;
  if (!exchange.options.base_path.empty()) prefix = parse_target(exchange.options.base_path).value().segments;
  if (segments.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), segments.begin())) {
    return no_such_path(exchange.options);
  }
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(prefix.size()));

  auto const methods = methods_of(segments);
  if (methods.empty()) return no_such_path(exchange.options);
  if (request.method == "OPTIONS") return answer_options(methods);
  std::string_view const method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  auto const route = std::find_if(routes().begin(), routes().end(), [&](Route const& candidate) {
    return candidate.method == method && is_for(candidate, segments);
  });
  if (route == routes().end()) {
    Response response = problem(405, Error{.kind = ErrorKind::invalid_argument,
                                           .message = "this path has the methods " + detail::joined(methods)});
    response.headers.add("Allow", detail::joined(methods));
    return response;
  }
  if (auto const accept = request.headers.find("Accept"); accept && !accepts_json(*accept)) {
    return problem(
        406, Error{.kind = ErrorKind::invalid_argument,
                   .message = "answers are " + std::string(json_type) + ", and errors " + std::string(problem_type)});
  }
  return route->answer(exchange);
}

/** What is answered when memory has run out. What the request took is given back by then, so that there is some for a
    few words, most likely; the host is not told, which might take more.
*/
Response out_of_memory(HandlerOptions const& options, Request const& request) {
  bool const is_read = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  return problem(503, is_read ? Error{.kind = ErrorKind::unavailable,
                                      .message = "there is no memory to answer this now; try again later",
                                      .retry_after = options.retry_after}
                              : Error{.kind = ErrorKind::unavailable,
                                      .message = "the write may have happened: look before trying again",
                                      .outcome = Outcome::unknown});
}

/** A path of the options as the rest of this file wants it: "", or segments each with a slash before it. */
std::string normalised(std::string path, std::string_view which) {
  while (path.ends_with('/')) path.pop_back();
  if (path.empty()) return path;
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  auto const target = parse_target(path);
  // The segments of a path with a query are those before it.
  bool const is_path = target && target->path == path;
  // A client leaves out dots before it asks, and what stands before two of them.
  auto const is_no_name = [](std::string_view segment) { return segment.empty() || segment == "." || segment == ".."; };
  if (!is_path || std::any_of(target->segments.begin(), target->segments.end(), is_no_name)) {
    throw Exception({.kind = ErrorKind::invalid_argument,
                     .message = "a " + std::string(which) +
                                " path is a path such as /api/v1, percent-encoded; this one is not: " + path});
  }
  return path;
}

}  // namespace

Handler::Handler(Catalog catalog, HandlerOptions options)
    : catalog_(std::move(catalog)),
      options_(std::move(options)),
      cursor_key_(make_cursor_key(options_.cursor_key)),
      in_flight_(
          std::make_shared<BytesInFlight>(options_.max_bytes_in_flight, options_.max_bytes_in_flight_of_caller)) {
  options_.base_path = normalised(std::move(options_.base_path), "base");
  options_.public_path =
      options_.public_path ? normalised(std::move(*options_.public_path), "public") : options_.base_path;
}

bool Handler::is_for_anybody(Request const& request) const noexcept {
  std::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  std::string_view const base = options_.base_path;
  return path.starts_with(base) && path.substr(base.size()).starts_with('/') &&
         path.substr(base.size() + 1) == openapi_name;
}

Result<void> Handler::check(HandlerOptions const& options) try {
  normalised(options.base_path, "base");
  if (options.public_path) normalised(*options.public_path, "public");
  static_cast<void>(make_cursor_key(options.cursor_key));
  return {};
} catch (Exception const& exception) {
  return exception.error();
}

std::size_t Handler::max_body_bytes() const noexcept {
  // Room for a resource's other members around its document.
  constexpr std::size_t envelope = std::size_t{64} << 10U;
  std::size_t const longest = catalog_.options().limits.max_bytes;
  return longest > static_cast<std::size_t>(-1) - envelope ? longest : longest + envelope;
}

Response Handler::operator()(Request const& request, Caller const& caller) const noexcept try {
  Response response;
  try {
    Exchange exchange{.request = request,
                      .caller = caller,
                      .options = options_,
                      .cursor_key = cursor_key_,
                      .in_flight = *in_flight_,
                      .catalog = FrontDoor(catalog_, caller),
                      .max_body_bytes = max_body_bytes()};
    response = respond(exchange);
  } catch (Exception const& failure) {
    response = refuse(options_, request, failure.error(), Situation::content);
  } catch (std::bad_alloc const&) {
    response = out_of_memory(options_, request);
  } catch (std::exception const& failure) {
    response =
        refuse(options_, request, Error{.kind = ErrorKind::internal, .message = failure.what()}, Situation::content);
  }
  if (request.method == "HEAD") {
    if (response.status != 304) response.headers.set("Content-Length", std::to_string(response.body.size()));
    response.body.clear();
  }
  return response;
} catch (...) {
  // Not even for a few words: answer without allocating any.
  return Response{.status = 503};
}

}  // namespace inlay::rest
