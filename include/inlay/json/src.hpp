// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_SRC_HPP
#define INLAY_JSON_SRC_HPP

// The definitions of the json floor. Part of inlay/src.hpp.

#include <inlay/json/impl/document.ipp>
#include <inlay/json/impl/equal.ipp>
#include <inlay/json/impl/json_patch.ipp>
#include <inlay/json/impl/json_patch_diff.ipp>
#include <inlay/json/impl/member_spans.ipp>
#include <inlay/json/impl/merge_patch.ipp>
#include <inlay/json/impl/parse.ipp>
#include <inlay/json/impl/pointer.ipp>
#include <inlay/json/impl/print.ipp>
#include <inlay/json/impl/read_as.ipp>
#include <inlay/json/impl/scan.ipp>

#endif
