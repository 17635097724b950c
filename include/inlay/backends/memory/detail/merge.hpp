// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_MERGE_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_MERGE_HPP

#include <inlay/backends/memory/detail/table.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace inlay::memory {

/** Visits rows of several indexes in the order of lists, each once, until a visit says that it is enough. */
template <class Entity, class Visitor>
void merge(std::vector<OrderedRows<Entity> const*> const& sources, std::optional<Cursor> const& after,
           Visitor const& visit) {
  using Place = typename OrderedRows<Entity>::const_iterator;
  using Walk = std::pair<Place, Place>;  // where it is, and its end
  auto const comes_later = [](Walk const& a, Walk const& b) { return b.first->first < a.first->first; };
  std::vector<Walk> walks;
  for (OrderedRows<Entity> const* const source : sources) {
    auto const first = after ? source->upper_bound(*after) : source->begin();
    if (first != source->end()) walks.emplace_back(first, source->end());
  }
  std::make_heap(walks.begin(), walks.end(), comes_later);
  std::optional<Cursor> last;
  while (!walks.empty()) {
    std::pop_heap(walks.begin(), walks.end(), comes_later);
    auto& [place, end] = walks.back();
    if (last != place->first) {
      last = place->first;
      if (!visit(place->second)) return;
    }
    if (++place == end) {
      walks.pop_back();
    } else {
      std::push_heap(walks.begin(), walks.end(), comes_later);
    }
  }
}

}  // namespace inlay::memory

#endif
