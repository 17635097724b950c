// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_KEEP_MEMBERS_HPP
#define INLAY_JSON_INTERNAL_KEEP_MEMBERS_HPP

#include <inlay/json/internal/wide_object.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <utility>

namespace inlay::detail {

/** stable_erase moves every member after the one that goes: more than so many cost more than a new object. */
inline constexpr std::size_t few_erasures = 4;

/** Leaves the members for which `stays(member)` holds, `count` of them, in their order. Linear. */
template <class Stays>
void keep_members(boost::json::object& object, std::size_t count, Stays stays) {
  boost::json::object kept(object.storage());
  reserve(kept, count);
  for (auto& member : object) {
    if (stays(std::as_const(member))) kept.emplace(member.key(), std::move(member.value()));
  }
  object = std::move(kept);
}

}  // namespace inlay::detail

#endif
