// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFORMANCE_CATCH_HPP
#define INLAY_CONFORMANCE_CATCH_HPP

// Catch2 2.13 or 3, whichever is there. The kit is installed, so it can't take the one that the other tests share.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif
