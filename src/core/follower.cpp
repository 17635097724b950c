// SPDX-License-Identifier: BSL-1.0
#include <inlay/live/follower/src.hpp>
