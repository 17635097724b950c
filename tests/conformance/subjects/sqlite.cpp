// SPDX-License-Identifier: BSL-1.0
#include "sqlite_files.hpp"

inlay::conformance::Subject inlay::conformance::subject() { return test::sqlite_in_files("sqlite"); }
