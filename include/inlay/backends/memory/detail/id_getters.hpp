// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_ID_GETTERS_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_ID_GETTERS_HPP

#include <inlay/backends/memory/detail/table.hpp>
#include <inlay/model/entities.hpp>

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>

namespace inlay::memory {

/** The id that a member of a row holds, or nullptr when it is absent. */
template <class Entity>
using IdGetter = Uuid const* (*)(Entity const& row);

/** One IdGetter for each member of Entity; null for those that are no ids. */
template <class Entity>
inline constexpr std::array<IdGetter<Entity>, model::field_count<Entity>> id_getters = [] {
  std::array<IdGetter<Entity>, model::field_count<Entity>> all{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<model::detail::Descriptors<Entity>>([&]<class Descriptor>(Descriptor) {
    if constexpr (model::is_id_v<model::detail::MemberType<Descriptor>>) {
      all[at] = [](Entity const& row) { return referenced_id(row.*Descriptor::pointer); };
    }
    ++at;
  });
  return all;
}();

}  // namespace inlay::memory

#endif
