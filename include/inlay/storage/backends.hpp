// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_BACKENDS_HPP
#define INLAY_STORAGE_BACKENDS_HPP

#include <inlay/error.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/storage/store_url.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

/** One backend: the schemes of its URLs, and how to open a store. */
struct Backend {
  std::vector<std::string> schemes{};  ///< its name first, then other spellings, e.g. "postgresql", "postgres"
  std::function<Result<std::shared_ptr<Repository>>(StoreUrl const&)> open{};
};

/** The backends that a program has, by scheme. They are added explicitly: nothing registers itself.

    The names of inlay's own backends are known even when they are not there, so that a URL for one of them is
    not_built rather than unknown_scheme.
*/
class Backends {
 public:
  /** Adds a backend. One added later takes over the schemes it shares with an earlier one. */
  Backends& add(Backend backend);

  /** The schemes that can be opened, in the order they were added. */
  [[nodiscard]] std::vector<std::string> schemes() const;

  /** Opens the store that the URL names; the scheme picks the backend, exactly.

      @return unknown_scheme or not_built, each listing the schemes there are; invalid_argument for a bad URL or
      parameter; what the backend returns.
  */
  [[nodiscard]] Result<std::shared_ptr<Repository>> open(std::string_view url) const;

 private:
  std::vector<Backend> backends_;
};

}  // namespace inlay

#endif
