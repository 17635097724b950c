// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_PATCHING_IPP
#define INLAY_CATALOG_IMPL_PATCHING_IPP

// What callers say that a row is to become: a merge patch, a typed change, or a JSON Patch.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/model/json_form.hpp>

#include <concepts>
#include <optional>

namespace inlay {

template <Writable Entity, std::same_as<boost::json::object> Object>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, Object const& patch, UpdateOptions const& options) const {
  if (auto allowed = detail::check_mode(options, options.documents == DocumentMode::replace); !allowed)
    return allowed.error();
  return detail::Writer(session_).change<Entity>(
      id,
      [&](Entity const& before) -> Result<Entity> {
        Entity after = before;
        auto patched = model::apply_merge_patch(
            after, patch,
            [&](model::Field const& field, std::optional<Document> const& current, boost::json::object const& given) {
              return detail::written_document(field, current, given, options.documents, this->options().limits);
            });
        if (!patched) return patched.error();
        return after;
      },
      options);
}

template <Writable Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, ChangeOf<Entity> const& change,
                                        UpdateOptions const& options) const {
  bool const may_undo_others = detail::replaces_documents<Entity>(change, options.documents);
  if (auto allowed = detail::check_mode(options, may_undo_others); !allowed) return allowed.error();
  return detail::Writer(session_).change<Entity>(
      id,
      [&](Entity const& before) -> Result<Entity> {
        Entity after = before;
        auto changed = detail::apply_change(after, change, options.documents, this->options().limits);
        if (!changed) return changed.error();
        return after;
      },
      options);
}

template <Writable Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, JsonPatch const& patch, UpdateOptions const& options) const {
  if (auto allowed = detail::check_mode(options, true); !allowed) return allowed.error();
  bool is_patch_at_fault = false;
  auto updated = detail::Writer(session_).change<Entity>(
      id,
      [&](Entity const& before) {
        auto after = detail::json_patched(before, patch.operations, this->options().limits);
        is_patch_at_fault = after.has_error();
        return after;
      },
      options);
  // What is found only in the row that comes of it, such as a name that is taken.
  if (updated || is_patch_at_fault) return updated;
  return detail::at_operation(patch.operations, updated.error());
}

// Compiled once.
#define INLAY_INSTANTIATE(Entity)                                                                                     \
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, boost::json::object const&,                    \
                                                           UpdateOptions const&) const;                               \
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, ChangeOf<Entity> const&, UpdateOptions const&) \
      const;                                                                                                          \
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, JsonPatch const&, UpdateOptions const&) const;
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay

#endif
