// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_ENDED_HPP
#define INLAY_ENDED_HPP

#include <inlay/timestamp.hpp>

#include <string>

namespace inlay {

/** When, and why, the owner of what a row uses has put an end to that. */
struct Ended {
  Timestamp at{};
  std::string reason{};  ///< 1 to 255 characters, for whom the row belongs to

  friend bool operator==(Ended const&, Ended const&) = default;
};

}  // namespace inlay

#endif
