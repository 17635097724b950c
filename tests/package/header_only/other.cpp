// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/effective_config.hpp>

#include <string>

std::string host_of(inlay::EffectiveConfig const& config) { return config.get<std::string>("/base_url").value(); }
