// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_REPORT_HPP
#define INLAY_CLI_REPORT_HPP

#include "session.hpp"

#include <string>
#include <vector>

namespace inlay::cli {

struct ReportArguments {
  std::string environment;            // id or name; empty: all of them
  std::string integration;            // the same
  std::vector<std::string> pointers;  // none: the whole configuration
};

/** `config --all`: the configuration of every install, row by row. */
[[nodiscard]] Result<void> report(Session& session, ReportArguments const& arguments);

}  // namespace inlay::cli

#endif
