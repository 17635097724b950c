// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_ALL_HPP
#define INLAY_CATALOG_RULES_ALL_HPP

// The rules of all entities.

#include <inlay/catalog/rules/environment.hpp>
#include <inlay/catalog/rules/environment_integration.hpp>
#include <inlay/catalog/rules/grant.hpp>
#include <inlay/catalog/rules/integration.hpp>
#include <inlay/catalog/rules/team.hpp>

#endif
