// SPDX-License-Identifier: BSL-1.0
#include "connections.hpp"

#include <algorithm>
#include <utility>

namespace http_server {

Connections::Place Connections::add(Session* session, std::string origin) {
  bool const is_counted = !origin.empty();
  Entries made;
  made.push_back({.session = session, .origin = std::move(origin)});
  Place place;
  place.entry_ = made.begin();
  if (is_counted) ++strangers_[place.entry_->origin];
  waiting_.splice(waiting_.end(), made);
  return place;
}

bool Connections::ask(Place place) noexcept {
  if (place.entry_->standing == Standing::evicted) return false;
  if (place.entry_->standing == Standing::waiting) move(place.entry_, Standing::asking);
  return true;
}

void Connections::know(Place place) noexcept {
  if (place.entry_->standing == Standing::evicted || place.entry_->standing == Standing::known) return;
  forget_stranger(place.entry_);
  move(place.entry_, Standing::known);
}

void Connections::wait(Place place) noexcept {
  bool const is_stranger = place.entry_->standing == Standing::asking || place.entry_->standing == Standing::waiting;
  if (is_stranger) move(place.entry_, Standing::waiting);
}

void Connections::remove(Place place) noexcept {
  Standing const standing = place.entry_->standing;
  if (standing == Standing::waiting || standing == Standing::asking) forget_stranger(place.entry_);
  entries_of(standing).erase(place.entry_);
}

std::size_t Connections::strangers_of(std::string const& origin) const noexcept {
  auto const found = strangers_.find(origin);
  return found == strangers_.end() ? 0 : found->second;
}

Session* Connections::evict() noexcept { return waiting_.empty() ? nullptr : evict(waiting_.begin()); }

Session* Connections::evict(std::string const& origin) noexcept {
  auto const found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](Entry const& entry) { return entry.origin == origin; });
  return found == waiting_.end() ? nullptr : evict(found);
}

Session* Connections::evict(Entries::iterator entry) noexcept {
  forget_stranger(entry);
  move(entry, Standing::evicted);
  return entry->session;
}

Connections::Entries& Connections::entries_of(Standing standing) noexcept {
  switch (standing) {
    case Standing::waiting: return waiting_;
    case Standing::asking: return asking_;
    case Standing::known: return known_;
    case Standing::evicted: break;
  }
  return evicted_;
}

void Connections::move(Entries::iterator entry, Standing to) noexcept {
  Entries& entries = entries_of(to);
  entries.splice(entries.end(), entries_of(entry->standing), entry);
  entry->standing = to;
}

void Connections::forget_stranger(Entries::iterator entry) noexcept {
  auto const found = strangers_.find(entry->origin);
  if (found != strangers_.end() && --found->second == 0) strangers_.erase(found);
}

}  // namespace http_server
