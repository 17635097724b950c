// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_TABLE_HPP
#define INLAY_CLI_TABLE_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::cli {

/** What a piece of text is, which colour shows where there is colour. */
enum class Tone { plain, heading, name, faint, good, bad };

/** Whether there is colour. */
struct Style {
  bool has_colour = false;

  [[nodiscard]] std::string paint(std::string_view text, Tone tone) const;
};

struct Cell {
  std::string text;  ///< not escaped yet; whoever shows it does that
  Tone tone = Tone::plain;
};

/** Rows under titles, in columns as wide as what is in them. */
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : titles_(std::move(titles)) {}

  /** Adds a row, of which no more is kept than will be shown. */
  void add(std::vector<Cell> row);

  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] std::string text(Style style) const;

  /** The rows since the last call, which are forgotten; the first time with the titles. For a table that is too long to
      be kept: a column that must grow wider on the way does so from there on. */
  [[nodiscard]] std::string take_text(Style style);

 private:
  void append(std::vector<std::vector<Cell>> const& rows, Style style, std::vector<std::size_t>& widths,
              std::string& out) const;

  std::vector<std::string> titles_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> widths_;  // of what was taken; empty: nothing was
};

/** A value of a resource as a cell shows it: a text without quotes, `-` for what is absent, else its JSON. */
[[nodiscard]] Cell cell_of(boost::json::value const* value);

/** JSON over several lines. */
[[nodiscard]] std::string pretty(boost::json::value const& value);

/** A whole resource, a line a member, what is nested indented below its name. */
[[nodiscard]] std::string listing(boost::json::object const& resource, Style style);

}  // namespace inlay::cli

#endif
