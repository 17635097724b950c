// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_DETAIL_LAYER_OBJECT_HPP
#define INLAY_CONFIG_DETAIL_LAYER_OBJECT_HPP

#include <inlay/json/internal/find_member.hpp>
#include <inlay/json/internal/member_spans.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inlay::detail {

/** What one layer decides about a member of what is below it (RFC 7396). */
enum class Decision : std::uint8_t {
  keep,     // the layer does not have it
  replace,  // a scalar or an array takes its place
  descend,  // an object: its members are decided about in turn
  remove,   // a null that removes
};

/** What a null in an object is: in a patch it removes, in the base and inside of arrays it is a value. */
enum class Nulls : std::uint8_t { remove, are_values };

struct LayerMember;

/** An object of one layer: values, or spans of text that no values were made of, and what a null in it is. One pointer,
    which says the rest in its lowest bits. */
class LayerObject {
 public:
  LayerObject() = default;
  LayerObject(boost::json::object const* values, Nulls nulls) noexcept
      : address_(reinterpret_cast<std::uintptr_t>(values) | bits(nulls)) {}
  LayerObject(json::MemberSpans::Object spans, Nulls nulls) noexcept
      : address_(reinterpret_cast<std::uintptr_t>(spans.words()) | text_bit | bits(nulls)) {}

  [[nodiscard]] bool is_text() const noexcept { return (address_ & text_bit) != 0; }
  [[nodiscard]] Nulls nulls() const noexcept {
    return (address_ & values_bit) != 0 ? Nulls::are_values : Nulls::remove;
  }
  [[nodiscard]] boost::json::object const& values() const noexcept {
    return *reinterpret_cast<boost::json::object const*>(address_ & ~(text_bit | values_bit));
  }
  [[nodiscard]] json::MemberSpans::Object spans() const noexcept {
    return json::MemberSpans::Object(reinterpret_cast<std::uint32_t const*>(address_ & ~(text_bit | values_bit)));
  }

  [[nodiscard]] std::size_t size() const noexcept { return is_text() ? spans().size() : values().size(); }
  [[nodiscard]] std::string_view name(std::size_t index) const noexcept {
    return is_text() ? spans().name(index) : std::string_view(at(index).key());
  }

  /** The member at an index. */
  [[nodiscard]] LayerMember operator[](std::size_t index) const noexcept;
  /** The member of that name, or that there is none. */
  [[nodiscard]] LayerMember find(std::string_view name) const noexcept;
  /** The same, faster for one at the index `hint` or soon after it. */
  [[nodiscard]] LayerMember find(std::string_view name, std::size_t hint) const noexcept;

  friend bool operator==(LayerObject, LayerObject) = default;

 private:
  static constexpr std::uintptr_t text_bit = 1;
  static constexpr std::uintptr_t values_bit = 2;
  static_assert(alignof(boost::json::object) > (text_bit | values_bit));
  static_assert(alignof(std::uint32_t) > (text_bit | values_bit));

  static std::uintptr_t bits(Nulls nulls) noexcept { return nulls == Nulls::are_values ? values_bit : 0; }
  [[nodiscard]] boost::json::key_value_pair const& at(std::size_t index) const noexcept {
    return values().begin()[static_cast<std::ptrdiff_t>(index)];
  }
  [[nodiscard]] LayerMember of_values(boost::json::object::const_iterator found) const noexcept;
  [[nodiscard]] LayerMember of_text(std::size_t found) const noexcept;

  std::uintptr_t address_ = 0;
};

/** A member as one layer has it, or that the layer does not have it: what the layer decides, and what that takes. */
struct LayerMember {
  static constexpr std::size_t none = json::MemberSpans::Object::none;

  Decision decision = Decision::keep;
  std::size_t index = none;                   // in the layer's object
  LayerObject inner{};                        // where the decision is to descend
  boost::json::value const* value = nullptr;  // unless the object is text
};

// Inlined wherever they are called, as what is not asked for, an index above all, is then not computed.

[[gnu::always_inline]] inline LayerMember LayerObject::of_values(
    boost::json::object::const_iterator found) const noexcept {
  auto const index = static_cast<std::size_t>(found - values().begin());
  auto const& value = found->value();
  if (auto const* const object = value.if_object()) return {Decision::descend, index, {object, nulls()}, &value};
  bool const removes = value.is_null() && nulls() == Nulls::remove;
  return {removes ? Decision::remove : Decision::replace, index, {}, &value};
}

[[gnu::always_inline]] inline LayerMember LayerObject::of_text(std::size_t found) const noexcept {
  if (auto const object = spans().inner(found)) return {Decision::descend, found, {object, nulls()}};
  bool const removes = spans().is_null(found) && nulls() == Nulls::remove;
  return {removes ? Decision::remove : Decision::replace, found};
}

[[gnu::always_inline]] inline LayerMember LayerObject::operator[](std::size_t index) const noexcept {
  return is_text() ? of_text(index) : of_values(&at(index));
}

[[gnu::always_inline]] inline LayerMember LayerObject::find(std::string_view name) const noexcept {
  if (is_text()) {
    auto const found = spans().find(name);
    return found == LayerMember::none ? LayerMember() : of_text(found);
  }
  auto const found = find_member(values(), name);
  return found == values().end() ? LayerMember() : of_values(found);
}

[[gnu::always_inline]] inline LayerMember LayerObject::find(std::string_view name, std::size_t hint) const noexcept {
  if (is_text()) {
    auto const found = spans().find(name, hint);
    return found == LayerMember::none ? LayerMember() : of_text(found);
  }
  auto const found = find_member(values(), name, values().begin() + static_cast<std::ptrdiff_t>(hint));
  return found == values().end() ? LayerMember() : of_values(found);
}

}  // namespace inlay::detail

#endif
