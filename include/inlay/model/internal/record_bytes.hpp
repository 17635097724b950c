// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_INTERNAL_RECORD_BYTES_HPP
#define INLAY_MODEL_INTERNAL_RECORD_BYTES_HPP

#include <inlay/json/document.hpp>
#include <inlay/model/json_form.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>

namespace inlay::detail {

/** How many bytes the row has as the change log keeps it; its documents are not copied for that. */
template <class Entity>
[[nodiscard]] std::size_t record_bytes(Entity row) {
  std::size_t of_documents = 0;
  Document const empty;
  auto const take_out = [&](Document& document) {
    of_documents += document.text().size() - empty.text().size();
    document = empty;
  };
  model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*pointer) {
    if constexpr (std::is_same_v<Member, Document>) {
      take_out(row.*pointer);
    } else if constexpr (std::is_same_v<Member, std::optional<Document>>) {
      if (row.*pointer) take_out(*(row.*pointer));
    }
  });
  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  return text.size() + of_documents;
}

}  // namespace inlay::detail

#endif
