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

/** An object of one layer: values, or spans of text that no values were made of, and what a null in it is. One pointer,
    which says the rest in its lowest bits. */
class LayerObject {
 public:
  static constexpr std::size_t none = json::MemberSpans::Object::none;

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
  [[nodiscard]] std::string_view name(std::size_t member) const noexcept {
    return is_text() ? spans().name(member) : std::string_view(at(member).key());
  }
  /** A member's value. @pre it is not text. */
  [[nodiscard]] boost::json::value const& value(std::size_t member) const noexcept { return at(member).value(); }

  /** The member of that name, or `none`. One at `hint` or soon after it is found faster. */
  [[nodiscard, gnu::always_inline]] std::size_t find(std::string_view name, std::size_t hint = 0) const noexcept {
    if (is_text()) return spans().find(name, hint);
    auto const begin = values().begin();
    auto const found = find_member(values(), name, begin + static_cast<std::ptrdiff_t>(hint));
    return found == values().end() ? none : static_cast<std::size_t>(found - begin);
  }

  /** What the layer decides about a member that was found, or not. */
  [[nodiscard, gnu::always_inline]] Decision decision(std::size_t member) const noexcept {
    if (member == none) return Decision::keep;
    auto const of_null = nulls() == Nulls::remove ? Decision::remove : Decision::replace;
    if (is_text()) {
      if (spans().is_object(member)) return Decision::descend;
      return spans().is_null(member) ? of_null : Decision::replace;
    }
    return decision(value(member));
  }

  /** The same about the value that it has for a member. */
  [[nodiscard]] Decision decision(boost::json::value const& value) const noexcept {
    if (value.is_object()) return Decision::descend;
    return value.is_null() && nulls() == Nulls::remove ? Decision::remove : Decision::replace;
  }

  /** The object that is the member's value. @pre decision() is to descend. */
  [[nodiscard]] LayerObject inner(std::size_t member) const noexcept {
    if (is_text()) return {spans().inner(member), nulls()};
    return {&value(member).get_object(), nulls()};
  }

  friend bool operator==(LayerObject, LayerObject) = default;

 private:
  static constexpr std::uintptr_t text_bit = 1;
  static constexpr std::uintptr_t values_bit = 2;
  static_assert(alignof(boost::json::object) > (text_bit | values_bit));
  static_assert(alignof(std::uint32_t) > (text_bit | values_bit));

  static std::uintptr_t bits(Nulls nulls) noexcept { return nulls == Nulls::are_values ? values_bit : 0; }
  [[nodiscard]] boost::json::key_value_pair const& at(std::size_t member) const noexcept {
    return values().begin()[static_cast<std::ptrdiff_t>(member)];
  }

  std::uintptr_t address_ = 0;
};

}  // namespace inlay::detail

#endif
