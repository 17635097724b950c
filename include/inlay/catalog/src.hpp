// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_SRC_HPP
#define INLAY_CATALOG_SRC_HPP

// The definitions of the catalogue. Part of inlay/src.hpp.

#include <inlay/catalog/impl/batch.ipp>
#include <inlay/catalog/impl/batch_json.ipp>
#include <inlay/catalog/impl/batch_run.ipp>
#include <inlay/catalog/impl/catalog.ipp>
#include <inlay/catalog/impl/changing.ipp>
#include <inlay/catalog/impl/configs.ipp>
#include <inlay/catalog/impl/creating.ipp>
#include <inlay/catalog/impl/draft.ipp>
#include <inlay/catalog/impl/draft_reads.ipp>
#include <inlay/catalog/impl/ensure.ipp>
#include <inlay/catalog/impl/gate.ipp>
#include <inlay/catalog/impl/history.ipp>
#include <inlay/catalog/impl/names.ipp>
#include <inlay/catalog/impl/overrides.ipp>
#include <inlay/catalog/impl/patching.ipp>
#include <inlay/catalog/impl/removing.ipp>
#include <inlay/catalog/impl/sharing.ipp>
#include <inlay/catalog/impl/writer.ipp>

#endif
