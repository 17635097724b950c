// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_DETAIL_LAYER_OBJECT_HPP
#define INLAY_CONFIG_DETAIL_LAYER_OBJECT_HPP

#include <inlay/json/internal/member_spans.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inlay::detail {

/** An object of one layer: values, or spans of text that no values were made of. One pointer, which says in its lowest
    bit what it points to. */
class LayerObject {
 public:
  LayerObject() = default;
  explicit LayerObject(boost::json::object const* values) noexcept
      : address_(reinterpret_cast<std::uintptr_t>(values)) {}
  explicit LayerObject(json::MemberSpans::Object spans) noexcept
      : address_(reinterpret_cast<std::uintptr_t>(spans.words()) | 1U) {}

  [[nodiscard]] bool is_text() const noexcept { return (address_ & 1U) != 0; }
  [[nodiscard]] boost::json::object const& values() const noexcept {
    return *reinterpret_cast<boost::json::object const*>(address_);
  }
  [[nodiscard]] json::MemberSpans::Object spans() const noexcept {
    return json::MemberSpans::Object(reinterpret_cast<std::uint32_t const*>(address_ & ~std::uintptr_t{1}));
  }
  [[nodiscard]] std::size_t size() const noexcept { return is_text() ? spans().size() : values().size(); }
  [[nodiscard]] std::string_view name(std::size_t member) const noexcept {
    if (is_text()) return spans().name(member);
    return values().begin()[static_cast<std::ptrdiff_t>(member)].key();
  }

  friend bool operator==(LayerObject, LayerObject) = default;

 private:
  static_assert(alignof(boost::json::object) > 1 && alignof(std::uint32_t) > 1);
  std::uintptr_t address_ = 0;
};

}  // namespace inlay::detail

#endif
