// SPDX-License-Identifier: BSL-1.0
#ifndef ACME_HPP
#define ACME_HPP

#include <inlay/error.hpp>

#include <string_view>

namespace acme {

/** Whether a catalogue can be opened there. */
[[nodiscard]] inlay::Result<void> try_store(std::string_view url);

}  // namespace acme

#endif
