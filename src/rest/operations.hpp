// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_OPERATIONS_HPP
#define INLAY_SRC_REST_OPERATIONS_HPP

// What each route does. Every operation gives the response, whatever happens.

#include "exchange.hpp"

namespace inlay::rest {

// rows.cpp: the operations that all resources have
template <class Entity>
[[nodiscard]] Response list_rows(Exchange const& exchange);
template <class Entity>
[[nodiscard]] Response get_row(Exchange const& exchange);
template <class Entity>
[[nodiscard]] Response create_row(Exchange const& exchange);
template <class Entity>
[[nodiscard]] Response update_row(Exchange const& exchange);
template <class Entity>
[[nodiscard]] Response remove_row(Exchange const& exchange);

// installs.cpp: what only environment integrations have
[[nodiscard]] Response install(Exchange const& exchange);
[[nodiscard]] Response effective_config(Exchange const& exchange);
[[nodiscard]] Response preview(Exchange const& exchange);

// sharing.cpp
[[nodiscard]] Response ask_for(Exchange const& exchange);
[[nodiscard]] Response answer_grant(Exchange const& exchange);
[[nodiscard]] Response end_installs(Exchange const& exchange);

// openapi.cpp
[[nodiscard]] Response openapi_document(Exchange const& exchange);

/** The media types that PATCH takes. */
[[nodiscard]] std::span<std::string_view const> patch_types() noexcept;

}  // namespace inlay::rest

#endif
