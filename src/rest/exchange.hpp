// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_EXCHANGE_HPP
#define INLAY_SRC_REST_EXCHANGE_HPP

#include "cursor.hpp"
#include "etag.hpp"
#include "front_door.hpp"
#include "in_flight.hpp"
#include "target.hpp"

#include <inlay/catalog.hpp>
#include <inlay/rest/handler.hpp>
#include <inlay/rest/problem.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace inlay::rest {

/** A value, or the response that refuses the request. */
template <class T>
using OrResponse = boost::system::result<T, Response>;

/** One request on its way to its response. */
struct Exchange {
  Request const& request;
  Caller const& caller;
  HandlerOptions const& options;
  CursorKey const& cursor_key;
  BytesInFlight& in_flight;
  FrontDoor catalog;  ///< as the caller sees it
  Target target{};    ///< without the base path
  std::size_t max_body_bytes{};
  std::span<std::string_view const> allowed{};  ///< the methods of the target

  /** Whether the request asks for a condition, so that a conflict is a failed precondition. */
  [[nodiscard]] bool is_conditional() const noexcept;
};

// ---- refusing

/** The one way for an error of the catalogue into an answer: those that are none of a client's business stay here. */
[[nodiscard]] Response refuse(HandlerOptions const& options, Request const& request, Error const& error,
                              Situation situation);
[[nodiscard]] inline Response refuse(Exchange const& exchange, Error const& error, Situation situation) {
  return refuse(exchange.options, exchange.request, error, situation);
}
[[nodiscard]] Response bad_request(std::string message);

/** Refuses what the catalogue refused about a body that could be read. */
[[nodiscard]] Response refuse_content(Exchange const& exchange, Error const& error);

// ---- the target

/** The query's parameters; an operation takes those that it knows and then says that it knows no more. */
class Parameters {
 public:
  explicit Parameters(Target const& target) : parameters_(target.parameters) {}

  /** The value of a parameter that may be given once. */
  [[nodiscard]] OrResponse<std::optional<std::string>> take(std::string_view name);

  /** A parameter that is `true` or `false`; without it, false. */
  [[nodiscard]] OrResponse<bool> take_flag(std::string_view name);

  /** `?override=replace` or `merge`. */
  [[nodiscard]] OrResponse<DocumentMode> take_mode(std::string_view name);

  /** What nobody has taken. */
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& rest() const& noexcept { return parameters_; }

  /** Refuses the request when there are parameters that nobody has taken. */
  [[nodiscard]] OrResponse<void> finish() const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

[[nodiscard]] Response unknown_parameter(std::string_view name, std::string_view known);

/** The id in the second segment of the path. What is no UUID is the id of nothing. */
template <class Entity>
[[nodiscard]] OrResponse<Id<Entity>> id_in_path(Exchange const& exchange) {
  auto id = Id<Entity>::parse(exchange.target.segments[1]);
  if (id) return *id;
  return refuse(exchange, Error{.kind = ErrorKind::not_found, .message = "an id in a path is a UUID; this one is not"},
                Situation::request);
}

/** The first segment of the path of an entity's resources: its name with hyphens. */
template <class Entity>
[[nodiscard]] std::string collection_path() {
  std::string path = "/" + std::string(Entity::entity_name);
  for (char& c : path) {
    if (c == '_') c = '-';
  }
  return path;
}

// ---- the body

/** Reads the body as JSON, when its media type is among `types`; the type that it has goes to `type`. */
[[nodiscard]] OrResponse<boost::json::value> read_body(Exchange const& exchange,
                                                       std::span<std::string_view const> types,
                                                       std::string* type = nullptr);

/** The same for a body of application/json that must be an object. */
[[nodiscard]] OrResponse<boost::json::object> read_object(Exchange const& exchange);

// ---- conditions

/** If-Match of a request; absent: any version. */
[[nodiscard]] OrResponse<std::optional<TagList>> if_match(Exchange const& exchange);
[[nodiscard]] OrResponse<std::optional<TagList>> if_none_match(Exchange const& exchange);

/** Refuses because the row is not as the request's condition says. A summary's version, 0, is not told: it is none; nor
    is that of a row other than all that the condition names. */
[[nodiscard]] Response precondition_failed(Exchange const& exchange, RowVersion const& current);

/** What the conditions of a request mean for a write of a row. */
struct WriteCondition {
  bool is_given{};                       ///< there was an If-Match
  std::optional<RowVersion> expected{};  ///< absent: any version
};

/** Works out the condition of a write. Reads the row only where one version can't say what was asked. */
template <class Entity>
[[nodiscard]] OrResponse<WriteCondition> write_condition(Exchange const& exchange, Id<Entity> id);

// ---- answering

/** The JSON of a resource, as every answer has it. The one place where resources are written. */
template <class Readable>
void write_resource(Readable const& readable, std::string& out, bool with_nested_documents = true);

/** Answers with a JSON body of a row at a version: an entity tag goes with it. */
[[nodiscard]] Response answer(int status, RowVersion const& version, std::string body);

/** The same for GET, which may find that the client has this already (304) or wanted another version (412). */
[[nodiscard]] Response answer_get(Exchange const& exchange, RowVersion const& version, std::string body);

/** Answers with a JSON body that belongs to no row. */
[[nodiscard]] Response answer_json(int status, std::string body);

/** Makes an answer that may be large, when there is room for so many bytes: 429 or 503 without having made it, where
    there is none. What the answer did not come to is given back at once. */
[[nodiscard]] Response answer_in_room(Exchange const& exchange, std::size_t bytes,
                                      std::function<Response()> const& make);

/** How many bytes the documents of that many rows may come to in a page, each row with so many of them. */
[[nodiscard]] std::size_t room_for_documents(Exchange const& exchange, std::size_t rows, std::size_t documents_each);

template <class Readable>
[[nodiscard]] RowVersion version_of(Readable const& readable) {
  return RowVersion::of(model::part_of<0>(readable));
}

}  // namespace inlay::rest

#endif
