// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_EFFECTIVE_CONFIG_HPP
#define INLAY_CONFIG_EFFECTIVE_CONFIG_HPP
// DRAFT of the public surface: the implementer of this floor completes it.

#include <inlay/config/layer.hpp>
#include <inlay/error.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

class ConfigNode;  // a view of one value: a leaf, or a merged object to iterate over

/** What one layer says about a place. */
struct Contribution {
  std::string layer;
  std::optional<std::string> json;  // canonical text of the value it holds there; absent: it removes it (a tombstone)
};

/** One leaf (scalar, array, empty object or tombstone) and who set it. */
struct LeafOrigin {
  std::string pointer;
  Contribution winner;
  std::vector<Contribution> shadowed;  // highest layer first
};

struct Explanation {
  bool present{};                         // whether there is a value at the pointer
  std::vector<std::string> contributors;  // the layers that have a say at the pointer itself, highest first
  std::vector<LeafOrigin> leaves;         // in the fold's order
};

class EffectiveConfig {
 public:
  [[nodiscard]] static Result<EffectiveConfig> from(std::vector<Layer> layers);

  [[nodiscard]] std::optional<ConfigNode> find(json::Pointer const& pointer) const&;
  template <class T>
  [[nodiscard]] Result<T> get(std::string_view pointer) const&;
  [[nodiscard]] Result<Explanation> explain(json::Pointer const& pointer = {}) const;
  [[nodiscard]] boost::json::value to_value(boost::json::storage_ptr storage = {}) const;
  [[nodiscard]] std::string text() const;
  void write(std::string& out) const;
  [[nodiscard]] std::vector<Layer> const& layers() const& noexcept;
};

/** One place where two effective configurations differ: canonical texts, absent where there is no value. */
struct ConfigDifference {
  std::string pointer;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

[[nodiscard]] std::vector<ConfigDifference> differences(EffectiveConfig const& before, EffectiveConfig const& after);

}  // namespace inlay

#endif
