// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_SUMMARY_HPP
#define INLAY_MODEL_SUMMARY_HPP

// What a reader sees of a row that is not shown to it whole: the members that its entity calls public.

#include <inlay/model/describe.hpp>

#include <algorithm>
#include <string_view>

namespace inlay::model {

/** Whether everybody may see that member of a row that they may see at all. True where an entity has no summary. */
template <class Entity>
[[nodiscard]] constexpr bool is_public(std::string_view member) noexcept {
  if constexpr (requires { Entity::public_members; }) {
    return std::find(Entity::public_members.begin(), Entity::public_members.end(), member) !=
           Entity::public_members.end();
  } else {
    return true;
  }
}

/** Takes everything out of a row that is not public; its version then is 0, which no stored row has. */
template <class Entity>
void reduce_to_summary(Entity& row) {
  Entity const nothing{};
  for_each_field<Entity>([&](Field const& field, auto member) {
    if (!is_public<Entity>(field.name)) row.*member = nothing.*member;
  });
}

/** Whether the row is a summary. */
template <class Entity>
[[nodiscard]] bool is_summary(Entity const& row) noexcept {
  if constexpr (requires { Entity::public_members; }) {
    return row.version == Version{};
  } else {
    return false;
  }
}

}  // namespace inlay::model

#endif
