// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_OPERATIONS_HPP
#define INLAY_SRC_REST_OPERATIONS_HPP

// What is answered where. Each file of operations says its own routes, so that a new one is a row there and what it
// does.

#include "exchange.hpp"

#include <span>
#include <string_view>

namespace inlay::rest {

/** A method at a path. */
struct Route {
  std::string_view method;
  std::string_view collection;  ///< the path's first segment
  bool has_id;                  ///< the second segment is an id
  std::string_view part;        ///< the third segment; "": there is none

  /** Gives the response, whatever happens. */
  Response (*answer)(Exchange const&);
};

[[nodiscard]] std::span<Route const> row_routes() noexcept;  ///< rows.cpp: the operations that all resources have
[[nodiscard]] std::span<Route const>
install_routes() noexcept;  ///< installs.cpp: what only environment integrations have
[[nodiscard]] std::span<Route const> sharing_routes() noexcept;  ///< sharing.cpp
[[nodiscard]] std::span<Route const> batch_routes() noexcept;    ///< batch.cpp
[[nodiscard]] std::span<Route const> openapi_routes() noexcept;  ///< openapi.cpp

/** The media types that PATCH takes. */
[[nodiscard]] std::span<std::string_view const> patch_types() noexcept;

}  // namespace inlay::rest

#endif
