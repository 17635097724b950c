// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_SRC_HPP
#define INLAY_CATALOG_SRC_HPP

// The definitions of the catalogue. Part of inlay/src.hpp.

#include <inlay/catalog/impl/catalog.ipp>
#include <inlay/catalog/impl/config.ipp>
#include <inlay/catalog/impl/history.ipp>
#include <inlay/catalog/impl/install.ipp>
#include <inlay/catalog/impl/quota.ipp>

#endif
