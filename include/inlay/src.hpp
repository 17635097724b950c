// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_HPP
#define INLAY_SRC_HPP

// The definitions of inlay's core. Include it in exactly one source file of a program that neither links inlay::core
// nor defines INLAY_HEADER_ONLY (which is what inlay::header_only does).

#ifdef INLAY_HEADER_ONLY
#error "with INLAY_HEADER_ONLY every header brings its own definitions; do not include inlay/src.hpp"
#endif

#include <inlay/impl/backends.ipp>
#include <inlay/impl/birth.ipp>
#include <inlay/impl/catalog.ipp>
#include <inlay/impl/catalog_config.ipp>
#include <inlay/impl/catalog_history.ipp>
#include <inlay/impl/catalog_install.ipp>
#include <inlay/impl/catalog_quota.ipp>
#include <inlay/impl/commit.ipp>
#include <inlay/impl/config_node.ipp>
#include <inlay/impl/document.ipp>
#include <inlay/impl/effective_config.ipp>
#include <inlay/impl/equal.ipp>
#include <inlay/impl/error.ipp>
#include <inlay/impl/id.ipp>
#include <inlay/impl/json_form.ipp>
#include <inlay/impl/json_patch.ipp>
#include <inlay/impl/member_spans.ipp>
#include <inlay/impl/merge_patch.ipp>
#include <inlay/impl/override.ipp>
#include <inlay/impl/parse.ipp>
#include <inlay/impl/pointer.ipp>
#include <inlay/impl/print.ipp>
#include <inlay/impl/query.ipp>
#include <inlay/impl/storage_errors.ipp>
#include <inlay/impl/store_url.ipp>
#include <inlay/impl/timestamp.ipp>
#include <inlay/impl/transfer.ipp>

#endif
