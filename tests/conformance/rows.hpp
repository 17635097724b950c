// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFORMANCE_ROWS_HPP
#define INLAY_CONFORMANCE_ROWS_HPP

// Rows to test with, made from the entities' descriptions, so that a new entity needs no change here.

#include <inlay/model/entities.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/query.hpp>

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::conformance {

/** An id that nobody had yet. These do not grow, so that an order by id cannot be taken for one by age. */
[[nodiscard]] Uuid scattered_uuid();

/** A moment later than those given before, with microseconds to lose. */
[[nodiscard]] Timestamp later();

/** A document that differs for each text and number. */
[[nodiscard]] Document sample_document(std::string_view text, std::size_t number);

/** A row with every member filled by its type, differently for different numbers; every third leaves out what may be
    absent. Its references are nil, and what the store sets is nonsense that no store may keep. */
template <class Entity>
[[nodiscard]] Entity sample(std::size_t number) {
  Entity row{};
  std::size_t place = 0;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Member = std::remove_cvref_t<decltype(row.*member)>;
    using Value = model::ValueOf<Member>;
    ++place;
    if (field.is_optional && number % 3 == 2) {
      row.*member = Member{};
    } else if constexpr (std::is_same_v<Value, bool>) {
      row.*member = (number + place) % 2 == 0;
    } else if constexpr (std::is_same_v<Value, std::string>) {
      row.*member = std::string(field.name) + " \xC3\xA9 " + std::to_string(number);
    } else if constexpr (std::is_enum_v<Value>) {
      std::size_t nth = 0;
      boost::mp11::mp_for_each<boost::describe::describe_enumerators<Value>>([&](auto enumerator) {
        if (nth++ == number % boost::mp11::mp_size<boost::describe::describe_enumerators<Value>>::value) {
          row.*member = enumerator.value;
        }
      });
    } else if constexpr (std::is_same_v<Value, Document>) {
      row.*member = sample_document(field.name, number);
    } else if constexpr (std::is_same_v<Value, Ended>) {
      row.*member = Ended{Timestamp{1'628'589'600'000'001 + static_cast<std::int64_t>(number)},
                          "\"\xC3\xA9\" " + std::to_string(number)};
    } else if constexpr (std::is_same_v<Value, Id<Entity>>) {
      row.*member = Value{scattered_uuid()};
    } else if constexpr (std::is_same_v<Value, Version>) {
      row.*member = Version{77};
    } else if constexpr (std::is_same_v<Value, Birth>) {
      row.*member = Birth{66};
    } else if constexpr (std::is_same_v<Value, Revision>) {
      row.*member = Revision{88};
    } else if constexpr (std::is_same_v<Value, Timestamp>) {
      row.*member = Timestamp{99};
    }
  });
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) row.is_enabled = false;  // as whatever was ended is
  return row;
}

/** Appends inserts of a sample row and, before it, of every row that it references: one of each for itself. */
template <class Entity>
Entity add_sample(std::vector<Change>& changes, std::size_t number) {
  Entity row = sample<Entity>(number);
  model::for_each_reference<Entity>([&](model::Reference const&, auto member) {
    using Parent = model::ReferencedBy<std::remove_cvref_t<decltype(row.*member)>>;
    row.*member = add_sample<Parent>(changes, number).id;
  });
  changes.push_back(Insert<Entity>{row});
  return row;
}

/** The row with every member that is not the store's alone taken from the sample of that number. */
template <class Entity>
[[nodiscard]] Entity rewritten(Entity row, std::size_t number) {
  Entity const other = sample<Entity>(number);
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    if (field.is_patchable() || field.type == model::FieldType::ended) row.*member = other.*member;
  });
  return row;
}

/** A document whose text has exactly so many bytes, eight or more, and hardly more than half as many characters. */
[[nodiscard]] Document document_of(std::size_t bytes);

template <class Entity>
inline constexpr bool has_documents = std::any_of(model::fields<Entity>.begin(), model::fields<Entity>.end(),
                                                  [](model::Field const& field) {
                                                    return field.type == model::FieldType::document;
                                                  });

/** The row with that document in the place of each that it may have. */
template <class Entity>
[[nodiscard]] Entity with_documents(Entity row, Document const& document) {
  model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*member) {
    if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) row.*member = document;
  });
  return row;
}

/** The row as the change log keeps it. */
template <class Entity>
[[nodiscard]] Document record_of(Entity const& row) {
  std::string text;
  model::write_json(row, text, model::JsonUse::record);
  return Document::from_stored(std::move(text));
}

/** A member's value, as filters compare it; absent when the member is. */
template <class Entity>
[[nodiscard]] std::optional<FieldValue> value_of(Entity const& row, std::string_view name) {
  std::optional<FieldValue> found;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Value = model::ValueOf<std::remove_cvref_t<decltype(row.*member)>>;
    if (field.name != name) return;
    Value const* value = nullptr;
    if constexpr (model::is_optional_v<std::remove_cvref_t<decltype(row.*member)>>) {
      if (row.*member) value = &*(row.*member);
    } else {
      value = &(row.*member);
    }
    if (value == nullptr) return;
    if constexpr (std::is_same_v<Value, bool> || std::is_same_v<Value, std::string>) {
      found = *value;
    } else if constexpr (std::is_enum_v<Value>) {
      found = std::string(model::enum_name(*value));
    } else if constexpr (model::is_id_v<Value>) {
      found = value->uuid;
    } else if constexpr (std::is_same_v<Value, Version>) {
      found = value->value;
    } else if constexpr (std::is_same_v<Value, Timestamp>) {
      found = value->microseconds;
    }
  });
  return found;
}

/** Whether a condition holds for a value, by the words of Operator alone. */
[[nodiscard]] bool holds(Condition const& condition, std::optional<FieldValue> const& value);

/** The place of a row in the order of lists. */
template <class Readable>
[[nodiscard]] Cursor place_of(Readable const& readable) {
  auto const& root = model::part_of<0>(readable);
  return {root.created_at, root.id.uuid};
}

}  // namespace inlay::conformance

#endif
