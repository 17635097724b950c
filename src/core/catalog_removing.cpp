// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/removing.ipp>
#include <inlay/catalog/impl/sharing.ipp>
