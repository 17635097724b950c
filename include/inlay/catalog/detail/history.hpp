// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_HISTORY_HPP
#define INLAY_CATALOG_DETAIL_HISTORY_HPP

// The change log, and what of it a team sees.

#include <inlay/catalog/detail/session.hpp>
#include <inlay/error.hpp>
#include <inlay/storage/changes.hpp>

namespace inlay::detail {

/** The change log, for one caller; see Catalog::changes. */
[[nodiscard]] Result<ChangePage> changes_seen(CatalogSession const& session, ChangesRequest const& request);

}  // namespace inlay::detail

#endif
