// SPDX-License-Identifier: BSL-1.0
// says: in_a_JSON_Pointer_a_tilde_is_written_as_tilde_0_and_a_slash_in_a_name_as_tilde_1
#include <inlay/config/effective_config.hpp>

bool is_from_home(inlay::EffectiveConfig const& config) {
  return config.explain("/~home").present;  // wrong
  return config.explain("/~0home").present;
}
