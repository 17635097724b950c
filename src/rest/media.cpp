// SPDX-License-Identifier: BSL-1.0
#include "media.hpp"
#include "text.hpp"

#include <algorithm>

namespace inlay::rest {
namespace {

// q=0, q=0.0, q=0.00 and q=0.000 say "not this"; every other weight says "this too".
bool is_zero_weight(std::string_view parameter) noexcept {
  if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=' || parameter[2] != '0') return false;
  return parameter.find_first_not_of("0.", 3) == std::string_view::npos;
}

}  // namespace

bool accepts_json(std::string_view accept) noexcept {
  if (trimmed(accept).empty()) return true;
  // The most specific range that covers a type decides about it.
  struct Candidate {
    std::string_view type;
    int specificity = 0;
    bool is_accepted = false;
  };
  Candidate candidates[] = {{json_type}, {problem_type}};
  while (!accept.empty()) {
    std::string_view element = take_until(accept, ',');
    std::string_view const range = take_until(element, ';');
    bool is_accepted = true;
    while (!element.empty()) is_accepted = !is_zero_weight(take_until(element, ';')) && is_accepted;
    for (Candidate& candidate : candidates) {
      int const specificity = is_same_name(range, candidate.type)    ? 3
                              : is_same_name(range, "application/*") ? 2
                              : range == "*/*"                       ? 1
                                                                     : 0;
      if (specificity == 0 || specificity < candidate.specificity) continue;
      candidate.specificity = specificity;
      candidate.is_accepted = is_accepted;
    }
  }
  // A refusal of application/json itself is not mended by */* letting problem documents through.
  return candidates[0].specificity == 3 ? candidates[0].is_accepted
                                        : candidates[0].is_accepted || candidates[1].is_accepted;
}

std::string media_type(std::string_view content_type) {
  std::string type(take_until(content_type, ';'));
  std::transform(type.begin(), type.end(), type.begin(), lower);
  while (!content_type.empty()) {
    std::string_view parameter = take_until(content_type, ';');
    std::string_view const name = take_until(parameter, '=');
    std::string_view value = parameter;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (is_same_name(name, "charset") && !is_same_name(value, "utf-8")) return {};
  }
  return type;
}

}  // namespace inlay::rest
