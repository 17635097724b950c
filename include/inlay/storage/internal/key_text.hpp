// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_INTERNAL_KEY_TEXT_HPP
#define INLAY_STORAGE_INTERNAL_KEY_TEXT_HPP

#include <inlay/model/entities.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace inlay::storage {

namespace detail {

template <class Value>
void append_key(Value const& value, std::string& out) {
  if constexpr (model::is_id_v<Value>) {
    out.append(reinterpret_cast<char const*>(value.uuid.bytes.data()), value.uuid.bytes.size());
  } else {
    static_assert(std::is_same_v<Value, std::string>, "a unique key is made of ids and texts");
    // With the length before it, no two pairs of texts have the same key.
    out += std::to_string(value.size());
    out += ':';
    out += value;
  }
}

}  // namespace detail

/** What a row has in a unique key, as a text to look rows up by in memory: the same for two rows that must not both be
    there, and for no others. */
template <class Entity>
[[nodiscard]] std::string key_text(model::UniqueKey const& key, Entity const& row) {
  std::string text;
  for (std::string_view const name : key) {
    model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*pointer) {
      if constexpr (model::is_id_v<Member> || std::is_same_v<Member, std::string>) {
        if (field.name == name) detail::append_key(row.*pointer, text);
      }
    });
  }
  return text;
}

}  // namespace inlay::storage

#endif
