// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_ENSURE_IPP
#define INLAY_CATALOG_IMPL_ENSURE_IPP

#include <inlay/catalog/detail/ensure.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/errors.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay::detail {

/** The row that is there already: with that id, or else with that unique key. */
template <class Entity>
Result<std::optional<Resource<Entity>>> find_alike(Writer const& writer, Entity const& row) {
  using Found = std::optional<Resource<Entity>>;
  Rows const& rows = writer.rows();
  if (!row.id.is_nil()) {
    auto found = rows.find<Resource<Entity>>(row.id);
    if (found) return Found(std::move(*found));
    if (found.error().kind != ErrorKind::not_found) return found.error();
  }
  for (model::UniqueKey const& key : Entity::unique_keys) {
    auto page = rows.list(Query<Resource<Entity>>{.where = same_key(row, key), .limit = 1}, ReadFrom::primary);
    if (!page) return page.error();
    if (!page->items.empty()) return Found(std::move(page->items.front()));
  }
  return Found();
}

/** A member as its row's JSON has it; nothing where it is absent. */
template <class Member>
std::optional<std::string> text_of(Member const& member) {
  std::string text;
  if constexpr (model::is_optional_v<Member>) {
    if (!member) return std::nullopt;
    model::detail::write_value(*member, text, model::JsonUse::record);
  } else {
    model::detail::write_value(member, text, model::JsonUse::record);
  }
  return text;
}

/** Adds where two documents differ. @return corrupt for a stored one that is no JSON object. */
template <class Entity>
Result<void> compare_documents(Document const& stored, Document const& wanted, std::string_view member,
                               Ensured<Entity>& answer) {
  auto const before = EffectiveConfig::from({{"stored", LayerKind::base, stored}});
  if (!before) return before.error();
  auto const after = EffectiveConfig::from({{"wanted", LayerKind::base, wanted}});
  if (!after) return after.error();
  auto found = differences(*before, *after);
  for (ConfigDifference& difference : found.items) {
    difference.pointer.insert(0, storage::member_pointer(member));
    answer.differences.push_back(std::move(difference));
  }
  answer.differences_truncated = answer.differences_truncated || found.next.has_value();
  return {};
}

/** Says where a row that is there is not what was asked for: in what callers write, and whose it is. */
template <class Entity>
Result<void> compare_rows(Entity const& stored, Entity const& wanted, Ensured<Entity>& answer) {
  Result<void> compared;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Value = model::ValueOf<std::remove_cvref_t<decltype(stored.*member)>>;
    if (!compared || field.is_set_by_store() || stored.*member == wanted.*member) return;
    if (field.name == "id" && wanted.id.is_nil()) return;
    if constexpr (std::is_same_v<Value, Document>) {
      compared = compare_documents(stored.*member, wanted.*member, field.name, answer);
      if (!compared) compared = of_row(stored, compared.error());
    } else if constexpr (!std::is_same_v<Value, Revision>) {
      answer.differences.push_back(
          {storage::member_pointer(field.name), text_of(stored.*member), text_of(wanted.*member)});
    }
  });
  return compared;
}

/** Whether the id is that of a row that is not the caller's, and which it perhaps does not see. */
template <class Entity>
Result<bool> has_anothers(Writer const& writer, Id<Entity> id) {
  if (id.is_nil()) return false;
  auto const found = writer.rows().store().find(FindRequest<Entity>{.id = id});
  if (found) return writer.policy().may_change<Entity>(*found, nullptr).has_error();
  if (found.error().kind != ErrorKind::not_found) return found.error();
  return false;
}

template <class Entity>
Result<Ensured<Entity>> ensure(CatalogSession const& session, Entity row) {
  if (Entity::unique_keys.empty() && row.id.is_nil()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "several may have one name: give the id by which this " +
                            storage::words(Entity::entity_name) + " is known",
                 .pointer = "/id"};
  }
  Writer const writer(session);
  if (auto checked = check_row<Entity>(row, nullptr, writer.options().limits); !checked) return checked.error();

  using Answer = Ensured<Entity>;
  return until_settled<Answer>([&](int) -> Tried<Answer> {
    auto existing = find_alike(writer, row);
    if (!existing) return existing.error();
    Answer answer;
    if (*existing) {
      Entity const& stored = model::part_of<0>(**existing);
      if (auto allowed = writer.policy().may_change<Entity>(stored, nullptr); !allowed) return allowed.error();
      if (auto compared = compare_rows(stored, row, answer); !compared) return compared.error();
      answer.resource = std::move(**existing);
      return answer;
    }

    auto created = writer.insert(row);
    if (created) {
      answer.resource = std::move(*created);
      answer.created = true;
      return answer;
    }
    if (created.error().kind != ErrorKind::already_exists) return created.error();
    auto const hidden = has_anothers(writer, row.id);
    if (!hidden) return hidden.error();
    // Else somebody created it at the same moment, and it is found by looking again, or is gone by then.
    return *hidden ? created.error() : Tried<Answer>::lost(created.error());
  });
}

}  // namespace inlay::detail

#endif
