// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_HPP
#define INLAY_BACKENDS_MEMORY_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Stores that live in this process's memory: `memory:`, a new and empty one each time it is opened. */
[[nodiscard]] Backend memory_backend();

}  // namespace inlay

#endif
