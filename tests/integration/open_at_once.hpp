// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_OPEN_AT_ONCE_HPP
#define INLAY_TESTS_INTEGRATION_OPEN_AT_ONCE_HPP

#include <support/server.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace support {

/** Opens a store so many times at once, each by its own URL, and has each opening commit something.

    @return what went wrong, in words.
*/
[[nodiscard]] inline std::vector<std::string> open_at_once(int openings,
                                                           std::function<std::string(int opening)> const& url_of,
                                                           std::function<inlay::Commit()> const& new_commit) {
  std::atomic<int> ready = 0;
  std::vector<std::string> told(static_cast<std::size_t>(openings));
  std::vector<std::thread> threads;
  for (int i = 0; i < openings; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < openings) std::this_thread::yield();
      auto const store = open_server(url_of(i));
      auto const committed = store ? (*store)->commit(new_commit()) : inlay::Result<inlay::Committed>(store.error());
      if (committed.has_error()) told.at(static_cast<std::size_t>(i)) = to_string(committed.error());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::erase(told, "");
  return told;
}

}  // namespace support

#endif
