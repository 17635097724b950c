// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_INTERNAL_MATCH_HPP
#define INLAY_STORAGE_INTERNAL_MATCH_HPP

// Whether a row in memory meets the conditions of a query.

#include <inlay/model/entities.hpp>
#include <inlay/storage/query.hpp>

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace inlay::storage {

/** How a member compares with the value of a condition that check_condition has accepted. */
template <class Value>
[[nodiscard]] std::strong_ordering compare(Value const& member, FieldValue const& value) {
  if constexpr (std::is_same_v<Value, bool>) {
    return member <=> std::get<bool>(value);
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return member.compare(std::get<std::string>(value)) <=> 0;
  } else if constexpr (std::is_enum_v<Value>) {
    return model::enum_name(member).compare(std::get<std::string>(value)) <=> 0;
  } else if constexpr (model::is_id_v<Value>) {
    return member.uuid <=> std::get<Uuid>(value);
  } else if constexpr (std::is_same_v<Value, Version>) {
    return member.value <=> std::get<std::int64_t>(value);
  } else {
    static_assert(std::is_same_v<Value, Timestamp>);
    return member.microseconds <=> std::get<std::int64_t>(value);
  }
}

template <class Value>
[[nodiscard]] bool holds(Value const& member, Condition const& condition) {
  if (condition.op == Operator::in) {
    return std::any_of(condition.values.begin(), condition.values.end(),
                       [&](FieldValue const& value) { return compare(member, value) == 0; });
  }
  std::strong_ordering const order = compare(member, condition.values.front());
  switch (condition.op) {
    case Operator::eq: return order == 0;
    case Operator::ne: return order != 0;
    case Operator::lt: return order < 0;
    case Operator::lte: return order <= 0;
    case Operator::gt: return order > 0;
    default: return order >= 0;
  }
}

/** Whether a condition holds for one of a row's members; which row's and member's, its address says. */
using Matcher = bool (*)(void const* row, Condition const& condition);

/** One Matcher for each member of Entity; null for those that can't be filtered by. */
template <class Entity>
inline constexpr std::array<Matcher, model::field_count<Entity>> matchers = [] {
  std::array<Matcher, model::field_count<Entity>> all{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<model::detail::Descriptors<Entity>>([&]<class Descriptor>(Descriptor) {
    using Member = model::detail::MemberType<Descriptor>;
    if constexpr (model::Field{"", model::field_type<Member>(), false}.is_filterable()) {
      all[at] = [](void const* row, Condition const& condition) {
        Member const& member = static_cast<Entity const*>(row)->*Descriptor::pointer;
        if constexpr (model::is_optional_v<Member>) {
          return member ? holds(*member, condition) : condition.op == Operator::ne;
        } else {
          return holds(member, condition);
        }
      };
    }
    ++at;
  });
  return all;
}();

}  // namespace inlay::storage

#endif
