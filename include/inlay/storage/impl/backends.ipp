// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_BACKENDS_IPP
#define INLAY_STORAGE_IMPL_BACKENDS_IPP

#include <inlay/ground/internal/joined.hpp>
#include <inlay/storage/backends.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace inlay {

namespace detail {

inline constexpr std::array<std::string_view, 6> own_schemes{"memory",   "sqlite", "postgresql",
                                                             "postgres", "mysql",  "mariadb"};

inline std::string listed(std::vector<std::string> const& names) {
  return names.empty() ? "none" : joined(names, " and ");
}

}  // namespace detail

Backends& Backends::add(Backend backend) {
  backends_.push_back(std::move(backend));
  return *this;
}

std::vector<std::string> Backends::schemes() const {
  std::vector<std::string> names;
  for (Backend const& backend : backends_) {
    for (std::string const& scheme : backend.schemes) {
      if (std::find(names.begin(), names.end(), scheme) == names.end()) names.push_back(scheme);
    }
  }
  return names;
}

Result<std::shared_ptr<Repository>> Backends::open(std::string_view url) const {
  auto const parsed = StoreUrl::parse(url);
  if (!parsed) return parsed.error();
  for (auto backend = backends_.rbegin(); backend != backends_.rend(); ++backend) {
    auto const& schemes = backend->schemes;
    if (std::find(schemes.begin(), schemes.end(), parsed->scheme) != schemes.end()) return backend->open(*parsed);
  }
  bool const is_own =
      std::find(detail::own_schemes.begin(), detail::own_schemes.end(), parsed->scheme) != detail::own_schemes.end();
  std::string const there_are = "; the backends there are: " + detail::listed(schemes());
  if (is_own) {
    return Error{.kind = ErrorKind::not_built,
                 .message = "the backend " + parsed->scheme + " is not part of this program" + there_are};
  }
  return Error{.kind = ErrorKind::unknown_scheme, .message = "no backend is called " + parsed->scheme + there_are};
}

}  // namespace inlay

#endif
