// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_OVERRIDES_IPP
#define INLAY_CATALOG_IMPL_OVERRIDES_IPP

// One value of an override.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/configs.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/config/override.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace inlay {

namespace detail {

/** Whether the place can be spoken of, in the configuration as it is: no array on the way, and to remove something
    below a scalar would only take the scalar away. What the override itself has there is config::set's and
    config::remove's to judge. */
inline Result<void> check_way_in_config(ConfigNode const& config, json::Pointer const& pointer, bool is_removal) {
  std::optional<ConfigNode> node(config);
  json::Pointer way;
  for (std::size_t i = 0; i + 1 < pointer.tokens().size(); ++i) {
    way /= pointer.tokens()[i];
    node = node->find(pointer.tokens()[i]);
    if (!node) return {};
    if (!node->is_leaf()) continue;
    if (node->leaf()->is_array()) return config::no_way_into_array(way);
    if (!is_removal) return {};
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there is no object, so that nothing below it can be removed",
                 .pointer = to_string(way)};
  }
  return {};
}

/** check_way_in_config() as a check of a write; none where there is no way to look at, so that the write does not
   depend on what the configuration is. */
inline std::function<Result<void>(ConfigNode const&)> way_check(json::Pointer const& pointer, bool is_removal) {
  if (pointer.tokens().size() < 2) return {};
  return [&pointer, is_removal](ConfigNode const& config) { return check_way_in_config(config, pointer, is_removal); };
}

/** Writes what an edit makes of an override. */
inline Result<Updated<EnvironmentIntegration>> change_override(
    CatalogSession const& session, Id<EnvironmentIntegration> id,
    std::function<Result<config::Override>(config::Override const&)> const& edit, UpdateOptions const& options,
    std::function<Result<void>(ConfigNode const&)> const& check = {}) {
  ResourceCheck<EnvironmentIntegration> judge;
  if (check) {
    judge = [&](InstalledIntegration const& resource) -> Result<void> {
      auto const before = Configs(session).of(resource, {});
      // A default that cannot be read is no reason to refuse what is said over it.
      return before ? check(before->config.root()) : Result<void>();
    };
  }
  return Writer(session).change<EnvironmentIntegration>(
      id,
      [&](EnvironmentIntegration const& before) -> Result<EnvironmentIntegration> {
        auto written = edit(before.override);
        if (!written) return written.error();
        EnvironmentIntegration after = before;
        after.override = std::move(*written);
        return after;
      },
      options, judge);
}

}  // namespace detail

Result<Updated<EnvironmentIntegration>> Catalog::set(Id<EnvironmentIntegration> id, json::PointerView place,
                                                     boost::json::value const& value,
                                                     UpdateOptions const& options) const {
  auto const pointer = place.pointer();
  if (!pointer) return pointer.error();
  if (auto allowed = detail::check_mode(options, pointer->is_root() && value.is_object()); !allowed) {
    return allowed.error();
  }
  return detail::change_override(
      session_, id,
      [&](config::Override const& stored) { return config::set(stored, *pointer, value, this->options().limits); },
      options, detail::way_check(*pointer, false));
}

Result<Updated<EnvironmentIntegration>> Catalog::remove(Id<EnvironmentIntegration> id, json::PointerView place,
                                                        UpdateOptions const& options) const {
  auto const pointer = place.pointer();
  if (!pointer) return pointer.error();
  return detail::change_override(
      session_, id,
      [&](config::Override const& stored) { return config::remove(stored, *pointer, this->options().limits); }, options,
      detail::way_check(*pointer, true));
}

Result<Updated<EnvironmentIntegration>> Catalog::inherit(Id<EnvironmentIntegration> id, json::PointerView place,
                                                         UpdateOptions const& options) const {
  auto const pointer = place.pointer();
  if (!pointer) return pointer.error();
  if (auto allowed = detail::check_mode(options, pointer->is_root()); !allowed) return allowed.error();
  return detail::change_override(
      session_, id, [&](config::Override const& stored) { return config::inherit(stored, *pointer); }, options);
}

}  // namespace inlay

#endif
