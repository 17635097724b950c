// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_SRC_HPP
#define INLAY_CONFIG_SRC_HPP

// The definitions of the config floor. Part of inlay/src.hpp.

#include <inlay/config/impl/config_node.ipp>
#include <inlay/config/impl/effective_config.ipp>
#include <inlay/config/impl/override.ipp>

#endif
