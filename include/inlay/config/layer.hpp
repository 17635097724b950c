// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_LAYER_HPP
#define INLAY_CONFIG_LAYER_HPP

#include <inlay/json/document.hpp>

#include <string>

namespace inlay {

/** How a layer combines with those below it. The list is open. */
enum class LayerKind {
  base,         ///< the lowest layer: its document is the starting point, nulls in it are data
  merge_patch,  ///< laid over what is below by RFC 7396: null removes
};

/** One of the documents that an effective configuration is made of. */
struct Layer {
  std::string name{};  ///< what explain() calls it: "integration", "environment", or the host's own word
  LayerKind kind = LayerKind::merge_patch;
  Document document{};

  friend bool operator==(Layer const&, Layer const&) = default;
};

}  // namespace inlay

#endif
