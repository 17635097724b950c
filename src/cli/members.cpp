// SPDX-License-Identifier: BSL-1.0
// What the help says about the members of rows; none of it is written by hand, so that none of it gets old.
#include "kinds.hpp"
#include "resources.hpp"

#include <inlay/model/references.hpp>
#include <inlay/storage/query.hpp>

#include <algorithm>
#include <span>
#include <string>

namespace inlay::cli {
namespace {

/** What to write for a member of that type. */
template <class Member>
std::string what_goes_into() {
  using Value = model::ValueOf<Member>;
  if constexpr (std::is_same_v<Value, bool>) {
    return "true or false";
  } else if constexpr (std::is_enum_v<Value>) {
    std::string names;
    for (std::string_view const name : model::enum_names<Value>) names.append(names.empty() ? "" : ", ").append(name);
    return "one of " + names;
  } else if constexpr (std::is_same_v<Value, Document>) {
    return "an object";
  } else if constexpr (model::is_id_v<Value>) {
    return "a UUID";
  } else {
    return "a text";
  }
}

template <class Entity>
std::string lines(bool is_new) {
  std::string text;
  model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*) {
    bool const is_own_id = std::is_same_v<Member, Id<Entity>>;
    if (field.is_set_by_store() || (!is_new && !field.is_patchable())) return;
    std::string what = what_goes_into<Member>();
    if (is_own_id) what += "; a new one is made without";
    bool const is_required = !field.is_optional && !is_own_id &&
                             (field.type == model::FieldType::text || field.type == model::FieldType::id);
    if (is_new && is_required) what += " (required)";
    if (!is_new && field.is_optional) what += "; null takes it away";
    if (!text.empty()) text += '\n';
    text.append("  ")
        .append(field.name)
        .append(std::max<std::size_t>(22, field.name.size() + 1) - field.name.size(), ' ');
    text += what;
  });
  return text;
}

/** The fields that can be filtered by, in lines; nothing where there are none. */
std::string field_names(std::span<inlay::detail::FilterPart const> parts) {
  constexpr std::size_t width = 100;
  std::string text;
  std::size_t start_of_line = 0;
  for (inlay::detail::FilterPart const& part : parts) {
    for (model::Field const& field : part.fields) {
      if (!field.is_filterable()) continue;
      std::string const name = (part.name.empty() ? "" : std::string(part.name) + '.') + std::string(field.name);
      if (text.empty()) {
        text = " ";
      } else if (text.size() + name.size() + 2 > start_of_line + width) {
        text += "\n ";
        start_of_line = text.size() - 1;
      }
      text += ' ' + name;
    }
  }
  return text;
}

}  // namespace

std::string new_members(Kind kind) {
  return visit(kind, [](auto tag) { return lines<typename decltype(tag)::type>(true); });
}

std::string patchable_members(Kind kind) {
  return visit(kind, [](auto tag) { return lines<typename decltype(tag)::type>(false); });
}

std::string filter_fields(Kind kind) {
  return visit(kind, [](auto tag) {
    using Readable = Resource<typename decltype(tag)::type>;
    constexpr std::span<inlay::detail::FilterPart const> all = inlay::detail::filter_parts<Readable>;
    std::string const beside = field_names(all.subspan(model::part_count<Readable>));
    return "Fields to filter and to sort by:\n" + field_names(all.first(model::part_count<Readable>)) +
           (beside.empty() ? "" : "\n\nFields to filter by only:\n" + beside);
  });
}

}  // namespace inlay::cli
