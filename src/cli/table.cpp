// SPDX-License-Identifier: BSL-1.0
#include "table.hpp"

#include "text.hpp"

#include <inlay/json/print.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace inlay::cli {
namespace {

// Wide enough for an id and for most values; what is longer is for `--output json`.
constexpr std::size_t widest_cell = 60;

constexpr std::string_view escape_sequence_of(Tone tone) {
  switch (tone) {
    case Tone::heading: return "\033[1m";
    case Tone::name: return "\033[36m";
    case Tone::faint: return "\033[2m";
    case Tone::good: return "\033[32m";
    case Tone::bad: return "\033[31m";
    case Tone::plain: break;
  }
  return "";
}

std::string padded(std::string text, std::size_t width) {
  std::size_t const used = columns(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

void append_row(std::string& out, std::vector<Cell> const& row, std::vector<std::size_t> const& widths, Style style) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    bool const is_last = i + 1 == row.size();
    out += style.paint(row[i].text, row[i].tone);
    if (!is_last) out.append(widths[i] - columns(row[i].text) + 2, ' ');
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

std::string indented(std::string const& lines, std::size_t by) {
  std::string out;
  std::size_t at = 0;
  while (at < lines.size()) {
    std::size_t const end = std::min(lines.find('\n', at), lines.size());
    out.append(by, ' ').append(lines, at, end - at) += '\n';
    at = end + 1;
  }
  return out;
}

bool is_document(std::string_view member) { return member == "config" || member == "override"; }

void append_listing(std::string& out, boost::json::object const& resource, std::size_t indent, Style style) {
  std::size_t widest = 0;
  for (auto const& [name, value] : resource) widest = std::max(widest, name.size());
  for (auto const& [key, value] : resource) {
    std::string_view const name(key.data(), key.size());
    auto const* object = value.if_object();
    bool const has_lines = object != nullptr && !object->empty();
    out.append(indent, ' ');
    if (!has_lines) {
      Cell const cell = cell_of(&value);
      out += style.paint(padded(printable(name), widest), Tone::name) + "  " +
             style.paint(printable(cell.text), cell.tone) + '\n';
      continue;
    }
    out += style.paint(printable(name), Tone::name) + '\n';
    if (is_document(name)) {
      out += indented(pretty(value), indent + 2);
    } else {
      append_listing(out, *object, indent + 2, style);
    }
  }
}

}  // namespace

std::string Style::paint(std::string_view text, Tone tone) const {
  std::string_view const start = has_colour ? escape_sequence_of(tone) : std::string_view();
  if (start.empty() || text.empty()) return std::string(text);
  return std::string(start).append(text).append("\033[0m");
}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) {
    cell.text = shortened(printable(cell.text), widest_cell);
    cell.text.shrink_to_fit();
  }
  rows_.push_back(std::move(row));
}

// Nothing in `widths` means that the titles are still to come.
void Table::append(std::vector<std::vector<Cell>> const& rows, Style style, std::vector<std::size_t>& widths,
                   std::string& out) const {
  bool const has_titles = widths.empty();
  if (has_titles) {
    for (std::string const& title : titles_) widths.push_back(columns(title));
  }
  for (auto const& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i].text));
  }
  if (has_titles) {
    std::vector<Cell> head;
    for (std::string const& title : titles_) head.push_back({title, Tone::heading});
    append_row(out, head, widths, style);
  }
  for (auto const& row : rows) append_row(out, row, widths, style);
}

std::string Table::text(Style style) const {
  std::string out;
  std::vector<std::size_t> widths;
  append(rows_, style, widths, out);
  return out;
}

std::string Table::take_text(Style style) {
  std::string out;
  append(std::exchange(rows_, {}), style, widths_, out);
  return out;
}

Cell cell_of(boost::json::value const* value) {
  if (value == nullptr) return {"-", Tone::faint};
  if (auto const* text = value->if_string()) return {std::string(text->data(), text->size()), Tone::plain};
  if (auto const* truth = value->if_bool()) return {*truth ? "true" : "false", *truth ? Tone::good : Tone::faint};
  return {json::print(*value), Tone::plain};
}

std::string pretty(boost::json::value const& value) {
  std::string lines = printable_lines(json::print_pretty(value));
  if (lines.empty() || lines.back() != '\n') lines += '\n';
  return lines;
}

std::string listing(boost::json::object const& resource, Style style) {
  std::string out;
  append_listing(out, resource, 0, style);
  return out;
}

}  // namespace inlay::cli
