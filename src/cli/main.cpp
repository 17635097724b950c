// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"
#include "input.hpp"
#include "text.hpp"

#include <clocale>
#include <exception>
#include <iostream>

namespace {

int run(int argc, char const* const* argv) {
  using namespace inlay;
  cli::Invocation const invocation = cli::read_arguments(argc, argv);
  if (invocation.exit_status) return *invocation.exit_status;
  cli::Session session{.options = invocation.options, .output = cli::Output(invocation.options.output)};
  try {
    auto done = invocation.command(session);
    if (done.has_value()) done = session.output.finish();
    if (done.has_value()) return 0;
    session.output.fail(done.error());
  } catch (cli::UsageError const& error) {
    return cli::wrong_usage(error.what(), invocation.name);
  } catch (std::exception const& error) {
    session.output.fail({.kind = ErrorKind::internal, .message = error.what()});
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  // Only so that the width of characters is known; numbers and dates stay as they are everywhere.
  (void)std::setlocale(LC_CTYPE, "C.UTF-8");  // NOLINT(concurrency-mt-unsafe): there is one thread
  return run(argc, argv);
}
