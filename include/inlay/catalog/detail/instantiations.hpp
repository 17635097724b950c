// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_INSTANTIATIONS_HPP
#define INLAY_CATALOG_DETAIL_INSTANTIATIONS_HPP

// For what the catalogue's templates are compiled. Each file of definitions instantiates its own, since each is
// compiled apart from the others; only a macro can go over a list there.

/** What callers create and change. Grants are written by the sharing operations only. */
#define INLAY_FOR_EACH_WRITABLE(Instantiate) \
  Instantiate(Team) Instantiate(Environment) Instantiate(Integration) Instantiate(EnvironmentIntegration)

/** What callers ensure and remove; an install has verbs of its own. */
#define INLAY_FOR_EACH_REMOVABLE(Instantiate) Instantiate(Team) Instantiate(Environment) Instantiate(Integration)

/** What a team calls by a name. */
#define INLAY_FOR_EACH_NAMED(Instantiate) Instantiate(Environment) Instantiate(Integration)

/** What there are lists of. */
#define INLAY_FOR_EACH_READABLE(Instantiate)                                                              \
  Instantiate(Team) Instantiate(Environment) Instantiate(Integration) Instantiate(EnvironmentIntegration) \
      Instantiate(Grant) Instantiate(OwnedIntegration) Instantiate(InstalledIntegration)

#endif
