// SPDX-License-Identifier: BSL-1.0
#include "media.hpp"
#include "operations.hpp"
#include "representation.hpp"

#include <inlay/catalog/internal/batch_json.hpp>
#include <inlay/page_bytes.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace inlay::rest {
namespace {

/** For what an answer to an operation has around its document. */
constexpr std::size_t room_of_operation = std::size_t{4} << 10U;

Response commit(Exchange const& exchange, Batch const& batch, BatchOptions const& options) {
  auto const done = batch.commit(options);
  if (!done) {
    if (done.error().reason == Reason::version_required) return problem(428, done.error());
    return refuse(exchange, done.error(), Situation::content);
  }
  return answer_json(200, model::form_text(answers::BatchDone::of(*done, options.dry_run)));
}

Response commit_batch(Exchange const& exchange) {
  Parameters parameters(exchange.target);
  auto const is_dry_run = parameters.take_flag("dry_run");
  if (!is_dry_run) return is_dry_run.error();
  if (auto const known = parameters.finish(); !known) return known.error();
  if (exchange.is_conditional()) {
    return bad_request("a batch has no state that a condition could name; its operations have, in \"version\"");
  }
  auto body = read_body(exchange, std::span(&json_type, 1));
  if (!body) return body.error();
  if (!body->is_array()) return bad_request("a batch is a JSON array of operations");

  Batch batch = exchange.catalog.batch();
  detail::OperationRules const rules{.limits = exchange.catalog.options().limits,
                                     .forces = !exchange.options.requires_if_match};
  boost::json::array const& operations = body->get_array();
  for (std::size_t i = 0; i < operations.size(); ++i) {
    auto const* const operation = operations[i].if_object();
    auto const added =
        operation == nullptr
            ? Result<void>(Error{.kind = ErrorKind::invalid_argument, .message = "an operation is a JSON object"})
            : detail::add_operation(batch, *operation, rules);
    if (auto const fits = batch.check(); !fits) return refuse(exchange, fits.error(), Situation::content);
    if (added) continue;
    Error error = added.error();
    error.pointer = "/" + std::to_string(i) + error.pointer.value_or("");
    return refuse(exchange, error, Situation::content);
  }
  std::size_t const count = operations.size();
  *body = nullptr;  // the batch has what it needs of it
  std::size_t const room = count * room_of_operation + room_for_documents(exchange, count, 1);
  return answer_in_room(exchange, room, [&] { return commit(exchange, batch, {.dry_run = *is_dry_run}); });
}

constexpr Route routes[] = {
    {"POST", "batch", false, "", &commit_batch},
};

}  // namespace

std::span<Route const> batch_routes() noexcept { return routes; }

}  // namespace inlay::rest
