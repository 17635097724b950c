// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_ENTITIES_HPP
#define INLAY_MODEL_ENTITIES_HPP

#include <inlay/model/environment.hpp>
#include <inlay/model/environment_integration.hpp>
#include <inlay/model/grant.hpp>
#include <inlay/model/installed_integration.hpp>
#include <inlay/model/integration.hpp>
#include <inlay/model/team.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <cstddef>
#include <type_traits>

namespace inlay::model {

/** Every kind of row that a store holds, those that are referenced before those that reference them. */
using Entities = boost::mp11::mp_list<Team, Environment, Integration, EnvironmentIntegration, Grant>;

/** The rows joined along their references that a store can read in one go. */
using ReadModels = boost::mp11::mp_list<OwnedIntegration, InstalledIntegration>;

/** Everything that a store can read. */
using Readables = boost::mp11::mp_append<Entities, ReadModels>;

template <class T>
inline constexpr bool is_entity = boost::mp11::mp_contains<Entities, T>::value;

template <class T>
inline constexpr bool is_read_model = boost::mp11::mp_contains<ReadModels, T>::value;

/** The rows beside those that are read of a Readable, by which its lists can be filtered, too: one that its root
    references, one that this references, and so on. Only such as everybody sees who sees the root: a filter tells what
    is in a row. */
template <class Readable>
struct RowsBeside {
  using type = boost::mp11::mp_list<>;
};
template <>
struct RowsBeside<Environment> {
  using type = boost::mp11::mp_list<Team>;
};
template <>
struct RowsBeside<InstalledIntegration> {
  using type = boost::mp11::mp_list<Environment, Team>;
};

/** Calls `visit(std::type_identity<Entity>())` for each of Entities, in their order. */
template <class Visitor>
constexpr void for_each_entity(Visitor&& visit) {
  [&]<class... Entity>(boost::mp11::mp_list<Entity...>) { (visit(std::type_identity<Entity>()), ...); }(Entities());
}

/** The place of an entity among them. */
template <class Entity>
inline constexpr std::size_t entity_number = boost::mp11::mp_find<Entities, Entity>::value;

namespace detail {

template <class Readable, bool IsReadModel>
struct RootOf {
  using type = Readable;
};
template <class ReadModel>
struct RootOf<ReadModel, true> {
  using type = MemberType<boost::mp11::mp_first<Descriptors<ReadModel>>>;
};

}  // namespace detail

/** The entity whose id, order and filters a readable has: an entity itself, a read model's first part. */
template <class Readable>
using Root = typename detail::RootOf<Readable, is_read_model<Readable>>::type;

}  // namespace inlay::model

#endif
