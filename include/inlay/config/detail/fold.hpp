// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_DETAIL_FOLD_HPP
#define INLAY_CONFIG_DETAIL_FOLD_HPP

#include <inlay/config/detail/layer_object.hpp>

#include <cstddef>

namespace inlay::detail {

/** What somebody asks the fold for: a member's value alone, or also since when the member has been there. */
enum class FoldFor { value, place };

inline constexpr std::size_t no_layer = static_cast<std::size_t>(-1);

/** The fold of the layers for one member. Whatever looks up, goes through, writes or explains a configuration asks it.

    From the highest layer down: an object is a part of the member, anything else ends the search. A null that removes
    ends it, too, and hides what is below. What was collected is what the member is made of; if nothing was, then what
    ended the search is the value. What is below only tells since when the member has been there.

    @param member member(layer), the LayerMember of a layer; layer 0 is the highest.
    @param descend descend(layer, member) for each object that the member is made of, highest first.
    @param replace replace(layer, member) for the one that is the value, where no object is.
    @return the lowest layer since which the member has been there, from which it has its place among the members; or
    no_layer, when there is no such member. Asked for the value alone, some layer instead of the lowest.
*/
template <FoldFor wanted, class Member, class Descend, class Replace>
[[gnu::always_inline]] inline std::size_t fold_member(std::size_t layers, Member member, Descend descend,
                                                      Replace replace) {
  std::size_t place = no_layer;
  bool is_object = false;
  bool is_decided = false;
  for (std::size_t layer = 0; layer != layers; ++layer) {
    LayerMember const found = member(layer);
    if (found.decision == Decision::keep) continue;
    if (found.decision == Decision::remove) break;
    place = layer;
    if (is_decided) continue;
    if (found.decision == Decision::descend) {
      is_object = true;
      descend(layer, found);
      continue;
    }
    if (!is_object) replace(layer, found);
    if constexpr (wanted == FoldFor::value) break;
    is_decided = true;
  }
  return place;
}

}  // namespace inlay::detail

#endif
