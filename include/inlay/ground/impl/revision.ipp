// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_REVISION_IPP
#define INLAY_GROUND_IMPL_REVISION_IPP

#include <inlay/revision.hpp>

#include <ostream>

namespace inlay {

std::string to_string(Version version) { return std::to_string(version.value); }

std::ostream& operator<<(std::ostream& out, Version version) { return out << to_string(version); }

std::string to_string(Revision revision) { return std::to_string(revision.value); }

std::ostream& operator<<(std::ostream& out, Revision revision) { return out << to_string(revision); }

}  // namespace inlay

#endif
