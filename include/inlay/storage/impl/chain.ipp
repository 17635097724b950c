// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_CHAIN_IPP
#define INLAY_STORAGE_IMPL_CHAIN_IPP

#include <inlay/storage/chain.hpp>

namespace inlay::storage {

CommitContent::CommitContent(Uuid const& token, std::string_view actor, std::optional<std::string> const& reason,
                             Timestamp time) {
  put(to_string(token));
  put(actor);
  put(reason);
  put(std::to_string(time.microseconds));
}

void CommitContent::add(std::string_view entity, Uuid const& id, ChangeKind kind,
                        std::optional<std::string_view> before, std::optional<std::string_view> after) {
  put(entity);
  put(to_string(id));
  put(to_string(kind));
  put(before);
  put(after);
}

void CommitContent::put(std::optional<std::string_view> value) {
  if (value) {
    text_.append(std::to_string(value->size())).append(1, ':').append(*value);
  } else {
    text_.append("-:");
  }
}

Digest content_digest(CommitRecord const& commit) {
  CommitContent content(commit.token, commit.actor, commit.reason, commit.time);
  for (ChangeRecord const& change : commit.changes) {
    auto const text = [](std::optional<Document> const& row) {
      return row ? std::optional<std::string_view>(row->text()) : std::nullopt;
    };
    content.add(change.entity, change.id, change.kind, text(change.before), text(change.after));
  }
  return content.digest();
}

Digest next_link(Digest const& last, Revision revision, Timestamp moment, Digest const& content) {
  std::string text = to_string(last);
  text.append(1, '\n').append(std::to_string(revision.value));
  text.append(1, '\n').append(std::to_string(moment.microseconds));
  text.append(1, '\n').append(to_string(content));
  return sha256(text);
}

LogEnd next_end(LogEnd const& last, Uuid const& token, Timestamp time, Timestamp clock, Digest const& content) {
  LogEnd next{.revision = {last.revision.value + 1}, .token = token};
  next.moment = next_moment(last.moment, time, clock);
  next.chain = next_link(last.chain, next.revision, next.moment, content);
  return next;
}

}  // namespace inlay::storage

#endif
