// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_MATCH_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_MATCH_HPP

#include <inlay/storage/query.hpp>

#include <inlay/backends/memory/detail/table.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <string_view>
#include <type_traits>

namespace inlay::memory {

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

/** The id that a member of a row holds, or nullptr when it is absent. */
template <class Entity>
using IdGetter = Uuid const* (*)(Entity const& row);

/** One IdGetter for each member of Entity; null for those that are no ids. */
template <class Entity>
inline constexpr std::array<IdGetter<Entity>, model::field_count<Entity>> id_getters = [] {
  std::array<IdGetter<Entity>, model::field_count<Entity>> all{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<model::detail::Descriptors<Entity>>([&]<class Descriptor>(Descriptor) {
    if constexpr (model::is_id_v<model::detail::MemberType<Descriptor>>) {
      all[at] = [](Entity const& row) { return referenced_id(row.*Descriptor::pointer); };
    }
    ++at;
  });
  return all;
}();

}  // namespace inlay::memory

#endif
