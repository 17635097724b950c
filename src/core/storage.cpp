// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/impl/backends.ipp>
#include <inlay/storage/impl/chain.ipp>
#include <inlay/storage/impl/change_cursor.ipp>
#include <inlay/storage/impl/changes.ipp>
#include <inlay/storage/impl/commit.ipp>
#include <inlay/storage/impl/errors.ipp>
#include <inlay/storage/impl/query.ipp>
#include <inlay/storage/impl/repository.ipp>
#include <inlay/storage/impl/scope.ipp>
#include <inlay/storage/impl/store_url.ipp>
#include <inlay/storage/impl/verify.ipp>
