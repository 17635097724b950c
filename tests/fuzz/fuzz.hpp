// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_FUZZ_FUZZ_HPP
#define INLAY_TESTS_FUZZ_FUZZ_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

/** What libFuzzer calls, with each input it thinks of. */
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace inlay::fuzz {

/** Ends the program when a property does not hold, so that libFuzzer keeps the input. */
inline void require(bool holds, char const* property, std::string_view seen = {}) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n%.*s\n", property, static_cast<int>(seen.size()), seen.data());
  std::abort();
}

inline std::string_view as_text(std::uint8_t const* data, std::size_t size) {
  return {reinterpret_cast<char const*>(data), size};
}

/** Takes the first line off the text. */
inline std::string_view take_line(std::string_view& text) {
  auto const end = text.find('\n');
  auto const line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/** Choices taken from an input's bytes, in the place of random ones: a byte a choice, the first when none is left. */
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool are_left() const noexcept { return !bytes_.empty(); }

  std::size_t below(std::size_t end) noexcept {
    if (bytes_.empty()) return 0;
    auto const byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte % end;
  }
  bool chance(std::size_t in) noexcept { return below(in) == 0; }

 private:
  std::string_view bytes_;
};

}  // namespace inlay::fuzz

#endif
