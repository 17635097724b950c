// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_SCOPE_HPP
#define INLAY_STORAGE_SCOPE_HPP

#include <inlay/storage/condition.hpp>

#include <string>
#include <vector>

namespace inlay {

/** Which rows of an entity a read may see: a condition on the row, or on rows that are related to it.

    Rules about who sees what are written as Scopes, so that a store can apply them where pages are cut, and needs
    to know nothing of the rules.
*/
struct Scope {
  enum class Kind {
    all_of,     ///< every part holds; without parts: always
    any_of,     ///< a part holds; without parts: never
    condition,  ///< the row meets `condition`
    related,    ///< a row of `entity`, whose `member` equals this row's `own_member` (both ids), meets the one part
  };

  Kind kind = Kind::all_of;
  std::vector<Scope> parts{};
  Condition condition{};
  std::string entity{};
  std::string member{};
  std::string own_member{};

  [[nodiscard]] static Scope all_of(std::vector<Scope> parts);
  [[nodiscard]] static Scope any_of(std::vector<Scope> parts);

  /** The row meets a condition. */
  [[nodiscard]] static Scope where(Condition condition);

  /** There is a row of another entity, whose `member` equals this row's `own_member`, that meets `part`. */
  [[nodiscard]] static Scope related(std::string entity, std::string member, std::string own_member, Scope part);

  /** Whether it lets every row through. */
  [[nodiscard]] bool is_everything() const noexcept { return kind == Kind::all_of && parts.empty(); }

  friend bool operator==(Scope const&, Scope const&) = default;
};

}  // namespace inlay

#endif
