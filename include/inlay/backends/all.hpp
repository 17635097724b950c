// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_ALL_HPP
#define INLAY_BACKENDS_ALL_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Every backend of this build, `memory` first. Needs the library inlay::inlay. */
[[nodiscard]] Backends all_backends();

}  // namespace inlay

#endif
