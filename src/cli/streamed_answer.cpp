// SPDX-License-Identifier: BSL-1.0
#include "streamed_answer.hpp"

#include "text.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <system_error>
#include <utility>

namespace inlay::cli {

StreamedAnswer::StreamedAnswer(std::string what, Text text)
    : what_(std::move(what)), is_to_be_escaped_(text == Text::records && ::isatty(STDOUT_FILENO) != 0) {}

Result<void> StreamedAnswer::go_on() {
  constexpr std::size_t enough = std::size_t{1} << 16U;
  return text_.size() < enough ? Result<void>() : flush();
}

Result<void> StreamedAnswer::flush() {
  if (is_to_be_escaped_) text_ = printable_records(text_);
  errno = 0;
  bool const is_written = std::fwrite(text_.data(), 1, text_.size(), stdout) == text_.size();
  bool const is_flushed = std::fflush(stdout) == 0;
  text_.clear();
  if (is_written && is_flushed) return {};
  nobody_reads_ = errno == EPIPE;
  return Error{.kind = ErrorKind::unavailable,
               .message = what_ + " cannot be written: " + std::generic_category().message(errno)};
}

}  // namespace inlay::cli
