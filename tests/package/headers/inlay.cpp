// SPDX-License-Identifier: BSL-1.0
// The one source file of this program that has inlay's definitions.
#include <inlay/src.hpp>
