// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/changing.ipp>
#include <inlay/catalog/impl/overrides.ipp>
