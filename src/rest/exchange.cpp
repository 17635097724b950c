// SPDX-License-Identifier: BSL-1.0
#include "exchange.hpp"

#include "media.hpp"
#include "text.hpp"

#include <inlay/ground/internal/joined.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace inlay::rest {
namespace {

constexpr std::string_view tag_headers[] = {"If-Match", "If-None-Match"};

OrResponse<std::optional<TagList>> tags_of(Exchange const& exchange, std::string_view field) {
  auto const value = exchange.request.headers.find(field);
  if (!value) return std::optional<TagList>();
  auto tags = parse_tags(field, *value);
  if (!tags) return refuse(exchange, tags.error(), Situation::request);
  return std::optional<TagList>(std::move(*tags));
}

/** What a client is told of an error that is none of its business. */
char const* what_to_do(int status, Outcome outcome) noexcept {
  if (outcome == Outcome::done) return "the write has happened, but its answer could not be made: do not do it again";
  if (outcome == Outcome::unknown) return "the write may have happened: look before trying again";
  return status == 503 ? "the store is not available now; try again later" : "the request could not be answered";
}

Response too_much_in_flight(Exchange const& exchange, Full full) {
  bool const is_own = full == Full::caller;
  Error const error{.kind = ErrorKind::unavailable,
                    .message = is_own
                                   ? "too many bytes of answers to this caller are on their way; try again when they "
                                     "have been read"
                                   : "too many bytes of answers are on their way; try again later",
                    .retry_after = exchange.options.retry_after};
  if (!is_own && exchange.options.on_error) {
    try {
      exchange.options.on_error(exchange.request, error);
    } catch (...) {
      // The client is answered all the same.
    }
  }
  return problem(is_own ? 429 : 503, error);
}

Response not_modified(std::string const& etag) {
  Response response{.status = 304};
  response.headers.add("ETag", etag);
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace

bool Exchange::is_conditional() const noexcept {
  return std::any_of(std::begin(tag_headers), std::end(tag_headers),
                     [&](std::string_view name) { return request.headers.contains(name); });
}

// ---------------------------------------------------------------------------------------------- refusing

Response refuse(HandlerOptions const& options, Request const& request, Error const& error, Situation situation) {
  int const status = status_of(error, situation);
  if (status < 500 || error.kind == ErrorKind::quota_exceeded) return problem(status, error);

  // What it says is about the host's inside, and may hold what no client should read.
  if (options.on_error) {
    try {
      options.on_error(request, error);
    } catch (...) {
      // The client is answered all the same.
    }
  }
  Error told{.kind = error.kind, .message = what_to_do(status, error.outcome), .outcome = error.outcome};
  // To come again blindly is safe only where nothing was done.
  if (status == 503 && error.outcome == Outcome::not_done) told.retry_after = options.retry_after;
  return problem(status, told);
}

Response refuse_content(Exchange const& exchange, Error const& error) {
  // A conflict at a place in the body is a JSON Patch's own `test`, not the request's condition.
  bool const is_about_condition = exchange.is_conditional() && !error.pointer;
  if (is_about_condition && error.kind == ErrorKind::conflict && error.current_version) {
    return precondition_failed(exchange, *error.current_version);
  }
  return refuse(exchange, error, is_about_condition ? Situation::conditional : Situation::content);
}

Response bad_request(std::string message) {
  return problem(400, Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)});
}

Response precondition_failed(Exchange const& exchange, RowVersion const& of_row) {
  Error error{.kind = ErrorKind::conflict,
              .message = "the resource is not in the state that the request's condition names"};
  auto const tags = if_match(exchange);
  Version const current = of_row.version;
  if (of_row.birth && *of_row.birth != Birth{} && tags && *tags && (*tags)->are_of_other_rows(*of_row.birth)) {
    error.message += ": what it names is gone, and another one has its id";
  } else if (current != Version{} && tags && *tags && (*tags)->names_weakly(current)) {
    error.message +=
        ": a weak entity tag (W/) never matches here (RFC 9110, 13.1.1); a proxy that compresses answers"
        " makes tags weak";
    error.current_version = current;
  } else if (current != Version{}) {
    error.message += ": it is at version " + std::to_string(current.value) + " now";
    error.current_version = current;
  }
  return refuse(exchange, error, Situation::conditional);
}

// ---------------------------------------------------------------------------------------------- the target

OrResponse<std::optional<std::string>> Parameters::take(std::string_view name) {
  std::optional<std::string> value;
  for (auto parameter = parameters_.begin(); parameter != parameters_.end();) {
    if (parameter->first != name) {
      ++parameter;
      continue;
    }
    if (value) return bad_request("the query parameter " + std::string(name) + " is given twice");
    value = std::move(parameter->second);
    parameter = parameters_.erase(parameter);
  }
  return value;
}

OrResponse<bool> Parameters::take_flag(std::string_view name) {
  auto const value = take(name);
  if (!value) return value.error();
  bool const is_set = *value && **value == "true";
  if (is_set || !*value || **value == "false") return OrResponse<bool>(boost::system::in_place_value, is_set);
  return bad_request("the query parameter " + std::string(name) + " is true or false");
}

OrResponse<DocumentMode> Parameters::take_mode(std::string_view name) {
  auto const value = take(name);
  if (!value) return value.error();
  if (!*value || **value == "merge") return DocumentMode::merge;
  if (**value == "replace") return DocumentMode::replace;
  return bad_request("the query parameter " + std::string(name) + " is merge or replace");
}

OrResponse<void> Parameters::finish() const {
  if (parameters_.empty()) return {};
  return unknown_parameter(parameters_.front().first, "");
}

Response unknown_parameter(std::string_view name, std::string_view known) {
  std::string message = "there is no query parameter \"" + std::string(name) + "\" here";
  if (!known.empty()) message.append("; there are ").append(known);
  return bad_request(std::move(message));
}

// ---------------------------------------------------------------------------------------------- the body

OrResponse<boost::json::value> read_body(Exchange const& exchange, std::span<std::string_view const> types,
                                         std::string* type_found) {
  Request const& request = exchange.request;
  if (request.body.size() > exchange.max_body_bytes) {
    return problem(413, Error{.kind = ErrorKind::invalid_document,
                              .message = "a body has at most " + std::to_string(exchange.max_body_bytes) + " bytes"});
  }
  if (auto const coding = request.headers.find("Content-Encoding"); coding && !is_same_name(*coding, "identity")) {
    Response response =
        problem(415, Error{.kind = ErrorKind::invalid_argument, .message = "a body is sent without a content coding"});
    response.headers.add("Accept-Encoding", "identity");
    return response;
  }
  std::string const type = media_type(request.headers.find("Content-Type").value_or(""));
  if (std::find(types.begin(), types.end(), type) == types.end()) {
    Response response =
        problem(415, Error{.kind = ErrorKind::invalid_argument,
                           .message = "the Content-Type of a body here is " + detail::joined(types) + ", in UTF-8"});
    response.headers.add(request.method == "PATCH" ? "Accept-Patch" : "Accept", detail::joined(types));
    return response;
  }
  if (type_found != nullptr) *type_found = type;
  // How deep documents may be is counted from their own root, by whoever reads them out of the body.
  auto value = json::parse(request.body, {.max_bytes = exchange.max_body_bytes, .max_depth = json::greatest_depth});
  if (!value) return refuse(exchange, value.error(), Situation::request);
  return std::move(*value);
}

OrResponse<boost::json::object> read_object(Exchange const& exchange) {
  auto value = read_body(exchange, std::span(&json_type, 1));
  if (!value) return value.error();
  if (!value->is_object()) return bad_request("the body is a JSON object");
  return std::move(value->get_object());
}

// ---------------------------------------------------------------------------------------------- conditions

OrResponse<std::optional<TagList>> if_match(Exchange const& exchange) { return tags_of(exchange, tag_headers[0]); }

OrResponse<std::optional<TagList>> if_none_match(Exchange const& exchange) { return tags_of(exchange, tag_headers[1]); }

// ---------------------------------------------------------------------------------------------- answering

Response answer_in_room(Exchange const& exchange, std::size_t bytes, std::function<Response()> const& make) {
  auto reserved = exchange.in_flight.reserve(exchange.caller, std::min(bytes, 2 * max_page_bytes));
  if (auto const* const full = std::get_if<Full>(&reserved)) return too_much_in_flight(exchange, *full);
  auto const hold = std::get<std::shared_ptr<BytesInFlight::Hold>>(std::move(reserved));
  Response response = make();
  hold->settle(exchange.request.method == "HEAD" ? 0 : response.body.size());
  response.in_flight = hold;
  return response;
}

std::size_t room_for_documents(Exchange const& exchange, std::size_t rows, std::size_t documents_each) {
  std::size_t const of_row = documents_each * std::min(exchange.catalog.options().limits.max_bytes, max_page_bytes / 2);
  return std::min(rows * of_row, std::max(max_page_bytes, of_row));
}

Response answer_json(int status, std::string body) {
  Response response{.status = status};
  response.headers.add("Content-Type", json_type);
  response.body = std::move(body);
  return response;
}

Response answer(int status, RowVersion const& version, std::string body) {
  Response response = answer_json(status, std::move(body));
  response.headers.add("ETag", etag_of(version, response.body));
  return response;
}

Response answer_get(Exchange const& exchange, RowVersion const& version, std::string body) {
  auto const match = if_match(exchange);
  if (!match) return match.error();
  auto const none_match = if_none_match(exchange);
  if (!none_match) return none_match.error();
  if (*match && !(*match)->matches(version)) return precondition_failed(exchange, version);
  Response response = answer(200, version, std::move(body));
  if (*none_match) {
    std::string etag = *response.headers.find("ETag");
    if ((*none_match)->matches(etag)) return not_modified(etag);
  }
  // Whoever holds it must ask again, and nobody holds it for others: what is seen depends on who asks.
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace inlay::rest
