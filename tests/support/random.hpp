// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_RANDOM_HPP
#define INLAY_TESTS_SUPPORT_RANDOM_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace inlay::test {

/** The same numbers on every system and library, from one seed (splitmix64). */
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : seed_(seed), state_(seed) {}

  /** To be shown when a property fails: INLAY_TEST_SEED=<seed> repeats the run. */
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }

  std::uint64_t bits() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /** From 0 to `end` - 1. */
  std::size_t below(std::size_t end) noexcept { return static_cast<std::size_t>(bits() % end); }

  bool chance(std::size_t in) noexcept { return below(in) == 0; }

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

/** Starts from the seed in the environment variable INLAY_TEST_SEED, or else from a fixed one. */
inline Random random() {
  char const* const seed = std::getenv("INLAY_TEST_SEED");
  return Random(seed != nullptr ? std::strtoull(seed, nullptr, 10) : 20260101);
}

}  // namespace inlay::test

#endif
