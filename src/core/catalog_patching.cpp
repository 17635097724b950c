// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/gate.ipp>
#include <inlay/catalog/impl/history.ipp>
#include <inlay/catalog/impl/patching.ipp>
