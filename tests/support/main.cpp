// SPDX-License-Identifier: BSL-1.0
#include <support/at_end.hpp>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int main(int argc, char** argv) {
  int const status = Catch::Session().run(argc, argv);
  for (auto const& act : support::at_end()) act();
  return status;
}
