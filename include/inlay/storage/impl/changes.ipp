// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_CHANGES_IPP
#define INLAY_STORAGE_IMPL_CHANGES_IPP

#include <inlay/model/describe.hpp>
#include <inlay/storage/changes.hpp>

#include <ostream>

namespace inlay {

std::string_view to_string(ChangeKind kind) noexcept { return model::enum_name(kind); }

std::ostream& operator<<(std::ostream& out, ChangeKind kind) { return out << to_string(kind); }

}  // namespace inlay

#endif
