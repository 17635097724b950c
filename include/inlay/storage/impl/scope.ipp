// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_SCOPE_IPP
#define INLAY_STORAGE_IMPL_SCOPE_IPP

#include <inlay/storage/scope.hpp>

#include <string>
#include <utility>
#include <vector>

namespace inlay {

Scope Scope::all_of(std::vector<Scope> parts) { return {.kind = Kind::all_of, .parts = std::move(parts)}; }

Scope Scope::any_of(std::vector<Scope> parts) { return {.kind = Kind::any_of, .parts = std::move(parts)}; }

Scope Scope::where(Condition condition) { return {.kind = Kind::condition, .condition = std::move(condition)}; }

Scope Scope::related(std::string entity, std::string member, std::string own_member, Scope part) {
  return {.kind = Kind::related,
          .parts = {std::move(part)},
          .entity = std::move(entity),
          .member = std::move(member),
          .own_member = std::move(own_member)};
}

}  // namespace inlay

#endif
