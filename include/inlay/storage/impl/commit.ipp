// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_COMMIT_IPP
#define INLAY_STORAGE_IMPL_COMMIT_IPP

#include <inlay/model/json_form.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>

#include <string_view>

namespace inlay::storage {

namespace detail {

template <class Entity>
Result<void> check_change(Insert<Entity> const& insert) {
  return model::check(insert.row);
}

template <class Entity>
Result<void> check_change(Update<Entity> const& update) {
  // What was there goes into the change log.
  if (auto const checked = model::check_whole(update.before); !checked) return checked;
  return model::check(update.after);
}

template <class Entity>
Result<void> check_change(Edit<Entity> const&) {
  return {};  // decided later
}

template <class Entity>
Result<void> check_change(Remove<Entity> const& remove) {
  return model::check_whole(remove.before);
}

inline Result<void> check_log_text(std::string_view member, std::string_view text) {
  if (text.empty()) return {};
  auto const checked = model::check_text(text);
  if (checked) return {};
  Error error = checked.error();
  error.message = std::string(member) + ": " + error.message;
  error.pointer = member_pointer(member);
  return error;
}

}  // namespace detail

Result<void> check(Commit const& commit) {
  if (commit.changes.empty()) return nothing_to_commit();
  if (auto checked = detail::check_log_text("actor", commit.actor); !checked) return checked;
  if (commit.reason) {
    if (auto checked = detail::check_log_text("reason", *commit.reason); !checked) return checked;
  }
  for (Change const& any : commit.changes) {
    auto checked = std::visit([](auto const& change) { return detail::check_change(change); }, any);
    if (!checked) return checked;
  }
  return {};
}

}  // namespace inlay::storage

#endif
