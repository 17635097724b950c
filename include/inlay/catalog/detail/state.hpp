// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_STATE_HPP
#define INLAY_CATALOG_DETAIL_STATE_HPP

#include <inlay/catalog/detail/document_cache.hpp>
#include <inlay/catalog/detail/quotas.hpp>
#include <inlay/catalog/requests.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/storage/repository.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace inlay::detail {

inline CatalogOptions bounded(CatalogOptions options) {
  constexpr std::size_t levels_around = 8;
  options.limits.max_depth = std::min(options.limits.max_depth, json::greatest_depth - levels_around);
  options.ask_again_after = std::min<std::chrono::microseconds>(options.ask_again_after, std::chrono::years(100));
  return options;
}

/** What all copies of a catalogue share. */
struct CatalogState {
  CatalogState(std::shared_ptr<Repository> store, CatalogOptions settings)
      : repository(std::move(store)), options(bounded(std::move(settings))), quotas(options.team_quota) {}

  std::shared_ptr<Repository> const repository;
  CatalogOptions const options;
  DocumentCache documents;
  Quotas quotas;
};

}  // namespace inlay::detail

#endif
