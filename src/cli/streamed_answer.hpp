// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_STREAMED_ANSWER_HPP
#define INLAY_CLI_STREAMED_ANSWER_HPP

#include <inlay/error.hpp>

#include <string>
#include <utility>

namespace inlay::cli {

/** An answer that is written to standard output while it is made, since it may be too long to be kept. */
class StreamedAnswer {
 public:
  /** @param what it is, for an error: "the export". */
  explicit StreamedAnswer(std::string what) : what_(std::move(what)) {}

  /** What is to be written next; to be appended to. */
  [[nodiscard]] std::string& text() noexcept { return text_; }

  /** Writes the text, if there is enough of it. @return unavailable when it cannot be written. */
  [[nodiscard]] Result<void> go_on();

  /** Writes the text. @return as go_on(). */
  [[nodiscard]] Result<void> flush();

  /** Whether writing has failed since whoever read it has had enough, which is no error. */
  [[nodiscard]] bool nobody_reads() const noexcept { return nobody_reads_; }

 private:
  std::string what_;
  std::string text_;
  bool nobody_reads_ = false;
};

}  // namespace inlay::cli

#endif
