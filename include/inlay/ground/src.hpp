// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_SRC_HPP
#define INLAY_GROUND_SRC_HPP

// The definitions of the ground: errors, ids, births, revisions, times, digests, hashes. Part of inlay/src.hpp.

#include <inlay/ground/impl/birth.ipp>
#include <inlay/ground/impl/digest.ipp>
#include <inlay/ground/impl/error.ipp>
#include <inlay/ground/impl/id.ipp>
#include <inlay/ground/impl/keyed_hash.ipp>
#include <inlay/ground/impl/revision.ipp>
#include <inlay/ground/impl/timestamp.ipp>

#endif
