// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/catalog.ipp>
#include <inlay/catalog/impl/configs.ipp>
#include <inlay/catalog/impl/names.ipp>
