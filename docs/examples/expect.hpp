// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_DOCS_EXAMPLES_EXPECT_HPP
#define INLAY_DOCS_EXAMPLES_EXPECT_HPP

#include <boost/assert/source_location.hpp>
#include <cstdlib>
#include <iostream>

/** Ends the example when what it says is not so. Unlike assert, it holds in every build. */
inline void expect(bool is_so, boost::source_location const& where = BOOST_CURRENT_LOCATION) {
  if (is_so) return;
  std::cerr << where.file_name() << ":" << where.line() << ": this is not as the documentation says\n";
  std::exit(1);
}

#endif
