// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_CATCH_HPP
#define INLAY_TESTS_SUPPORT_CATCH_HPP

// Catch2 2.13 (Debian 12) or 3, whichever is there.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif
