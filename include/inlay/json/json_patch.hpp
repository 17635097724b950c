// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_JSON_PATCH_HPP
#define INLAY_JSON_JSON_PATCH_HPP

#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>

#include <boost/json/value.hpp>

namespace inlay::json::json_patch {

/** Applies a JSON Patch (RFC 6902): all of its operations, or none.

    Strict: `add` puts a member into an object or array that is there, and replaces the value of a member in place;
    `test` compares as json::equal does; a value is not moved into itself, and the document itself is not removed.
    Members of an operation that RFC 6902 does not define are ignored, as it asks.

    @return the error of the first operation that fails, its number in the message and the place in the patch as the
    pointer (such as "/2/path"); the target is as it was before. It is
    - conflict when a `test` does not hold;
    - invalid_document when a value would end up deeper than the limits allow, or the values that `copy` copies are
      larger together than they allow;
    - invalid_document, too, when what follows inserted and removed elements and members has to move too often: 256
      times for each byte that the limits allow, a member counting as 16 elements (`no_limits` allows any number);
    - invalid_argument for anything else.

    `patch` is no part of `target`, which is changed in place and put back in order when an operation fails. (Should
    memory run out while that is done, the target is valid, and between the two.)

    Complexity: a lookup an operation. `remove`s of one object's members that follow each other are linear together,
    with or without a `test` between them, a `replace`, or an `add` to an object; any other that inserts or removes an
    element or a member shifts those that follow it.
*/
[[nodiscard]] Result<void> apply(boost::json::value& target, boost::json::value const& patch,
                                 Limits const& limits = {});

/** Refuses what is no JSON Patch, whatever it is to be applied to: anything but an array of operations with the members
    that RFC 6902, sections 3 and 4, asks of them. What their pointers say is for apply() to judge.

    @return invalid_argument with the place in the patch as the pointer, such as "/2/op".
*/
[[nodiscard]] Result<void> check(boost::json::value const& patch);

/** A short patch that turns `from` into `to`, the order of members aside: [] when they are json::identical.

    It names the smallest places that changed, unless replacing what is around them is less than half as long. What
    changed inside an array is found as a common subsequence, so one element inserted is one `add`. Arrays that
    share little are compared element by element, which bounds the time but gives a longer patch.

    Where the changes of an array would move more than apply() allows by its default limits, the array is replaced as a
    whole.

    Complexity: linear in both, but for arrays, where up to 1,000 insertions and removals are looked for.
*/
[[nodiscard]] boost::json::value diff(boost::json::value const& from, boost::json::value const& to);

/** The patch that undoes `patch`, which must fit `before`: what apply() makes of `before`, it turns back.

    A member that was removed comes back as the last one of its object, since a JSON Patch cannot say where. The
    inverse fits by the same limits: where undoing step by step would move too much, it replaces, as a whole, the
    smallest object or array in which all changes are.

    Complexity: a copy of `before`, the patch, and what undoes it.

    @return what apply() returns for `before` and `patch`.
*/
[[nodiscard]] Result<boost::json::value> invert(boost::json::value const& before, boost::json::value const& patch,
                                                Limits const& limits = {});

}  // namespace inlay::json::json_patch

#endif
