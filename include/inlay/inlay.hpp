// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_INLAY_HPP
#define INLAY_INLAY_HPP

// Everything public but <inlay/rest/handler.hpp> and its neighbours, which need the library inlay::rest. Most programs
// need only <inlay/catalog.hpp>.

#include <inlay/backends/all.hpp>
#include <inlay/backends/memory.hpp>
#include <inlay/backends/mysql.hpp>
#include <inlay/backends/postgresql.hpp>
#include <inlay/backends/sql/host.hpp>
#include <inlay/backends/sqlite.hpp>
#include <inlay/birth.hpp>
#include <inlay/catalog.hpp>
#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/batch.hpp>
#include <inlay/catalog/requests.hpp>
#include <inlay/config/borrowed_config.hpp>
#include <inlay/config/config_node.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/config/layer.hpp>
#include <inlay/config/override.hpp>
#include <inlay/digest.hpp>
#include <inlay/ended.hpp>
#include <inlay/error.hpp>
#include <inlay/format.hpp>
#include <inlay/id.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>
#include <inlay/json/reading.hpp>
#include <inlay/live/follower.hpp>
#include <inlay/live/follower/terms.hpp>
#include <inlay/model/change_of.hpp>
#include <inlay/model/describe.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/environment.hpp>
#include <inlay/model/environment_integration.hpp>
#include <inlay/model/grant.hpp>
#include <inlay/model/installed_integration.hpp>
#include <inlay/model/integration.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/model/summary.hpp>
#include <inlay/model/team.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/backends.hpp>
#include <inlay/storage/chain.hpp>
#include <inlay/storage/change_cursor.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/condition.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/storage/scope.hpp>
#include <inlay/storage/store_url.hpp>
#include <inlay/storage/transfer.hpp>
#include <inlay/storage/usage.hpp>
#include <inlay/storage/verify.hpp>
#include <inlay/team_catalog.hpp>
#include <inlay/timestamp.hpp>

#endif
