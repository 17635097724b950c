// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/src.hpp>
