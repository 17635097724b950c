// SPDX-License-Identifier: BSL-1.0
#include "table.hpp"

#include "text.hpp"

#include <inlay/json/print.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
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

constexpr std::size_t left_out = std::string::npos;  // as the width of a column
constexpr std::size_t between = 2;

void append_row(std::string& out, std::vector<Cell> const& row, std::vector<std::size_t> const& widths, Style style) {
  std::size_t due = 0;  // spaces before the next cell
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (widths[i] == left_out) continue;
    std::string const text = shortened(row[i].text, widths[i]);
    if (!text.empty()) {
      out.append(due, ' ') += style.paint(text, row[i].tone);
      due = 0;
    }
    due += widths[i] - columns(text) + between;
  }
  out += '\n';
}

std::size_t sum_of(std::vector<std::size_t> const& widths) {
  std::size_t sum = 0;
  for (std::size_t const width : widths) sum += width == left_out ? 0 : width + between;
  return sum == 0 ? 0 : sum - between;
}

/** Takes columns of those that may be cut, from the widest first, until all fit or none is wider than `least`. */
template <class MayCut>
void cut(std::vector<std::size_t>& widths, std::size_t limit, std::size_t least, MayCut const& may_cut) {
  for (std::size_t sum = sum_of(widths); sum > limit; --sum) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] == left_out || widths[i] <= least || !may_cut(i)) continue;
      if (widest == nullptr || widths[i] > *widest) widest = &widths[i];
    }
    if (widest == nullptr) return;
    --*widest;
  }
}

/** The last digits of an id, without reaching over a dash: its last group at most. */
std::string_view end_of_id(std::string_view id, std::size_t digits) { return id.substr(id.size() - digits); }

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
    cell.text = printable(cell.text);
    if (!style_.is_wide) cell.text = shortened(std::move(cell.text), widest_cell);
    cell.text.shrink_to_fit();
  }
  rows_.push_back(std::move(row));
}

void Table::shorten_ids() {
  constexpr std::size_t id_size = 36;
  constexpr std::size_t fewest = 8;
  constexpr std::size_t most = 12;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    if (headings_[i].fit != Fit::id) continue;
    std::set<std::string_view> ids;
    for (auto const& row : rows_) {
      if (row[i].text.size() == id_size) ids.insert(row[i].text);
    }
    std::size_t digits = fewest;
    auto const are_told_apart = [&] {
      std::set<std::string_view> ends;
      for (std::string_view const id : ids) ends.insert(end_of_id(id, digits));
      return ends.size() == ids.size();
    };
    while (digits <= most && !are_told_apart()) ++digits;
    if (digits > most) continue;
    for (auto& row : rows_) {
      if (row[i].text.size() == id_size) row[i].text = std::string(end_of_id(row[i].text, digits));
    }
  }
}

std::vector<std::size_t> Table::fitted() const {
  constexpr std::size_t wide_enough = 20;
  constexpr std::size_t narrow = 8;
  constexpr std::size_t narrowest = 3;
  std::size_t const limit = style_.width;
  if (limit == 0 || style_.is_wide) return widths_;
  auto const is_rest = [&](std::size_t i) { return headings_[i].fit == Fit::rest; };
  auto const may_be_cut = [&](std::size_t i) { return is_rest(i) || headings_[i].fit == Fit::cut; };
  std::vector<std::size_t> kept = widths_;  // of the columns that are not left out
  std::vector<std::size_t> widths = kept;
  cut(widths, limit, wide_enough, is_rest);
  cut(widths, limit, wide_enough, may_be_cut);
  for (std::size_t i = kept.size(); i > 0 && sum_of(widths) > limit; --i) {
    if (headings_[i - 1].fit != Fit::spare) continue;
    kept[i - 1] = left_out;
    widths = kept;
    cut(widths, limit, wide_enough, may_be_cut);
  }
  cut(widths, limit, narrow, may_be_cut);
  cut(widths, limit, narrowest, [](std::size_t) { return true; });
  for (std::size_t i = widths.size(); i > 1 && sum_of(widths) > limit; --i) widths[i - 1] = left_out;
  return widths;
}

std::string Table::take_text() {
  bool const has_headings = widths_.empty();
  if (has_headings) {
    for (Heading const& heading : headings_) widths_.push_back(columns(heading.title));
  }
  if (!style_.is_wide) shorten_ids();
  for (auto const& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], columns(row[i].text));
  }
  auto const widths = fitted();
  std::string out;
  if (has_headings) {
    std::vector<Cell> head;
    for (Heading const& heading : headings_) head.push_back({heading.title, Tone::heading});
    append_row(out, head, widths, style_);
  }
  for (auto const& row : std::exchange(rows_, {})) append_row(out, row, widths, style_);
  return out;
}

std::string said(Timestamp time, Timestamp now) {
  constexpr std::int64_t second = 1'000'000;
  std::int64_t const seconds = (now.microseconds - time.microseconds) / second;
  // Clocks differ a little: what another one says will be in a moment is now.
  if (seconds < -60 || seconds >= std::int64_t{30} * 86'400) return to_string(time).substr(0, 10);
  if (seconds < 60) return "just now";
  if (seconds < 3'600) return std::to_string(seconds / 60) + " min ago";
  if (seconds < 86'400) return std::to_string(seconds / 3'600) + " h ago";
  std::int64_t const days = seconds / 86'400;
  return std::to_string(days) + (days == 1 ? " day ago" : " days ago");
}

std::string time_text(Timestamp time, Style style) { return style.is_wide ? to_string(time) : said(time, now()); }

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
