// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_IS_OPTIONAL_HPP
#define INLAY_GROUND_INTERNAL_IS_OPTIONAL_HPP

#include <optional>

namespace inlay::detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace inlay::detail

#endif
