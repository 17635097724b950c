// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_INTERNAL_KEY_TEXT_HPP
#define INLAY_STORAGE_INTERNAL_KEY_TEXT_HPP

#include <inlay/model/entities.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace inlay::storage {

/** Appends one member of a unique key, as key_text() has it. */
inline void append_key(Uuid const& id, std::string& out) {
  out.append(reinterpret_cast<char const*>(id.bytes.data()), id.bytes.size());
}
template <class Entity>
void append_key(Id<Entity> const& id, std::string& out) {
  append_key(id.uuid, out);
}
inline void append_key(std::string_view text, std::string& out) {
  // With the length before it, no two pairs of texts have the same key.
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

/** What a row has in a unique key, as a text to look rows up by in memory: the same for two rows that must not both be
    there, and for no others. */
template <class Entity>
[[nodiscard]] std::string key_text(model::UniqueKey const& key, Entity const& row) {
  std::string text;
  for (std::string_view const name : key) {
    model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*pointer) {
      if constexpr (model::is_id_v<Member> || std::is_same_v<Member, std::string>) {
        if (field.name == name) append_key(row.*pointer, text);
      }
    });
  }
  return text;
}

}  // namespace inlay::storage

#endif
