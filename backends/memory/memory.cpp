// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory/impl/memory.ipp>
