// SPDX-License-Identifier: BSL-1.0
#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <variant>

namespace inlay::cli {
namespace {

constexpr std::string_view erase_line = "\r\x1B[K";

void show(std::string const& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_bar(std::string const& what, std::size_t passed, std::size_t all) {
  constexpr std::size_t width = 30;
  double const share = all == 0 ? 1.0 : std::min(1.0, static_cast<double>(passed) / static_cast<double>(all));
  auto const filled = static_cast<std::size_t>(share * width);
  std::string percent = std::to_string(static_cast<int>(share * 100));
  percent.insert(0, 3 - percent.size(), ' ');
  return what + " [" + std::string(filled, '#') + std::string(width - filled, ' ') + "] " + percent + " %  " +
         std::to_string(passed) + " of " + std::to_string(all);
}

Progress::~Progress() {
  if (is_shown_ && next_drawing_ != std::chrono::steady_clock::time_point()) show(std::string(erase_line));
}

RecordSink Progress::counting(RecordSink const& sink) {
  return [this, &sink](StoreRecord const& record) {
    auto taken = sink(record);
    if (taken.has_error()) return taken;
    if (auto const* header = std::get_if<StoreHeader>(&record)) {
      header_ = *header;
    } else {
      ++passed_;
    }
    if (is_shown_) draw();
    return taken;
  };
}

void Progress::draw() {
  auto const now = std::chrono::steady_clock::now();
  if (now < next_drawing_) return;
  next_drawing_ = now + std::chrono::milliseconds(100);
  show(std::string(erase_line) + progress_bar(what_, passed_, header_.size()));
}

}  // namespace inlay::cli
