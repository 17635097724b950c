// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/once.hpp>

#include <support/catch.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace inlay;

TEST_CASE("what is to be done once is done once, however many ask for it at once") {
  constexpr int threads = 4;
  for (int round = 0; round != 200; ++round) {
    detail::Once once;
    int written = 0;  // without a lock: whoever comes after it is done reads it
    std::atomic<int> ready = 0;
    std::atomic<int> seen = 0;
    std::vector<std::thread> all;
    for (int i = 0; i != threads; ++i) {
      all.emplace_back([&] {
        ++ready;
        while (ready != threads) std::this_thread::yield();
        if (!once.is_done()) once.run([&] { written += 7; });
        seen += written;
      });
    }
    for (auto& thread : all) thread.join();
    REQUIRE(once.is_done());
    REQUIRE(seen == 7 * threads);
  }
}

TEST_CASE("who comes while it is being done waits until it is") {
  detail::Once once;
  std::atomic<bool> has_begun = false;
  std::atomic<bool> is_finished = false;
  std::thread first([&] {
    once.run([&] {
      has_begun = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      is_finished = true;
    });
  });
  while (!has_begun) std::this_thread::yield();
  CHECK_FALSE(once.is_done());
  once.run([] { FAIL("it is underway"); });
  CHECK(is_finished);
  first.join();
}

TEST_CASE("what could not be done is done by the next one") {
  detail::Once once;
  CHECK_THROWS_AS(once.run([] { throw std::runtime_error("not now"); }), std::runtime_error);
  CHECK_FALSE(once.is_done());
  bool was_done = false;
  once.run([&] { was_done = true; });
  CHECK(was_done);
  CHECK(once.is_done());
}
