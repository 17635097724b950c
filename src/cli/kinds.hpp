// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_KINDS_HPP
#define INLAY_CLI_KINDS_HPP

#include "resources.hpp"

#include <inlay/catalog.hpp>

namespace inlay::cli {

template <class Entity>
struct Tag {
  using type = Entity;
};

/** Calls `visitor(Tag<Entity>)` for the entity of that kind. */
template <class Visitor>
auto visit(Kind kind, Visitor&& visitor) {
  switch (kind) {
    case Kind::team: return visitor(Tag<Team>{});
    case Kind::environment: return visitor(Tag<Environment>{});
    case Kind::integration: return visitor(Tag<Integration>{});
    case Kind::environment_integration: return visitor(Tag<EnvironmentIntegration>{});
    case Kind::grant: break;
  }
  return visitor(Tag<Grant>{});
}

}  // namespace inlay::cli

#endif
