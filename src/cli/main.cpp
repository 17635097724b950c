// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"
#include "input.hpp"
#include "text.hpp"

#include <algorithm>
#include <clocale>
#include <cstring>
#include <exception>
#include <iostream>
#include <process.hpp>  // of src/server
#include <string>
#include <string_view>
#include <vector>

namespace {

// Everybody on the machine can read the arguments of a program that runs. Overwrites the password in one that is a URL,
// `scheme://user:password@...`, well-formed or not, also after `--store=`.
void hide_password(char* argument) {
  std::string_view const text(argument);
  std::size_t const option = text.starts_with("--") ? text.find('=') + 1 : 0;  // npos + 1 is 0
  std::size_t const slashes = text.find("://", option);
  if (slashes == std::string_view::npos) return;
  auto const is_of_scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
           c == '.';
  };
  if (!std::all_of(argument + option, argument + slashes, is_of_scheme)) return;
  std::size_t const colon = text.find(':', slashes + 3);
  std::size_t const at = text.rfind('@');
  if (colon == std::string_view::npos || at == std::string_view::npos || colon > at) return;
  std::fill(argument + colon + 1, argument + at, '*');
}

int run(int argc, char const* const* argv) {
  using namespace inlay;
  cli::Invocation const invocation = cli::read_arguments(argc, argv);
  if (invocation.exit_status) return *invocation.exit_status;
  cli::Session session{.options = invocation.options,
                       .output = cli::Output(invocation.options.output, invocation.options.is_wide)};
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
  if (int const failure = http_server::prepare_process(); failure != 0) {
    std::cerr << "inlay: /dev/null: " << std::strerror(failure) << '\n';  // NOLINT(concurrency-mt-unsafe): one thread
    return 1;
  }
  std::vector<std::string> const arguments(argv, argv + argc);
  std::for_each(argv, argv + argc, hide_password);
  std::vector<char const*> given;
  for (std::string const& argument : arguments) given.push_back(argument.c_str());
  // Only so that the width of characters is known; numbers and dates stay as they are everywhere.
  (void)std::setlocale(LC_CTYPE, "C.UTF-8");  // NOLINT(concurrency-mt-unsafe): there is one thread
  return run(argc, given.data());
}
