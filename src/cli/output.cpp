// SPDX-License-Identifier: BSL-1.0
#include "output.hpp"

#include "text.hpp"

#include <inlay/catalog/internal/answer_json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <system_error>

namespace inlay::cli {
namespace {

// https://no-color.org: set, and not to nothing, whatever it is set to.
bool wants_colour(int stream) {
  char const* const no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): there is one thread
  if (no_color != nullptr && *no_color != '\0') return false;
  char const* const terminal = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): there is one thread
  if (terminal == nullptr || std::strcmp(terminal, "dumb") == 0) return false;
  return ::isatty(stream) != 0;
}

bool is_json(Format format, int stream) {
  return format == Format::json || (format != Format::table && ::isatty(stream) == 0);
}

// As ls and others have it: $COLUMNS, else what the terminal says of itself. Where there is none, as many as it takes.
std::size_t columns_of(int stream) {
  constexpr std::size_t usual = 80;
  char const* const columns = std::getenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe): there is one thread
  std::size_t given = 0;
  if (columns != nullptr) {
    std::string_view const text(columns);
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), given);
    if (failure == std::errc() && end == text.data() + text.size() && given > 0) return given;
  }
  if (::isatty(stream) == 0) return 0;
  winsize size{};
  bool const says_size = ::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return says_size ? size.ws_col : usual;
}

struct Remark {
  std::string_view remark{};
};
BOOST_DESCRIBE_STRUCT(Remark, (), (remark))

struct ErrorForm {
  std::string_view kind{};
  std::string_view message{};
  model::Inlined<answers::ErrorFacts> facts{};
  std::optional<std::int64_t> retry_after{};  ///< seconds
};
BOOST_DESCRIBE_STRUCT(ErrorForm, (), (kind, message, facts, retry_after))

struct Failure {
  ErrorForm error{};
};
BOOST_DESCRIBE_STRUCT(Failure, (), (error))

}  // namespace

Output::Output(Format format, bool is_wide)
    : answers_are_json_(format != Format::csv && cli::is_json(format, STDOUT_FILENO)),
      answers_are_csv_(format == Format::csv),
      errors_are_json_(cli::is_json(format, STDERR_FILENO)),
      is_on_terminal_(::isatty(STDOUT_FILENO) != 0),
      style_{.has_colour = wants_colour(STDOUT_FILENO), .width = columns_of(STDOUT_FILENO), .is_wide = is_wide},
      error_style_{.has_colour = wants_colour(STDERR_FILENO),
                   .width = ::isatty(STDERR_FILENO) != 0 ? columns_of(STDERR_FILENO) : 0} {}

void Output::add_json(std::string_view json) {
  if (is_on_terminal_) {
    answer_ += printable_records(json);
  } else {
    answer_ += json;
  }
  answer_ += '\n';
}

void Output::add_text(std::string_view text) { answer_ += text; }

void Output::remark(std::string_view text) {
  if (errors_are_json_) {
    std::string const said = model::form_text(Remark{text});
    remarks_.append(::isatty(STDERR_FILENO) != 0 ? printable_records(said) : said) += '\n';
  } else {
    remarks_.append(error_style_.paint(wrapped(printable(text), error_style_.width, 0), Tone::faint)) += '\n';
  }
}

bool Output::shows_progress() const {
  char const* const terminal = std::getenv("TERM");
  bool const can_erase = terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
  return !errors_are_json_ && can_erase && ::isatty(STDERR_FILENO) != 0;
}

void Output::fail(Error error) const {
  if (has_written_ && error.outcome == Outcome::not_done) error.outcome = Outcome::done;
  std::string text;
  if (errors_are_json_) {
    text = error_json(error);
  } else {
    std::string const start = "inlay: " + std::string(to_string(error.kind)) + ':';
    std::string const whole = wrapped(start + ' ' + printable(error.message), error_style_.width, 2);
    text = whole.starts_with(start) ? error_style_.paint(start, Tone::bad) + whole.substr(start.size()) : whole;
    // Where text is no JSON at all, its line says more.
    bool const is_about_text = error.kind == ErrorKind::invalid_document && error.pointer == "";
    if (error.pointer && !is_about_text) {
      text += "\n  at " + (error.pointer->empty() ? "the whole document (\"\")" : printable(*error.pointer));
    }
    if (error.current_version) text += "\n  the current version is " + std::to_string(error.current_version->value);
    if (error.retry_after) text += "\n  try again in " + std::to_string(error.retry_after->count()) + " s";
    if (error.outcome == Outcome::unknown) text += "\n  it may have happened: look before you try again";
    if (error.outcome == Outcome::done && !is_repeatable_) text += "\n  it has happened: do not do it again";
  }
  text += '\n';
  std::cerr << text;
}

Result<void> Output::finish() {
  bool const is_written = std::fwrite(answer_.data(), 1, answer_.size(), stdout) == answer_.size();
  bool const is_flushed = std::fflush(stdout) == 0;
  if ((!is_written || !is_flushed) && errno != EPIPE) {
    return Error{.kind = ErrorKind::unavailable,
                 .message = std::string("the answer cannot be written: ") + std::generic_category().message(errno)};
  }
  std::cerr << remarks_;
  return {};
}

std::string error_json(Error const& error) {
  // A message may repeat an argument, and what a shell passes need not be UTF-8, as JSON must.
  std::string const message = printable(error.message);
  return model::form_text(
      Failure{{.kind = to_string(error.kind),
               .message = message,
               .facts = {answers::ErrorFacts::of(error, printable)},
               .retry_after = error.retry_after ? std::optional(error.retry_after->count()) : std::nullopt}});
}

}  // namespace inlay::cli
