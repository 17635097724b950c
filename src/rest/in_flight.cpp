// SPDX-License-Identifier: BSL-1.0
#include "in_flight.hpp"

#include <utility>
#include <variant>

namespace inlay::rest {
namespace {

/** A team is one caller, whoever acts for it; of the administration each actor is. */
std::string name_of(Caller const& caller) {
  return caller.team ? "team " + to_string(*caller.team) : "actor " + caller.actor;
}

bool has_room(std::size_t taken, std::size_t bytes, std::size_t most) noexcept {
  return most == 0 || taken == 0 || (taken <= most && bytes <= most - taken);
}

}  // namespace

std::variant<std::shared_ptr<BytesInFlight::Hold>, Full> BytesInFlight::reserve(Caller const& caller,
                                                                                std::size_t bytes) {
  auto hold = std::make_shared<Hold>(shared_from_this(), name_of(caller), 0);
  std::lock_guard const lock(mutex_);
  std::size_t& own = of_[name_of(caller)];
  if (has_room(own, bytes, most_of_caller_) && has_room(all_, bytes, most_)) {
    own += bytes;
    all_ += bytes;
    hold->bytes_ = bytes;
    return hold;
  }
  return has_room(own, bytes, most_of_caller_) ? Full::everybody : Full::caller;
}

void BytesInFlight::Hold::settle(std::size_t bytes) {
  of_->change(caller_, bytes_, bytes);
  bytes_ = bytes;
}

void BytesInFlight::change(std::string const& caller, std::size_t from, std::size_t to) {
  std::lock_guard const lock(mutex_);
  auto const own = of_.find(caller);
  own->second = own->second - from + to;
  all_ = all_ - from + to;
}

void BytesInFlight::give_back(std::string const& caller, std::size_t bytes) noexcept {
  std::lock_guard const lock(mutex_);
  all_ -= bytes;
  auto const own = of_.find(caller);
  if (own == of_.end()) return;
  own->second -= bytes;
  if (own->second == 0) of_.erase(own);
}

}  // namespace inlay::rest
