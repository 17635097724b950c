// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_ERROR_IPP
#define INLAY_GROUND_IMPL_ERROR_IPP

#include <inlay/error.hpp>

#include <utility>

namespace inlay {

std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid_argument: return "invalid_argument";
    case ErrorKind::invalid_document: return "invalid_document";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::already_exists: return "already_exists";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::in_use: return "in_use";
    case ErrorKind::forbidden: return "forbidden";
    case ErrorKind::quota_exceeded: return "quota_exceeded";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::compacted: return "compacted";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::not_built: return "not_built";
    case ErrorKind::unknown_scheme: return "unknown_scheme";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::none: return "none";
    case Reason::no_store: return "no_store";
    case Reason::not_migrated: return "not_migrated";
    case Reason::newer_store: return "newer_store";
    case Reason::store_not_empty: return "store_not_empty";
    case Reason::version_required: return "version_required";
    case Reason::null_in_override: return "null_in_override";
    case Reason::whole_config: return "whole_config";
    case Reason::forked: return "forked";
  }
  return "none";
}

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::not_done: return "not_done";
    case Outcome::unknown: return "unknown";
    case Outcome::done: return "done";
  }
  return "unknown";
}

std::string to_string(Error const& error) {
  std::string text(to_string(error.kind));
  if (error.outcome != Outcome::not_done) {
    text += " (outcome ";
    text += to_string(error.outcome);
    text += ')';
  }
  text += ": ";
  text += error.message;
  if (error.pointer) {
    text += " (at \"";
    text += *error.pointer;
    text += "\")";
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, ErrorKind kind) { return out << to_string(kind); }

std::ostream& operator<<(std::ostream& out, Error const& error) { return out << to_string(error); }

Exception::Exception(Error error) : std::runtime_error(to_string(error)), error_(std::move(error)) {}

void throw_exception_from_error(Error const& error, boost::source_location const& /*where*/) { throw Exception(error); }

}  // namespace inlay

#endif
