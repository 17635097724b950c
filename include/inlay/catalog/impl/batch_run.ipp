// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_BATCH_RUN_IPP
#define INLAY_CATALOG_IMPL_BATCH_RUN_IPP

#include <inlay/catalog/batch.hpp>
#include <inlay/catalog/detail/batch_run.hpp>
#include <inlay/catalog/detail/policy.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/detail/state.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/error.hpp>
#include <inlay/json/document.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::detail {

/** How many operations are looked through at once for rows to read ahead. */
inline constexpr std::size_t operations_ahead = 200;

/** The error of an operation, at its place in the batch. */
inline Error at_operation(std::size_t number, Error error) {
  error.pointer = "/" + std::to_string(number) + error.pointer.value_or("");
  return error;
}

BatchRun::BatchRun(CatalogSession const& session, BatchOptions const& options)
    : session_(session),
      is_dry_run_(options.dry_run),
      time_(session.state->options.clock()),
      draft_(std::make_shared<Draft>(session.state->repository,
                                     Draft::Limits{.rows = Batch::max_changes, .bytes = Batch::max_bytes})),
      catalog_([&] {
        CatalogOptions drafted = session.state->options;
        drafted.clock = [time = time_] { return time; };
        drafted.generate_id = drafted.generate_public_id = [id = next_id_] { return *id; };
        drafted.team_quota = {};  // which all of it together is held to
        // Under no name, which is looked at once, by the commit of it all.
        return Catalog(draft_, std::move(drafted)).as({.team = session.caller.team}).at_least(session.at_least);
      }()) {}

Tried<CommittedBatch> BatchRun::run(std::vector<BatchOperation> const& operations, int lost) {
  CommittedBatch done;
  done.answers.reserve(operations.size());
  for (std::size_t number = 0; number < operations.size(); ++number) {
    if (number % operations_ahead == 0) read_ahead(operations, number);
    BatchOperation const& operation = operations[number];
    *next_id_ = operation.id;
    draft_->begin_step(number);
    auto answer = operation.run(*this);
    if (answer) keep_small(*answer);
    if (auto const fits = check_size(); !fits) return at_operation(number, fits.error());
    if (!answer) return at_operation(number, answer.error());
    done.answers.push_back(std::move(*answer));
  }
  if (draft_->is_stale()) return Tried<CommittedBatch>::lost(storage::stale_version("row", std::nullopt));
  return write(std::move(done), lost);
}

void BatchRun::read_ahead(std::vector<BatchOperation> const& operations, std::size_t first) {
  Policy const policy(session_.caller.team);
  std::size_t const end = std::min(operations.size(), first + operations_ahead);
  std::size_t readable = 0;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, model::Readables>>(
      [&]<class Readable>(std::type_identity<Readable>) {
        using Entity = model::Root<Readable>;
        std::vector<Id<Entity>> ids;
        for (std::size_t i = first; i < end; ++i) {
          if (operations[i].reads_first == readable) ids.push_back(meant(Id<Entity>{operations[i].id}));
        }
        draft_->read_ahead<Readable>(std::move(ids), policy.seen<Entity>());
        ++readable;
      });
}

/** Has thousands of answers share what they have in common, and tell no more differences than one may. */
void BatchRun::keep_small(BatchAnswer& answer) {
  auto const share = [&](Document& config, Id<Integration> id, bool was_compared) {
    Document& common = configs_[id];
    bool const is_common = common.text() == config.text();
    if (!is_common || was_compared) bytes_held_ += config.text().size();
    if (is_common) {
      config = common;
    } else {
      common = config;
    }
  };
  auto const keep = [&]<class Answer>(Answer& given) {
    bool was_compared = false;
    if constexpr (requires { given.differences; }) {
      was_compared = is_dry_run_ && !given.differences.empty();
      std::size_t const bytes = byte_count(given.differences);
      if (bytes > 0 && !differences_.take(bytes)) {
        given.differences = {};
        given.differences_truncated = true;
      }
    }
    if constexpr (std::is_same_v<Answer, InstalledIntegration>) {
      share(given.integration.config, given.integration.id, was_compared);
    } else if constexpr (requires { given.resource.install; }) {
      share(given.resource.integration.config, given.resource.integration.id, was_compared);
    }
  };
  std::visit(keep, answer);
}

Result<void> BatchRun::check_size() const {
  std::string what;
  if (draft_->row_count() > Batch::max_changes) {
    what = std::to_string(Batch::max_changes) + " rows";
  } else if (draft_->bytes() + bytes_held_ > Batch::max_bytes) {
    what = "rows of " + std::to_string(Batch::max_bytes) + " bytes";
  } else {
    return {};
  }
  return Error{.kind = ErrorKind::invalid_argument, .message = "a batch is about " + what + " at most"};
}

Tried<CommittedBatch> BatchRun::write(CommittedBatch done, int lost) const {
  Writer const writer(session_);
  auto changes = draft_->changes_to_commit();
  if (!changes) return at_operation(changes.error().step, changes.error().error);
  done.changed = !changes->empty();
  if (!done.changed || is_dry_run_) {
    if (done.changed) {
      Commit const any{.changes = {changes->front()},
                       .actor = session_.caller.actor,
                       .reason = session_.caller.reason,
                       .time = time_};
      if (auto const checked = storage::check(any); !checked) return checked.error();
      if (auto const allowed = writer.check_quota(time_, *changes); !allowed) return allowed.error();
    }
    auto const current = writer.rows().store().revision();
    if (!current) return current.error();
    done.revision = *current;
  } else {
    auto const committed = writer.commit(time_, std::move(*changes), draft_->guards_to_commit());
    if (!committed) {
      Error error = committed.error();
      // What the caller may know of it, and where it is, the operation says that is refused for it.
      error.used_by.clear();
      if (error.kind != ErrorKind::invalid_argument) error.pointer.reset();  // that is the caller's actor or reason
      // What it was decided on has changed: what is then to be said is found by looking again. Where nothing is found a
      // few times, it is about something that inlay does not know.
      bool const may_be_explained = error.kind == ErrorKind::already_exists || error.kind == ErrorKind::not_found ||
                                    error.kind == ErrorKind::in_use;
      bool const is_lost = error.kind == ErrorKind::conflict || (may_be_explained && lost < 3);
      return is_lost ? Tried<CommittedBatch>::lost(error) : error;
    }
    done.revision = committed->revision;
  }
  settle(done);
  return done;
}

/** Makes the rows of the answers what the commit has made of them. */
void BatchRun::settle(CommittedBatch& done) const {
  std::optional<Revision> const revision = is_dry_run_ ? std::nullopt : std::optional(done.revision);
  auto const settle_row = [&]<class Entity>(Entity& row) {
    // A summary, which has no version, stays one.
    if (row.version != Version{}) draft_->settle(row, time_, revision);
  };
  auto const settle_parts = [&]<class Readable>(Readable& whole) {
    [&]<std::size_t... part>(std::index_sequence<part...>) { (settle_row(model::part_of<part>(whole)), ...); }
    (std::make_index_sequence<model::part_count<Readable>>{});
  };
  auto const settle_answer = [&]<class Answer>(Answer& answer) {
    if constexpr (requires { answer.resource; }) {
      settle_parts(answer.resource);
    } else if constexpr (requires { answer.grant; }) {
      settle_parts(answer.grant);
    } else if constexpr (model::is_entity<Answer> || model::is_read_model<Answer>) {
      settle_parts(answer);
    }
  };
  for (BatchAnswer& answer : done.answers) std::visit(settle_answer, answer);
}

}  // namespace inlay::detail

#endif
