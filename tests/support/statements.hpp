// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_STATEMENTS_HPP
#define INLAY_TESTS_SUPPORT_STATEMENTS_HPP

#include <support/server.hpp>

#include <string>

namespace support {

/** How many statements the server was sent while `work` ran, each of which is a round trip. Whatever others send it
    meanwhile counts, too. */
template <class Work>
long long statements_of(Engine engine, ServerShell& shell, Work const& work) {
  if (engine == Engine::postgresql) {
    shell.run("create extension if not exists pg_stat_statements");
    shell.run("select pg_stat_statements_reset()");
    work();
    return shell.number("select coalesce(sum(calls), 0) from pg_stat_statements where query not like '%pg_stat%'");
  }
  auto const questions = [&] { return std::stoll(shell.run("show global status like 'Questions'").at(0).at(1)); };
  auto const before = questions();
  work();
  return questions() - before - 1;  // the second question is one itself
}

}  // namespace support

#endif
