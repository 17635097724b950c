// SPDX-License-Identifier: BSL-1.0
#include "near.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace inlay::cli {
namespace {

// Names may be long, and there may be a thousand of them: what is longer than this is nobody's slip of the finger.
constexpr std::size_t longest = 64;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/** How many characters were put in, left out, changed or swapped with their neighbour. */
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      bool const is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> near_names(std::string_view text, std::vector<std::string> names) {
  if (text.size() > longest) return {};
  std::string const typed = lower(text);
  std::size_t const furthest = std::max<std::size_t>(1, std::min<std::size_t>(3, typed.size() / 3));
  std::vector<std::pair<std::size_t, std::string>> found;
  for (std::string& name : names) {
    if (name.size() > longest) continue;
    std::string const known = lower(name);
    std::size_t far = distance(typed, known);
    // "prod" for "production", too.
    bool const is_begun = typed.size() >= 3 && known.starts_with(typed);
    if (is_begun) far = std::min<std::size_t>(far, 1);
    if (far <= furthest) found.emplace_back(far, std::move(name));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > 3) found.resize(3);
  std::vector<std::string> nearest;
  for (auto& [far, name] : found) nearest.push_back(std::move(name));
  return nearest;
}

std::string did_you_mean(std::string_view text, std::vector<std::string> names) {
  auto const nearest = near_names(text, std::move(names));
  std::string said;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    bool const is_last = i + 1 == nearest.size();
    said += (i == 0 ? "; did you mean " : is_last ? " or " : ", ") + ('\'' + nearest[i] + '\'');
  }
  return said.empty() ? said : said + '?';
}

}  // namespace inlay::cli
