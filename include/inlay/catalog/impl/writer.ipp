// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_WRITER_IPP
#define INLAY_CATALOG_IMPL_WRITER_IPP

// How a row is created.

#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/storage/errors.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace inlay::detail {

/** The error of a row that was created and cannot be shown. */
template <class Entity>
Error done_but_unread(Id<Entity> id, Error error) {
  error.message = "the " + storage::words(Entity::entity_name) + " was created, with the id " + to_string(id) +
                  ", but it cannot be read again: " + error.message;
  error.outcome = Outcome::done;
  return error;
}

template <class Entity>
Result<Resource<Entity>> Writer::insert(Entity row) const {
  if (row.id.is_nil()) {
    constexpr bool has_summary = requires { Entity::public_members; };
    row.id = Id<Entity>{has_summary ? options().generate_public_id() : options().generate_id()};
  }
  rules::Of<Entity>::as_created(row);
  rules::Of<Entity>::normalise(row);
  if (auto checked = check_row<Entity>(row, nullptr, options().limits); !checked) return checked.error();
  Insert<Entity> const insert{std::move(row)};

  using Answer = Resource<Entity>;
  return until_settled<Answer>([&](int) -> Tried<Answer> {
    auto guards = policy().may_insert(insert.row, rows_);
    if (!guards) return guards.error();
    Timestamp const time = now();
    auto const committed = commit(time, {insert}, std::move(*guards));
    if (!committed) {
      // A guard that no longer holds: what allowed it has changed, so look again.
      bool const is_lost = committed.error().kind == ErrorKind::conflict;
      return is_lost ? Tried<Answer>::lost(committed.error()) : committed.error();
    }
    if constexpr (std::is_same_v<Answer, Entity>) {
      return inserted(insert, time, committed->revision);
    } else {
      auto created = rows_.get(insert.row.id, ReadFrom::primary);
      // Another that has the id by now is not what was created.
      if (created && model::part_of<0>(*created).birth != insert.birth) {
        created = storage::no_such_row(Entity::entity_name);
      }
      if (!created) return done_but_unread<Entity>(insert.row.id, created.error());
      return std::move(*created);
    }
  });
}

// Compiled once, whoever creates.
#define INLAY_INSTANTIATE(Entity) template Result<Resource<Entity>> Writer::insert<Entity>(Entity) const;
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay::detail

#endif
