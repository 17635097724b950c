// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_TABLE_HPP
#define INLAY_CLI_TABLE_HPP

#include <inlay/timestamp.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::cli {

/** What a piece of text is, which colour shows where there is colour. */
enum class Tone { plain, heading, name, faint, good, bad };

/** How answers for people look where they go. */
struct Style {
  bool has_colour = false;
  std::size_t width = 0;  ///< columns that a line may take; 0: however many it needs
  bool is_wide = false;   ///< everything is shown whole: ids, times, and what is too wide for a table

  [[nodiscard]] std::string paint(std::string_view text, Tone tone) const;
};

struct Cell {
  std::string text;  ///< not escaped yet; whoever shows it does that
  Tone tone = Tone::plain;
};

/** What becomes of a column where a terminal is too narrow for all of them. */
enum class Fit {
  whole,  ///< stays as wide as it is
  cut,    ///< what is too wide is cut
  rest,   ///< the same, before what is in other columns
  spare,  ///< is left out
  id,     ///< stays; of the ids there the ends are shown, as many digits as tell them apart
};

struct Heading {
  std::string title;
  Fit fit = Fit::cut;
};

/** Rows under headings, in columns as wide as what is in them, and no wider together than the style's width. */
class Table {
 public:
  Table(std::vector<Heading> headings, Style style) : headings_(std::move(headings)), style_(style) {}

  /** Adds a row, of which no more is kept than will be shown. */
  void add(std::vector<Cell> row);

  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }

  /** The rows since the last call, which are forgotten; the first time with the headings. In a table that is too long
      to be kept a column that must grow wider on the way does so from there on. */
  [[nodiscard]] std::string take_text();

 private:
  void shorten_ids();
  [[nodiscard]] std::vector<std::size_t> fitted() const;

  std::vector<Heading> headings_;
  Style style_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> widths_;  // of what was taken; empty: nothing was
};

/** The time of a cell: as people say it, or whole where the style is wide. */
[[nodiscard]] std::string time_text(Timestamp time, Style style);

/** How people say when something was: "just now", "5 min ago", "3 h ago", "12 days ago", "2021-08-10". */
[[nodiscard]] std::string said(Timestamp time, Timestamp now);

/** A value of a resource as a cell shows it: a text without quotes, `-` for what is absent, else its JSON. */
[[nodiscard]] Cell cell_of(boost::json::value const* value);

/** JSON over several lines. */
[[nodiscard]] std::string pretty(boost::json::value const& value);

/** A whole resource, a line a member, what is nested indented below its name. */
[[nodiscard]] std::string listing(boost::json::object const& resource, Style style);

}  // namespace inlay::cli

#endif
