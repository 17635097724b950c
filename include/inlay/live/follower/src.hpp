// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_LIVE_FOLLOWER_SRC_HPP
#define INLAY_LIVE_FOLLOWER_SRC_HPP

// The definitions of the follower's floor. Part of inlay/src.hpp.

#include <inlay/live/follower/impl/follower.ipp>

#endif
