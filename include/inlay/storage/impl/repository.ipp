// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_REPOSITORY_IPP
#define INLAY_STORAGE_IMPL_REPOSITORY_IPP

#include <inlay/storage/errors.hpp>
#include <inlay/storage/repository.hpp>

namespace inlay {

Result<Usage> Repository::usage(UsageRequest const& request) const {
  static_cast<void>(request);
  return storage::cannot_count(capabilities().backend);
}

Result<void> Repository::snapshot(SnapshotRequest const& request) const {
  static_cast<void>(request);
  return storage::cannot_snapshot(capabilities().backend);
}

Result<void> Repository::dump(DumpRequest const& request) const {
  static_cast<void>(request);
  return storage::cannot_transfer(capabilities().backend);
}

Result<void> Repository::restore(RestoreRequest const& request) {
  static_cast<void>(request);
  return storage::cannot_transfer(capabilities().backend);
}

Result<void> Repository::vacuum() { return storage::cannot_vacuum(capabilities().backend); }

}  // namespace inlay

#endif
