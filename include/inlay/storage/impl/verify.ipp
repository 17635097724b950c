// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_VERIFY_IPP
#define INLAY_STORAGE_IMPL_VERIFY_IPP

#include <inlay/storage/repository.hpp>
#include <inlay/storage/verify.hpp>

#include <optional>
#include <string>
#include <utility>

namespace inlay::storage {

namespace detail {

inline Error chain_breaks(Revision revision, std::string const& why) {
  return {.kind = ErrorKind::corrupt,
          .message = "the chain of commits breaks at revision " + std::to_string(revision.value) + ": " + why};
}

/** Why a commit does not follow; nothing where it does. */
inline std::optional<Error> find_break(LogEnd const& last, CommitRecord const& commit) {
  if (commit.revision.value != last.revision.value + 1) {
    return chain_breaks(commit.revision, "the commit before it is missing, the log has " +
                                             std::to_string(last.revision.value) + " and then this one");
  }
  if (commit.moment <= last.moment) {
    return chain_breaks(commit.revision, "its moment, " + to_precise_string(commit.moment) +
                                             ", is not after that of the commit before, " +
                                             to_precise_string(last.moment));
  }
  if (commit.chain != next_link(last.chain, commit.revision, commit.moment, content_digest(commit))) {
    return chain_breaks(commit.revision,
                        "it does not say what was committed, or the link before it is not the one it was chained to");
  }
  return std::nullopt;
}

/** Which part of what the store tells of its newest commit is not so. */
inline std::optional<Error> find_other_end(LogEnd const& told, LogEnd const& last) {
  std::string_view const part = told.revision != last.revision ? "revision"
                                : told.token != last.token     ? "token"
                                : told.moment != last.moment   ? "moment"
                                : told.chain != last.chain     ? "link"
                                                               : "";
  if (part.empty()) return std::nullopt;
  return chain_breaks(last.revision, "the log ends here, and the store says another " + std::string(part) +
                                         " of its newest commit" +
                                         (part == "revision" ? ": " + std::to_string(told.revision.value) : ""));
}

/** Looks at the log between the ends that the store has told. */
inline Result<Verified> verify_between(Repository const& repository, StoreState const& state) {
  Verified verified{.state = state};
  LogEnd last = state.compacted;
  ChangesRequest request{.after = last.revision, .limit = 1'000};
  for (bool has_more = last.revision < state.newest.revision; has_more;) {
    auto const page = repository.changes(request);
    if (!page) return page.error();
    for (CommitRecord const& commit : page->commits) {
      if (commit.revision > state.newest.revision) break;  // somebody else's, since then
      if (auto const broken = find_break(last, commit)) return *broken;
      last = {commit.revision, commit.token, commit.moment, commit.chain};
      ++verified.commits;
    }
    if (!page->has_more && page->through < state.newest.revision) {
      return Error{.kind = ErrorKind::unavailable,
                   .message = "the store was at revision " + std::to_string(state.newest.revision.value) +
                              ", and what was asked for its log then is at " + std::to_string(page->through.value) +
                              ": a server that is behind, or the store has gone back; try again"};
    }
    request.after = page->through;
    has_more = page->has_more && page->through < state.newest.revision;
  }
  if (auto const other = find_other_end(state.newest, last)) return *other;
  return verified;
}

}  // namespace detail

Result<Verified> verify_log(Repository const& repository) {
  if (!repository.capabilities().has_identity) {
    return Error{.kind = ErrorKind::not_built,
                 .message = "the backend " + repository.capabilities().backend +
                            " keeps no chain over its commits, by which to verify them"};
  }
  auto state = repository.state();
  while (true) {
    if (!state) return state.error();
    auto const verified = detail::verify_between(repository, *state);
    if (verified) return verified;
    // Unless it was compacted meanwhile, or has become another store.
    auto now_told = repository.state();
    if (!now_told) return now_told.error();
    if (now_told->store_id == state->store_id && now_told->compacted == state->compacted) return verified;
    state = std::move(now_told);
  }
}

}  // namespace inlay::storage

#endif
