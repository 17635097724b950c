// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_CONFIG_HPP
#define INLAY_GROUND_INTERNAL_CONFIG_HPP

// INLAY_HEADER_ONLY: every definition is inline and comes with the header that declares it.
// Otherwise inlay/src.hpp, compiled once (the library inlay::core), holds the definitions.
#ifdef INLAY_HEADER_ONLY
#define INLAY_DECL inline
#else
#define INLAY_DECL
#endif

#endif
