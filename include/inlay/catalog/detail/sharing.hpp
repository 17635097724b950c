// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_SHARING_HPP
#define INLAY_CATALOG_DETAIL_SHARING_HPP

// Installing, and what passes between the owner of an integration and the teams that install it.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/catalog/requests.hpp>
#include <inlay/error.hpp>

#include <optional>
#include <string_view>

namespace inlay::detail {

/** Shares for one caller; the functions are those of Catalog. */
class Sharings {
 public:
  explicit Sharings(CatalogSession const& session) : writer_(session) {}

  [[nodiscard]] Result<Installed> install(EnvironmentIntegration row) const;
  [[nodiscard]] Result<Asked> ask_for(Id<Integration> integration, std::optional<Id<Team>> asking) const;
  [[nodiscard]] Result<Grant> answer(Id<Grant> id, GrantStatus status,
                                     std::optional<RowVersion> const& expected_version) const;
  [[nodiscard]] Result<EndedInstalls> end(Id<Integration> id, std::string_view reason, EndOptions const& options) const;

 private:
  [[nodiscard]] Result<std::optional<InstalledIntegration>> find_install(Id<Integration> integration,
                                                                         Id<Environment> environment) const;

  Writer writer_;
};

}  // namespace inlay::detail

#endif
