// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CREATING_IPP
#define INLAY_CATALOG_IMPL_CREATING_IPP

// Rows that callers create, or want to be there.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/ensure.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/catalog/impl/ensure.ipp>
#include <inlay/model/json_form.hpp>

#include <utility>

namespace inlay {

template <Writable Entity>
Result<Resource<Entity>> Catalog::create(Entity row) const {
  return detail::Writer(session_).insert(std::move(row));
}

template <Writable Entity>
Result<Resource<Entity>> Catalog::create_from(boost::json::object const& object) const {
  auto row = model::read_new<Entity>(object, options().limits);
  if (!row) return row.error();
  return detail::Writer(session_).insert(std::move(*row));
}

template <Writable Entity>
requires(!std::same_as<Entity, EnvironmentIntegration>) Result<Ensured<Entity>> Catalog::ensure(Entity row)
const { return detail::ensure(session_, std::move(row)); }

// Compiled once.
#define INLAY_INSTANTIATE(Entity)                                          \
  template Result<Resource<Entity>> Catalog::create<Entity>(Entity) const; \
  template Result<Resource<Entity>> Catalog::create_from<Entity>(boost::json::object const&) const;
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE
#define INLAY_INSTANTIATE(Entity) template Result<Ensured<Entity>> Catalog::ensure<Entity>(Entity) const;
INLAY_FOR_EACH_REMOVABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay

#endif
