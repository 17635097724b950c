// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_BORROWED_CONFIG_HPP
#define INLAY_CONFIG_BORROWED_CONFIG_HPP

#include <inlay/config/config_node.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/config/layer.hpp>
#include <inlay/error.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/reading.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace inlay {

/** An effective configuration with a layer over it that owns nothing; see EffectiveConfig::borrowed_with().

    It is good for as long as the configuration and the layer that it was made of live, and neither is assigned to. So
    are the nodes and views of strings that are read from it, which do not need it any more.

    Values are read by their pointers with get() and get_or(), as json::Reading has them.
*/
class BorrowedConfig : public json::Reading<BorrowedConfig, false> {
 public:
  /** The same with another layer on top, which it borrows, too. */
  [[nodiscard]] Result<BorrowedConfig> borrowed_with(Layer const& layer) const;
  Result<BorrowedConfig> borrowed_with(Layer const&& layer) const = delete;

  /** The whole configuration. */
  [[nodiscard]] ConfigNode const& root() const& noexcept { return root_; }
  ConfigNode const& root() const&& = delete;

  /** The value that the pointer names; nothing when there is none. As EffectiveConfig::find(). */
  [[nodiscard]] std::optional<ConfigNode> find(json::Pointer const& pointer) const { return root_.at(pointer); }
  [[nodiscard]] std::optional<ConfigNode> find(std::string_view pointer) const { return root_.at(pointer); }

  /** A copy in the storage given, merged: exactly the fold. */
  [[nodiscard]] boost::json::value to_value(boost::json::storage_ptr storage = {}) const {
    return root_.to_value(std::move(storage));
  }

  /** The canonical text of the fold, written straight from the layers. */
  [[nodiscard]] std::string text() const { return root_.text(); }
  /** Appends what text() gives. */
  void write(std::string& out) const { root_.write(out); }

 private:
  friend class EffectiveConfig;
  friend class json::Reading<BorrowedConfig, false>;

  [[nodiscard]] std::optional<ConfigNode> node_at(auto const& pointer) const { return find(pointer); }

  [[nodiscard]] static Result<BorrowedConfig> over(ConfigNode const& root, Layer const& layer);
  explicit BorrowedConfig(ConfigNode root) noexcept : root_(std::move(root)) {}

  ConfigNode root_;
};

}  // namespace inlay

#endif
