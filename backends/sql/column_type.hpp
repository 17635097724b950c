// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_COLUMN_TYPE_HPP
#define INLAY_BACKENDS_SQL_COLUMN_TYPE_HPP

#include <soci/soci-backend.h>
#include <soci/version.h>

namespace inlay::sql {

/** What a statement says of the type of a column, when asked to describe it: SOCI 4.1 has a type of its own for it. */
#if SOCI_VERSION >= 400100
using ColumnType = soci::db_type;
#else
using ColumnType = soci::data_type;
#endif

}  // namespace inlay::sql

#endif
