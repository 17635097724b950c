// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_DETAIL_COMMON_SUBSEQUENCE_HPP
#define INLAY_JSON_DETAIL_COMMON_SUBSEQUENCE_HPP

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace inlay::detail {

/** A longest common subsequence of two sequences: the indices in `a` and in `b` of what they share, ascending.

    Empty as well when more than `max_edits` elements would have to be removed and inserted. E. W. Myers, "An O(ND)
    difference algorithm and its variations" (1986): time O((|a| + |b|) max_edits), memory O(max_edits^2).
*/
inline std::vector<std::pair<std::size_t, std::size_t>> common_subsequence(std::vector<std::size_t> const& a,
                                                                           std::vector<std::size_t> const& b,
                                                                           std::size_t max_edits) {
  using Index = std::ptrdiff_t;
  auto const a_size = static_cast<Index>(a.size());
  auto const b_size = static_cast<Index>(b.size());
  Index const bound = std::min(a_size + b_size, static_cast<Index>(max_edits));
  auto const same = [&a, &b](Index x, Index y) {
    return a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)];
  };

  // furthest[k + bound + 1]: how far into `a` the best path with the edits so far got on diagonal k = x - y.
  std::vector<Index> furthest(static_cast<std::size_t>(2 * bound + 3), 0);
  auto const at = [bound](Index diagonal) { return static_cast<std::size_t>(diagonal + bound + 1); };
  std::vector<std::vector<Index>> rounds;  // of each number of edits, `furthest` from diagonal -edits to edits
  auto const comes_from_above = [](Index k, Index edits, Index left, Index right) {
    return k == -edits || (k != edits && left < right);
  };

  Index edits = 0;
  for (bool is_done = false; !is_done; ++edits) {
    if (edits > bound) return {};
    for (Index k = -edits; k <= edits && !is_done; k += 2) {
      Index const left = furthest[at(k - 1)];
      Index const right = furthest[at(k + 1)];
      Index x = comes_from_above(k, edits, left, right) ? right : left + 1;
      while (x < a_size && x - k < b_size && same(x, x - k)) ++x;
      furthest[at(k)] = x;
      is_done = x >= a_size && x - k >= b_size;
    }
    rounds.emplace_back(furthest.begin() + static_cast<Index>(at(-edits)),
                        furthest.begin() + static_cast<Index>(at(edits)) + 1);
  }

  std::vector<std::pair<std::size_t, std::size_t>> shared;
  Index x = a_size;
  Index y = b_size;
  for (--edits; edits >= 0; --edits) {
    Index start_x = 0;
    Index previous_x = 0;
    Index previous_k = 0;
    if (edits > 0) {
      auto const& previous = rounds[static_cast<std::size_t>(edits) - 1];
      auto const furthest_on = [&previous, edits](Index diagonal) {
        Index const index = diagonal + edits - 1;
        return index < 0 || index >= static_cast<Index>(previous.size()) ? Index{0}
                                                                         : previous[static_cast<std::size_t>(index)];
      };
      Index const k = x - y;
      bool const above = comes_from_above(k, edits, furthest_on(k - 1), furthest_on(k + 1));
      previous_k = above ? k + 1 : k - 1;
      previous_x = furthest_on(previous_k);
      start_x = above ? previous_x : previous_x + 1;
    }
    for (; x > start_x; --x, --y) {
      shared.emplace_back(static_cast<std::size_t>(x) - 1, static_cast<std::size_t>(y) - 1);
    }
    x = previous_x;
    y = previous_x - previous_k;
  }
  std::reverse(shared.begin(), shared.end());
  return shared;
}

}  // namespace inlay::detail

#endif
