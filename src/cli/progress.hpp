// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_PROGRESS_HPP
#define INLAY_CLI_PROGRESS_HPP

#include <inlay/storage/transfer.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace inlay::cli {

/** The bar that a terminal shows while records pass: `Copying [#####     ]  50 %  1200 of 2400`. It leaves no trace. */
class Progress {
 public:
  Progress(std::string what, bool is_shown) : what_(std::move(what)), is_shown_(is_shown) {}
  ~Progress();
  Progress(Progress const&) = delete;
  Progress& operator=(Progress const&) = delete;

  /** The sink, with every record counted that it takes. `sink` must live as long. */
  [[nodiscard]] RecordSink counting(RecordSink const& sink);

  /** The header that passed. */
  [[nodiscard]] StoreHeader const& header() const noexcept { return header_; }

 private:
  void draw();

  std::string what_;
  bool is_shown_;
  StoreHeader header_;
  std::size_t passed_{};
  std::chrono::steady_clock::time_point next_drawing_{};
};

/** How a bar looks. */
[[nodiscard]] std::string progress_bar(std::string const& what, std::size_t passed, std::size_t all);

}  // namespace inlay::cli

#endif
