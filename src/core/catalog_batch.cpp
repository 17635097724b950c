// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/batch.ipp>
#include <inlay/catalog/impl/batch_json.ipp>
#include <inlay/catalog/impl/batch_run.ipp>
#include <inlay/catalog/impl/draft.ipp>
#include <inlay/catalog/impl/draft_reads.ipp>
