// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_CONDITION_HPP
#define INLAY_STORAGE_CONDITION_HPP

#include <inlay/id.hpp>

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace inlay {

/** How a condition compares. Everything compares by value, texts and ids byte for byte, false before true.

    An absent value equals nothing and is neither less nor greater than anything: only `ne` holds for it.
*/
enum class Operator { eq, ne, in, lt, lte, gt, gte };
BOOST_DESCRIBE_ENUM(Operator, eq, ne, in, lt, lte, gt, gte)

/** What a field is compared with: a truth value; a time's microseconds or a version; a text or an enumerator's name;
    an id. */
using FieldValue = std::variant<bool, std::int64_t, std::string, Uuid>;

/** One condition of a filter; `in` takes any number of values (none: nothing matches), the others exactly one. */
struct Condition {
  std::string field;  ///< "is_enabled"; for a read model also "integration.name"
  Operator op = Operator::eq;
  std::vector<FieldValue> values;

  friend bool operator==(Condition const&, Condition const&) = default;
};

}  // namespace inlay

#endif
