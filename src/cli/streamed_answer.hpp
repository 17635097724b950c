// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_STREAMED_ANSWER_HPP
#define INLAY_CLI_STREAMED_ANSWER_HPP

#include <inlay/error.hpp>

#include <string>

namespace inlay::cli {

/** An answer that is written to standard output while it is made, since it may be too long to be kept. */
class StreamedAnswer {
 public:
  /** What of it others have written. */
  enum class Text {
    printable,  ///< is escaped already
    records     ///< stands in it as it is, in JSON or CSV: where a terminal shows it, what it would obey is escaped
  };

  /** @param what it is, for an error: "the export". */
  explicit StreamedAnswer(std::string what, Text text = Text::records);

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
  bool is_to_be_escaped_;
  std::string text_;
  bool nobody_reads_ = false;
};

}  // namespace inlay::cli

#endif
