// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_OUTPUT_HPP
#define INLAY_CLI_OUTPUT_HPP

#include "table.hpp"

#include <inlay/error.hpp>

#include <string>
#include <string_view>

namespace inlay::cli {

/** How answers and errors are written; automatic: tables on a terminal, JSON elsewhere, for each stream by itself. With
    csv, which is a form of answers alone, errors are as with automatic. */
enum class Format { automatic, table, json, csv };

/** Where answers and errors go. Answers are kept until finish(), so that a failed command prints none. */
class Output {
 public:
  /** @param is_wide: tables show everything whole, however wide they get. */
  explicit Output(Format format, bool is_wide = false);

  /** Whether answers are JSON; else they are for people. */
  [[nodiscard]] bool is_json() const noexcept { return answers_are_json_; }

  /** Whether answers are CSV (RFC 4180), which is asked only of what has rows. */
  [[nodiscard]] bool is_csv() const noexcept { return answers_are_csv_; }

  /** Whether answers go to a terminal, whatever their form. */
  [[nodiscard]] bool is_on_terminal() const noexcept { return is_on_terminal_; }

  /** How answers for people look. */
  [[nodiscard]] Style style() const noexcept { return style_; }

  /** Adds JSON text as the one line of the answer; where a terminal shows it, with what it would obey escaped. */
  void add_json(std::string_view json);

  /** Adds text for people: escaped where it holds what others wrote. */
  void add_text(std::string_view text);

  /** A remark beside the answer, on standard error: a line of text, or `{"remark": …}` where errors are JSON. For what
      an answer as JSON does not say itself. */
  void remark(std::string_view text);

  /** Whether somebody looks at standard error while it is written, and can be shown what changes in place. */
  [[nodiscard]] bool shows_progress() const;

  /** An error, on standard error; one after note_write() says that the write has happened. */
  void fail(Error error) const;

  /** The store has been written: what goes wrong now is about the answer alone. */
  void note_write() noexcept { has_written_ = true; }

  /** The command can be done again without harm, and is to be where it was not done to its end. */
  void note_repeatable() noexcept { is_repeatable_ = true; }

  /** Writes the answer.

      @return unavailable when it cannot be written. It is no error if nobody wants to read it any more (a closed pipe).
  */
  [[nodiscard]] Result<void> finish();

 private:
  bool answers_are_json_;
  bool answers_are_csv_;
  bool errors_are_json_;
  bool is_on_terminal_;
  Style style_;
  Style error_style_;
  std::string answer_;
  std::string remarks_;
  bool has_written_ = false;
  bool is_repeatable_ = false;
};

/** `{"error": {"kind": …, "message": …, "pointer"?: …, "current_version"?: …, "outcome"?: "unknown" or "done"}}` */
[[nodiscard]] std::string error_json(Error const& error);

}  // namespace inlay::cli

#endif
