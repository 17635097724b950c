// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_HPP
#define INLAY_SRC_HPP

// The definitions of inlay's core and of stores in memory. Include it in exactly one source file of a program that
// links no library of inlay's (but inlay::headers, which is none).

#include <inlay/backends/memory/impl/memory.ipp>
#include <inlay/catalog/src.hpp>
#include <inlay/config/src.hpp>
#include <inlay/ground/src.hpp>
#include <inlay/json/src.hpp>
#include <inlay/live/follower/src.hpp>
#include <inlay/model/src.hpp>
#include <inlay/storage/src.hpp>

#endif
