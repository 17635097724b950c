// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_STATEMENT_HPP
#define INLAY_BACKENDS_SQL_STATEMENT_HPP

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::sql {

/** The two types of values that statements exchange: every database has these alike. */
enum class ValueType { integer, text };

/** A value on its way into a statement. */
struct Parameter {
  ValueType type{};
  bool is_null{};
  long long number{};
  std::string text{};

  friend bool operator==(Parameter const&, Parameter const&) = default;
};

[[nodiscard]] inline Parameter integer(long long number) {
  return {.type = ValueType::integer, .is_null = false, .number = number, .text = {}};
}
[[nodiscard]] inline Parameter text(std::string text) {
  return {.type = ValueType::text, .is_null = false, .number = 0, .text = std::move(text)};
}
[[nodiscard]] inline Parameter null(ValueType type) { return {.type = type, .is_null = true, .number = 0, .text = {}}; }

/** A statement, its parameters, and the types of the columns that it gives.

    Identifiers stand in double quotes, parameters are written :p1, :p2, ... by bind(); the same text always has the
    same types, since statements are kept prepared under their text.
*/
class Statement {
 public:
  Statement() = default;
  explicit Statement(std::string_view text) : text_(text) {}

  Statement& operator<<(std::string_view text) {
    text_ += text;
    return *this;
  }
  Statement& operator<<(char character) {
    text_ += character;
    return *this;
  }
  Statement& bind(Parameter value) {
    parameters_.push_back(std::move(value));
    text_ += ":p";
    text_ += std::to_string(parameters_.size());
    return *this;
  }
  /** Takes back what was appended after the first `length` characters, which must not have bound anything. */
  void shorten(std::size_t length) { text_.resize(length); }
  /** A value for a parameter that the text names already. */
  Statement& with(Parameter value) {
    parameters_.push_back(std::move(value));
    return *this;
  }
  Statement& gives(ValueType type) {
    columns_.push_back(type);
    return *this;
  }
  /** Says that there is no second row to look for. */
  Statement& gives_one_row() {
    gives_one_row_ = true;
    return *this;
  }
  /** Says that it is not worth keeping prepared: what it exchanges is large, and kept with it, or it is not run again.
   */
  Statement& runs_once() {
    is_kept_ = false;
    return *this;
  }

  [[nodiscard]] std::string const& text() const noexcept { return text_; }
  [[nodiscard]] std::vector<Parameter> const& parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::vector<ValueType> const& columns() const noexcept { return columns_; }
  [[nodiscard]] bool is_one_row() const noexcept { return gives_one_row_; }
  [[nodiscard]] bool is_kept() const noexcept { return is_kept_; }

 private:
  std::string text_;
  std::vector<Parameter> parameters_;
  std::vector<ValueType> columns_;
  bool gives_one_row_ = false;
  bool is_kept_ = true;
};

/** What came out of one column of a row. */
struct Column {
  bool is_null{};
  long long number{};
  std::string text{};  ///< may be moved from
};

/** Takes a value that came as text. What is no integer where one should be is as little in its place as a null. */
inline void take_text(Column& column, ValueType type, std::string_view text) {
  if (type == ValueType::integer) {
    char const* const end = text.data() + text.size();
    column.is_null = std::from_chars(text.data(), end, column.number).ptr != end;
  } else {
    column.text = text;
    column.is_null = false;
  }
}

/** A row as it comes out of a statement; valid until the function that got it returns. */
using Row = std::vector<Column>;

}  // namespace inlay::sql

#endif
