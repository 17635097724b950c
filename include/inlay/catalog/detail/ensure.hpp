// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_ENSURE_HPP
#define INLAY_CATALOG_DETAIL_ENSURE_HPP

// Rows that are to be there, whether they were or not.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/error.hpp>

namespace inlay::detail {

/** Creates a row unless it is there, for one caller; see Catalog::ensure. */
template <class Entity>
[[nodiscard]] Result<Ensured<Entity>> ensure(CatalogSession const& session, Entity row);

}  // namespace inlay::detail

#endif
