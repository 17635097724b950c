// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_OVERRIDE_HPP
#define INLAY_CONFIG_OVERRIDE_HPP

#include <inlay/error.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>

#include <concepts>
#include <optional>
#include <string_view>

/** What can be done to an override, which is itself a merge patch over the default.

    Each function takes the stored override (nothing: none) and gives the one to be stored, and a place as a Pointer or
    in its string form: text that is no pointer is invalid_argument, and a literal that is none does not compile. An
    override that becomes `{}` is nothing. What an override cannot say is "the value null, as data": RFC 7396 has no
   word for it.
*/
namespace inlay::config {

using Override = std::optional<Document>;

/** The error for a place inside an array, with the array's pointer: an override replaces arrays as a whole. */
[[nodiscard]] Error no_way_into_array(json::Pointer const& array);

/** Stores `value` at the pointer; an object is then merged over the default's, anything else replaces it.

    Objects on the way are created; a scalar or a tombstone of the override's on the way gives way to one, as RFC 7396
    has it, and the default's other members there are effective again. Nulls inside an object `value` are tombstones.

    @return invalid_argument with the pointer: a null value (remove() is the verb for that), a pointer to the whole
    override with a value that is no object, or an array on the way, since an override replaces arrays as a whole;
    invalid_document when the result breaks the limits, or the pointer has more than json::greatest_depth tokens.
*/
[[nodiscard]] Result<Override> set(Override const& stored, json::PointerView pointer, boost::json::value const& value,
                                   json::Limits const& limits = {});

/** A text that Boost.JSON makes no value of by itself: a std::string, a std::string_view. */
template <class Text>
concept StandardText =
    std::convertible_to<Text const&, std::string_view> && !std::convertible_to<Text const&, boost::json::value>;

/** The value of JSON that such a text is. */
template <StandardText Text>
[[nodiscard]] boost::json::value to_value(Text const& text) {
  std::string_view const characters = text;
  return boost::json::value(boost::json::string_view(characters.data(), characters.size()));
}

/** Stores a text at the pointer. */
template <StandardText Text>
[[nodiscard]] Result<Override> set(Override const& stored, json::PointerView pointer, Text const& text,
                                   json::Limits const& limits = {}) {
  return set(stored, pointer, to_value(text), limits);
}

/** Stores a tombstone (null) at the pointer: the value is absent, whatever the default says.

    Objects on the way are created, so a parent that no layer has becomes {}. Where the override removes or replaces
    something on the way there already, so that nothing is there whatever the default says, nothing is changed: a
    tombstone in its place would bring the rest of it back.

    @return invalid_argument for a pointer to the whole override, or an array on the way; invalid_document as above.
*/
[[nodiscard]] Result<Override> remove(Override const& stored, json::PointerView pointer,
                                      json::Limits const& limits = {});

/** Takes away what the override says at the pointer, so that the default's value is effective again.

    An object on the way that this leaves empty is taken away too, since `{}` over a scalar default would replace it.
    It is not an error if the override says nothing there.

    @return invalid_argument with the pointer for an array of the override's on the way; invalid_document as above.
*/
[[nodiscard]] Result<Override> inherit(Override const& stored, json::PointerView pointer);

/** Applies a merge patch to the override: a null inherits, as inherit() does; everything else is RFC 7396.

    An object that the patch empties is taken away too; one that was empty before, or that the patch itself gives as
    `{}`, is kept. A null below what is no object inherits nothing, and alone leaves that as it is.

    @return invalid_document when the result breaks the limits.
*/
[[nodiscard]] Result<Override> patch(Override const& stored, boost::json::object const& patch,
                                     json::Limits const& limits = {});

}  // namespace inlay::config

#endif
