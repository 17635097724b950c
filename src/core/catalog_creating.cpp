// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/creating.ipp>
#include <inlay/catalog/impl/ensure.ipp>
