// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_ERRORS_IPP
#define INLAY_STORAGE_IMPL_ERRORS_IPP

#include <inlay/ground/internal/joined.hpp>
#include <inlay/storage/errors.hpp>

#include <string>
#include <utility>
#include <vector>

namespace inlay::storage {

std::string words(std::string_view entity) {
  std::string text(entity);
  for (char& c : text) {
    if (c == '_') c = ' ';
  }
  return text;
}

namespace detail {

inline std::string with_article(std::string_view name) {
  bool const has_vowel = !name.empty() && std::string_view("aeiou").find(name.front()) != std::string_view::npos;
  return (has_vowel ? "an " : "a ") + words(name);
}

}  // namespace detail

std::string member_pointer(std::string_view member) { return "/" + std::string(member); }

Error no_such_row(std::string_view entity) {
  return {.kind = ErrorKind::not_found, .message = "there is no " + words(entity) + " with this id"};
}

Error dangling_reference(model::Reference const& reference) {
  return {.kind = ErrorKind::not_found,
          .message = "there is no " + words(reference.entity) + " with this id",
          .pointer = member_pointer(reference.member)};
}

Error id_taken(std::string_view entity) {
  return {.kind = ErrorKind::already_exists,
          .message = "there is " + detail::with_article(entity) + " with this id already",
          .pointer = "/id"};
}

Error unique_key_taken(std::string_view entity, model::UniqueKey const& key) {
  std::string members(key[0]);
  if (!key[1].empty()) {
    members += " and ";
    members += key[1];
  }
  return {.kind = ErrorKind::already_exists,
          .message = "there is " + detail::with_article(entity) + " with the same " + members + " already",
          .pointer = member_pointer(key[1].empty() ? key[0] : key[1])};
}

Error token_taken() {
  return {.kind = ErrorKind::already_exists,
          .message = "a commit with this token has happened already",
          .pointer = "/token"};
}

Error stale_version(std::string_view entity, std::optional<Version> current) {
  std::string message = "the " + words(entity);
  message +=
      current ? " has changed meanwhile: it is at version " + std::to_string(current->value) + " now" : " is gone";
  return {.kind = ErrorKind::conflict, .message = std::move(message), .current_version = current};
}

Error still_referenced(std::string_view entity, std::span<std::string_view const> referrers) {
  std::string message = "the " + words(entity) + " is still in use";
  if (!referrers.empty()) message += " by " + inlay::detail::joined(referrers, " and ", detail::with_article);
  return {.kind = ErrorKind::in_use,
          .message = std::move(message),
          .used_by = std::vector<std::string>(referrers.begin(), referrers.end())};
}

Error nothing_to_commit() {
  return {.kind = ErrorKind::invalid_argument, .message = "a commit must have at least one change"};
}

Error limit_out_of_range(std::size_t max) {
  return {.kind = ErrorKind::invalid_argument, .message = "the limit must be between 1 and " + std::to_string(max)};
}

Error too_many(std::string_view what, std::size_t max) {
  return {.kind = ErrorKind::invalid_argument,
          .message = "a list takes at most " + std::to_string(max) + " " + std::string(what)};
}

Error changes_compacted(Revision kept_after) {
  return {.kind = ErrorKind::compacted,
          .message = "these changes are no longer kept, only those after revision " + std::to_string(kept_after.value),
          .kept_after = kept_after};
}

Error revision_not_reached(Revision current) {
  return {.kind = ErrorKind::invalid_argument,
          .message = "the store has not reached this revision, it is at " + std::to_string(current.value)};
}

Error store_forked() {
  return {.kind = ErrorKind::invalid_argument,
          .message =
              "this is another store than the one that the cursor is of, or it has gone back since, and on by"
              " another way; start anew from its rows",
          .reason = Reason::forked};
}

Error revision_not_here_yet(Revision current) {
  return {.kind = ErrorKind::unavailable,
          .message = "this server of the store follows another, and is only at revision " +
                     std::to_string(current.value) + "; ask again later, or ask the other one"};
}

Error cannot_transfer(std::string_view backend) {
  return {.kind = ErrorKind::not_built,
          .message = "the backend " + std::string(backend) + " can neither give a whole store nor take one"};
}

Error cannot_snapshot(std::string_view backend) {
  return {.kind = ErrorKind::not_built,
          .message = "the backend " + std::string(backend) + " cannot read a store as it was at one moment"};
}

Error cannot_count(std::string_view backend) {
  return {.kind = ErrorKind::not_built,
          .message = "the backend " + std::string(backend) + " cannot tell how much a team has, which quotas need"};
}

Error cannot_vacuum(std::string_view backend) {
  return {
      .kind = ErrorKind::not_built,
      .message = "the backend " + std::string(backend) +
                 " does not write its files anew: what was removed from them is for the database itself, and its own"
                 " tools"};
}

Error not_empty(Revision current) {
  return {.kind = ErrorKind::already_exists,
          .message = "the store has been written before, it is at revision " + std::to_string(current.value) +
                     "; only an empty one is filled unless it is to be replaced",
          .reason = Reason::store_not_empty};
}

Error contradictory_records(std::string_view table) {
  return {.kind = ErrorKind::invalid_argument,
          .message = "of the " + std::string(table) +
                     " records up to here, two have the same id or unique values, or one references a row that is not "
                     "there"};
}

Error corrupt_row(std::string_view table, Uuid const& id, std::string_view what) {
  std::string message = "the row ";
  message += to_string(id);
  message += " of table ";
  message += table;
  message += " is not what inlay wrote: ";
  message += what;
  return {
      .kind = ErrorKind::corrupt, .message = std::move(message), .row = id.is_nil() ? std::string() : to_string(id)};
}

}  // namespace inlay::storage

#endif
