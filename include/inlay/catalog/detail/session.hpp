// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_SESSION_HPP
#define INLAY_CATALOG_DETAIL_SESSION_HPP

#include <inlay/catalog/requests.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/query.hpp>

#include <memory>

namespace inlay::detail {

struct CatalogState;

/** What a Catalog is: the state that it shares with its copies, in whose hands it is, and where it reads. The rooms of
    the catalogue (rows, policy, writer, configs, sharing, history) are made over one. */
struct CatalogSession {
  std::shared_ptr<CatalogState> state{};
  Caller caller{};
  ReadFrom from = ReadFrom::any;  // where the store has others
  Revision at_least{};

  /** Where lists and configurations are read. */
  [[nodiscard]] ReadFrom reads_from() const noexcept { return caller.team ? ReadFrom::primary : from; }
};

}  // namespace inlay::detail

#endif
