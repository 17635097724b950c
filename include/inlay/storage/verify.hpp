// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_VERIFY_HPP
#define INLAY_STORAGE_VERIFY_HPP

#include <inlay/error.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/chain.hpp>

#include <cstddef>

namespace inlay {

class Repository;

namespace storage {

/** What was looked at of a log that is whole. */
struct Verified {
  StoreState state{};  ///< what the store told of itself when that began: between the two ends everything was looked at
  std::size_t commits{};  ///< how many commits that were
};

/** Reads the change log of a store, page by page, and computes its chain anew (chain.hpp). Others may write and compact
    meanwhile; what they add is not looked at.

    A commit that was changed, left out, put in or moved breaks the chain, unless whoever did it has computed all links
    that follow anew, and the counter's: against that a link that was noted elsewhere helps. Rows are not looked at.

    It takes time by how long the log is.

    @return corrupt where the chain breaks, with the revision and why in the message: a number is missing, a moment is
   not after the one before, a commit does not say what was committed, or the store tells another end than the log has;
    not_built when the backend has no such thing (Capabilities::has_identity); unavailable.
*/
[[nodiscard]] Result<Verified> verify_log(Repository const& repository);

}  // namespace storage

}  // namespace inlay

#endif
