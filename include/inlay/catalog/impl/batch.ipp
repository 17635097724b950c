// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_BATCH_IPP
#define INLAY_CATALOG_IMPL_BATCH_IPP

// The operations of a batch: each is the call of its name.

#include <inlay/catalog.hpp>
#include <inlay/catalog/batch.hpp>
#include <inlay/catalog/detail/batch_run.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/state.hpp>
#include <inlay/catalog/impl/batch_run.ipp>
#include <inlay/error.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>
#include <inlay/model/json_form.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay {

namespace detail {

/** Of what reads nothing by an id that was given. */
struct ReadsNothing {};

/** What an operation is given, in bytes. */
template <class Entity>
requires model::is_entity<Entity> std::size_t bytes_given(Entity const& row) { return model::to_json(row).size(); }

inline std::size_t bytes_given(boost::json::value const& value) { return json::print(value).size(); }

template <class Entity>
std::size_t bytes_given(ChangeOf<Entity> const& change) {
  std::size_t bytes = 0;
  auto const add = [&]<class Value>(Value const& value) {
    if constexpr (std::is_same_v<Value, Document>) bytes += value.text().size();
    if constexpr (std::is_same_v<Value, std::string>) bytes += value.size();
  };
  boost::mp11::mp_for_each<model::detail::Descriptors<ChangeOf<Entity>>>([&](auto member) {
    auto const& set = change.*member.pointer;
    if (!set) return;
    if constexpr (model::is_optional_v<std::remove_cvref_t<decltype(*set)>>) {
      if (*set) add(**set);
    } else {
      add(*set);
    }
  });
  return bytes;
}

/** The id that a new row is to have. */
template <class Entity>
Id<Entity> id_for(CatalogOptions const& options, Id<Entity> given) {
  if (!given.is_nil()) return given;
  constexpr bool has_summary = requires { Entity::public_members; };
  return Id<Entity>{has_summary ? options.generate_public_id() : options.generate_id()};
}

}  // namespace detail

// ---- adding

template <class Answer, class Readable, class Entity, class Run>
Planned<Entity, Answer> Batch::add(Id<Entity> id, std::size_t bytes, Run run) {
  Planned<Entity, Answer> const planned{id, size_++};
  bytes_ += bytes;
  if (!refused_ && (size_ > max_changes || bytes_ > max_bytes)) {
    refused_ = detail::at_operation(
        planned.number, {.kind = ErrorKind::invalid_argument,
                         .message = "a batch has at most " + std::to_string(max_changes) +
                                    " operations, which are given " + std::to_string(max_bytes) + " bytes at most"});
    operations_.clear();
  }
  if (refused_) return planned;
  operations_.push_back({.run = [run = std::move(run)](detail::BatchRun& batch) -> Result<BatchAnswer> {
                           Result<Answer> answer = run(batch);
                           if (!answer) return answer.error();
                           return BatchAnswer(std::move(*answer));
                         },
                         .id = id.uuid,
                         .reads_first = boost::mp11::mp_find<model::Readables, Readable>::value});
  return planned;
}

template <class Entity, class Update>
Planned<Entity, Updated<Entity>> Batch::add_update(Id<Entity> id, std::size_t bytes, UpdateOptions const& options,
                                                   Update update) {
  if (options.dry_run) {
    return add<Updated<Entity>, detail::ReadsNothing>(id, 0, [](detail::BatchRun&) -> Result<Updated<Entity>> {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "a batch has a dry run as a whole, not an operation"};
    });
  }
  UpdateOptions own = options;
  own.with_installed_in = false;
  return add<Updated<Entity>, Resource<Entity>>(
      id, bytes, [id, own, update = std::move(update)](detail::BatchRun& batch) -> Result<Updated<Entity>> {
        UpdateOptions tried = own;
        std::optional<Updated<Entity>> shown;
        if (batch.is_dry_run()) {
          // What it would answer; and then for those that come after it, which see what it does.
          tried.dry_run = true;
          auto would_be = update(batch.catalog(), batch.meant(id), tried);
          if (!would_be) return would_be;
          shown = std::move(*would_be);
          tried.dry_run = false;
          tried.force = true;  // which a dry run needs no less
        }
        auto done = update(batch.catalog(), batch.meant(id), tried);
        if (!done) return done;
        if (!done->changed) {
          if (auto const held = batch.hold(model::part_of<0>(done->resource)); !held) return held.error();
        }
        return shown ? Result<Updated<Entity>>(*std::move(shown)) : done;
      });
}

template <class Verb>
Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> Batch::add_verb(Id<EnvironmentIntegration> id,
                                                                                 json::PointerView place,
                                                                                 std::size_t bytes,
                                                                                 UpdateOptions const& options,
                                                                                 Verb verb) {
  auto const pointer = place.pointer();
  return add_update(id, bytes, options,
                    [pointer, verb = std::move(verb)](Catalog const& catalog, Id<EnvironmentIntegration> meant,
                                                      UpdateOptions const& with) {
                      if (!pointer) return Result<Updated<EnvironmentIntegration>>(pointer.error());
                      return verb(catalog, meant, *pointer, with);
                    });
}

// ---- the operations

template <Writable Entity>
Planned<Entity, Resource<Entity>> Batch::create(Entity row) {
  row.id = detail::id_for(session_.state->options, row.id);
  return add<Resource<Entity>, detail::ReadsNothing>(row.id, detail::bytes_given(row), [row](detail::BatchRun& batch) {
    return batch.catalog().create(batch.meant(row));
  });
}

template <Writable Entity>
Planned<Entity, Resource<Entity>> Batch::create_from(boost::json::object const& object) {
  auto row = model::read_new<Entity>(object, session_.state->options.limits);
  if (row) return create(std::move(*row));
  return add<Resource<Entity>, detail::ReadsNothing>(
      Id<Entity>(), 0, [error = row.error()](detail::BatchRun&) -> Result<Resource<Entity>> { return error; });
}

template <Writable Entity>
requires(!std::same_as<Entity, EnvironmentIntegration>) Planned<Entity, Ensured<Entity>> Batch::ensure(Entity row) {
  // Without an id it is known by its name, whatever id it would get.
  Id<Entity> const planned = detail::id_for(session_.state->options, row.id);
  // An id that the caller has brought may be that of a row, and means that one, as in a call.
  return add<Ensured<Entity>, detail::ReadsNothing>(
      planned, detail::bytes_given(row), [row, planned](detail::BatchRun& batch) -> Result<Ensured<Entity>> {
        auto ensured = batch.catalog().ensure(batch.meant(row));
        if (!ensured) return ensured;
        if (row.id.is_nil()) batch.stand_for(planned.uuid, ensured->id().uuid);
        auto const held = ensured->created ? Result<void>() : batch.hold(model::part_of<0>(ensured->resource));
        return held ? ensured : held.error();
      });
}

template <Writable Entity, std::same_as<boost::json::object> Object>
Planned<Entity, Updated<Entity>> Batch::update(Id<Entity> id, Object const& patch, UpdateOptions const& options) {
  // Kept once, wherever the operation is moved to.
  auto const kept = std::make_shared<boost::json::value const>(patch);
  return add_update(id, detail::bytes_given(*kept), options,
                    [kept](Catalog const& catalog, Id<Entity> meant, UpdateOptions const& with) {
                      return catalog.update(meant, kept->get_object(), with);
                    });
}

template <Writable Entity>
Planned<Entity, Updated<Entity>> Batch::update(Id<Entity> id, ChangeOf<Entity> const& change,
                                               UpdateOptions const& options) {
  return add_update(id, detail::bytes_given(change), options,
                    [change](Catalog const& catalog, Id<Entity> meant, UpdateOptions const& with) {
                      return catalog.update(meant, change, with);
                    });
}

template <Writable Entity>
Planned<Entity, Updated<Entity>> Batch::update(Id<Entity> id, JsonPatch const& patch, UpdateOptions const& options) {
  auto const kept = std::make_shared<JsonPatch const>(patch);
  return add_update(id, detail::bytes_given(kept->operations), options,
                    [kept](Catalog const& catalog, Id<Entity> meant, UpdateOptions const& with) {
                      return catalog.update(meant, *kept, with);
                    });
}

template <Writable Entity>
requires(!std::same_as<Entity, EnvironmentIntegration>) Planned<Entity, RemovedRow> Batch::remove(
    Id<Entity> id, std::optional<RowVersion> expected_version) {
  return add<RemovedRow, Entity>(id, 0, [id, expected_version](detail::BatchRun& batch) -> Result<RemovedRow> {
    auto const removed = batch.catalog().remove(batch.meant(id), expected_version);
    if (!removed) return removed.error();
    return RemovedRow{batch.meant(id).uuid};
  });
}

Planned<EnvironmentIntegration, Installed> Batch::install(EnvironmentIntegration row) {
  bool const is_named = !row.id.is_nil();
  row.id = detail::id_for(session_.state->options, row.id);
  return add<Installed, detail::ReadsNothing>(
      row.id, detail::bytes_given(row), [row, is_named](detail::BatchRun& batch) -> Result<Installed> {
        auto installed = batch.catalog().install(batch.meant(row));
        if (!installed) return installed;
        if (!is_named) batch.stand_for(row.id.uuid, installed->id().uuid);
        auto const held = installed->created ? Result<void>() : batch.hold(installed->resource.install);
        return held ? installed : held.error();
      });
}

Planned<EnvironmentIntegration, RemovedRow> Batch::uninstall(Id<EnvironmentIntegration> id,
                                                             std::optional<RowVersion> expected_version) {
  return add<RemovedRow, EnvironmentIntegration>(
      id, 0, [id, expected_version](detail::BatchRun& batch) -> Result<RemovedRow> {
        auto const removed = batch.catalog().uninstall(batch.meant(id), expected_version);
        if (!removed) return removed.error();
        return RemovedRow{batch.meant(id).uuid};
      });
}

Planned<Grant, Asked> Batch::ask_for(Id<Integration> integration, std::optional<Id<Team>> team) {
  Id<Grant> const planned = detail::id_for(session_.state->options, Id<Grant>());
  return add<Asked, detail::ReadsNothing>(
      planned, 0, [integration, team, planned](detail::BatchRun& batch) -> Result<Asked> {
        std::size_t const written_before = batch.bytes_written();
        auto asked = batch.catalog().ask_for(batch.meant(integration), team ? std::optional(batch.meant(*team)) : team);
        if (!asked) return asked;
        batch.stand_for(planned.uuid, asked->id().uuid);
        auto const held = batch.bytes_written() == written_before ? batch.hold(asked->grant) : Result<void>();
        return held ? asked : held.error();
      });
}

Planned<Grant, Grant> Batch::answer(Id<Grant> id, GrantStatus status, std::optional<RowVersion> expected_version) {
  return add<Grant, Grant>(id, 0, [id, status, expected_version](detail::BatchRun& batch) -> Result<Grant> {
    std::size_t const written_before = batch.bytes_written();
    auto answered = batch.catalog().answer(batch.meant(id), status, expected_version);
    if (!answered) return answered;
    auto const held = batch.bytes_written() == written_before ? batch.hold(*answered) : Result<void>();
    return held ? answered : held.error();
  });
}

Planned<Integration, EndedInstalls> Batch::end(Id<Integration> integration, std::string_view reason) {
  return add<EndedInstalls, detail::ReadsNothing>(integration, reason.size(),
                                                  [integration, reason = std::string(reason)](detail::BatchRun& batch) {
                                                    return batch.catalog().end(batch.meant(integration), reason);
                                                  });
}

Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> Batch::set(Id<EnvironmentIntegration> id,
                                                                            json::PointerView pointer,
                                                                            boost::json::value const& value,
                                                                            UpdateOptions const& options) {
  auto const kept = std::make_shared<boost::json::value const>(value);
  return add_verb(id, pointer, detail::bytes_given(*kept), options,
                  [kept](Catalog const& catalog, Id<EnvironmentIntegration> meant, json::Pointer const& place,
                         UpdateOptions const& with) { return catalog.set(meant, place, *kept, with); });
}

Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> Batch::remove(Id<EnvironmentIntegration> id,
                                                                               json::PointerView pointer,
                                                                               UpdateOptions const& options) {
  return add_verb(id, pointer, 0, options,
                  [](Catalog const& catalog, Id<EnvironmentIntegration> meant, json::Pointer const& place,
                     UpdateOptions const& with) { return catalog.remove(meant, place, with); });
}

Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> Batch::inherit(Id<EnvironmentIntegration> id,
                                                                                json::PointerView pointer,
                                                                                UpdateOptions const& options) {
  return add_verb(id, pointer, 0, options,
                  [](Catalog const& catalog, Id<EnvironmentIntegration> meant, json::Pointer const& place,
                     UpdateOptions const& with) { return catalog.inherit(meant, place, with); });
}

// ---- committing

Result<CommittedBatch> Batch::commit(BatchOptions const& options) const {
  if (auto const checked = check(); !checked) return checked.error();
  return detail::until_settled<CommittedBatch>(
      [&](int lost) { return detail::BatchRun(session_, options).run(operations_, lost); });
}

Batch Catalog::batch() const { return Batch(session_); }

// Compiled once.
#define INLAY_INSTANTIATE(Entity)                                                                         \
  template Planned<Entity, Resource<Entity>> Batch::create<Entity>(Entity);                               \
  template Planned<Entity, Resource<Entity>> Batch::create_from<Entity>(boost::json::object const&);      \
  template Planned<Entity, Updated<Entity>> Batch::update<Entity>(Id<Entity>, boost::json::object const&, \
                                                                  UpdateOptions const&);                  \
  template Planned<Entity, Updated<Entity>> Batch::update<Entity>(Id<Entity>, ChangeOf<Entity> const&,    \
                                                                  UpdateOptions const&);                  \
  template Planned<Entity, Updated<Entity>> Batch::update<Entity>(Id<Entity>, JsonPatch const&, UpdateOptions const&);
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE
#define INLAY_INSTANTIATE(Entity)                                          \
  template Planned<Entity, Ensured<Entity>> Batch::ensure<Entity>(Entity); \
  template Planned<Entity, RemovedRow> Batch::remove<Entity>(Id<Entity>, std::optional<RowVersion>);
INLAY_FOR_EACH_REMOVABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay

#endif
