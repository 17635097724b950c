// SPDX-License-Identifier: BSL-1.0
#include "yaml.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace inlay::rest {
namespace {

namespace json = boost::json;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

json::value plain(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == "null") return nullptr;
  std::int64_t number = 0;
  char const* const end = text.data() + text.size();
  if (auto const [stop, error] = std::from_chars(text.data(), end, number); error == std::errc() && stop == end) {
    return number;
  }
  return json::string(text);
}

/** Where a quoted scalar ends, which begins at `begin`. */
std::size_t end_of_quotes(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[begin] == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == text[begin]) {
      if (text[begin] == '"' || text.substr(i + 1, 1) != "'") return i + 1;
      ++i;  // '' stands for one of them
    }
  }
  return text.size();
}

json::string unquoted(std::string_view text) {
  if (text.front() == '"') return json::parse(text).as_string();
  json::string plain_text;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    plain_text += text[i];
    if (text[i] == '\'') ++i;
  }
  return plain_text;
}

bool is_quote(char c) noexcept { return c == '"' || c == '\''; }

/** Calls `visit(index)` for each character that stands outside of quotes; one that returns false ends it. */
template <class Visitor>
void for_each_unquoted(std::string_view text, Visitor const& visit) {
  for (std::size_t i = 0; i < text.size();) {
    // An apostrophe inside a word is none that begins anything.
    bool const begins = i == 0 || std::string_view(" {[,:").find(text[i - 1]) != std::string_view::npos;
    if (is_quote(text[i]) && begins) {
      i = end_of_quotes(text, i);
    } else if (visit(i)) {
      ++i;
    } else {
      return;
    }
  }
}

[[noreturn]] void refuse(std::size_t line, std::string const& why) {
  throw std::invalid_argument("line " + std::to_string(line) + ": " + why);
}

/** A mapping, a sequence or a scalar that is written in a flow, such as `{ name: id, in: [a, b] }`. */
class Flow {
 public:
  Flow(std::string_view text, std::size_t line) : text_(text), line_(line) {}

  [[nodiscard]] json::value whole() {
    json::value made = value();
    skip_spaces();
    if (at_ != text_.size()) refuse(line_, "something follows the value");
    return made;
  }

 private:
  [[nodiscard]] json::value value(std::string_view ends = {}) {
    skip_spaces();
    if (at_ == text_.size()) return json::string();
    if (text_[at_] == '{') return mapping();
    if (text_[at_] == '[') return sequence();
    if (is_quote(text_[at_])) return quoted();
    std::size_t const begin = at_;
    while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos) ++at_;
    return plain(trimmed(text_.substr(begin, at_ - begin)));
  }
  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  /** Passes over the comma that stands between two; @return whether the end was passed over. */
  [[nodiscard]] bool ends_with(char end, bool is_first) {
    skip_spaces();
    bool const has_comma = !is_first && at_ < text_.size() && text_[at_] == ',';
    if (has_comma) ++at_;
    skip_spaces();
    if (at_ == text_.size()) refuse(line_, std::string("there is no ") + end);
    if (text_[at_] != end) {
      if (!is_first && !has_comma) refuse(line_, "there is no comma between two values");
      return false;
    }
    ++at_;
    return true;
  }
  json::string quoted() {
    std::size_t const begin = at_;
    at_ = end_of_quotes(text_, begin);
    return unquoted(text_.substr(begin, at_ - begin));
  }
  json::value mapping() {
    json::object all;
    ++at_;
    for (bool is_first = true; !ends_with('}', is_first); is_first = false) {
      json::string key;
      if (is_quote(text_[at_])) {
        key = quoted();
      } else {
        std::size_t const end = std::min(text_.find_first_of(":,}]", at_), text_.size());
        key = trimmed(text_.substr(at_, end - at_));
        at_ = end;
      }
      if (at_ == text_.size() || text_[at_] != ':') refuse(line_, "the name '" + std::string(key) + "' has no value");
      ++at_;
      all.insert_or_assign(key, value(",}"));
    }
    return all;
  }
  json::value sequence() {
    json::array all;
    ++at_;
    for (bool is_first = true; !ends_with(']', is_first); is_first = false) all.push_back(value(",]"));
    return all;
  }

  std::string_view text_;
  std::size_t line_;
  std::size_t at_ = 0;
};

class Blocks {
 public:
  explicit Blocks(std::string_view text) {
    while (!text.empty()) {
      std::size_t const end = std::min(text.find('\n'), text.size());
      add(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  [[nodiscard]] json::value whole() {
    skip_empty();
    if (at_ == lines_.size()) return nullptr;
    json::value made = block();
    skip_empty();
    if (at_ != lines_.size()) refuse(at_ + 1, "it begins in a column in which nothing around it does");
    return made;
  }

 private:
  [[nodiscard]] json::value block() {
    return lines_[at_].text.starts_with("- ") ? sequence(lines_[at_].column) : node(lines_[at_].column);
  }

  struct Line {
    std::size_t column;
    std::string_view text;
  };

  void add(std::string_view line) {
    std::size_t const column = std::min(line.find_first_not_of(' '), line.size());
    lines_.push_back({column, line.substr(column)});
  }

  void skip_empty() {
    while (at_ < lines_.size() && (lines_[at_].text.empty() || lines_[at_].text.front() == '#')) ++at_;
  }

  /** Whether there is a line that begins in that column, with no line of a block around it before. */
  [[nodiscard]] bool is_at(std::size_t column) {
    skip_empty();
    return at_ < lines_.size() && lines_[at_].column == column;
  }

  json::value sequence(std::size_t column) {
    json::array all;
    while (is_at(column) && lines_[at_].text.starts_with("- ")) {
      std::string_view const text = lines_[at_].text;
      std::size_t const inset = std::min(text.find_first_not_of(' ', 1), text.size());
      lines_[at_] = {column + inset, text.substr(inset)};  // what follows the dash is as if it stood on a line alone
      all.push_back(node(column + inset));
    }
    return all;
  }

  /** Where the key of a mapping ends in a line; npos for a line that has none. */
  [[nodiscard]] static std::size_t colon_of(std::string_view text) {
    std::size_t found = std::string_view::npos;
    if (text.starts_with('{') || text.starts_with('[')) return found;
    for_each_unquoted(text, [&](std::size_t i) {
      if (text[i] != ':' || (i + 1 < text.size() && text[i + 1] != ' ')) return true;
      found = i;
      return false;
    });
    return found;
  }

  json::value node(std::size_t column) {
    if (colon_of(lines_[at_].text) == std::string_view::npos) return scalar_or_flow(lines_[at_].text);
    json::object all;
    while (is_at(column) && colon_of(lines_[at_].text) != std::string_view::npos) {
      std::string_view const text = lines_[at_].text;
      std::size_t const colon = colon_of(text);
      std::string_view const key = text.substr(0, colon);
      json::string const name = is_quote(key.front()) ? unquoted(key) : json::string(key);
      all.insert_or_assign(name, after_key(trimmed(text.substr(colon + 1)), column));
    }
    return all;
  }

  json::value after_key(std::string_view rest, std::size_t column) {
    if (rest == "|") {
      ++at_;
      return literal(column);
    }
    if (!rest.empty() && rest.front() != '#') return scalar_or_flow(rest);
    std::size_t const line = ++at_;
    skip_empty();
    bool const is_there = at_ < lines_.size() && (lines_[at_].column > column ||
                                                  (lines_[at_].column == column && lines_[at_].text.starts_with("- ")));
    if (!is_there) refuse(line, "a name has no value; write null where that is meant");
    return block();
  }

  json::value literal(std::size_t column) {
    std::string text;
    std::size_t inset = 0;
    for (; at_ < lines_.size() && (lines_[at_].text.empty() || lines_[at_].column > column); ++at_) {
      if (inset == 0) inset = lines_[at_].column;
      if (!lines_[at_].text.empty()) text.append(lines_[at_].column - inset, ' ').append(lines_[at_].text);
      text += '\n';
    }
    while (text.ends_with("\n\n")) text.pop_back();
    return json::string(text);
  }

  /** A flow goes on until all that it has opened is closed. */
  json::value scalar_or_flow(std::string_view first) {
    std::string text;
    for (std::string_view line = first;; line = lines_[at_].text) {
      std::size_t length = line.size();
      for_each_unquoted(line, [&](std::size_t i) {
        if (line[i] == '#' && (i == 0 || line[i - 1] == ' ')) length = i;
        return length == line.size();
      });
      text.append(text.empty() ? "" : " ").append(trimmed(line.substr(0, length)));
      ++at_;
      int open = 0;
      if (text.starts_with('{') || text.starts_with('[')) {
        for_each_unquoted(text, [&](std::size_t i) {
          if (text[i] == '{' || text[i] == '[') ++open;
          if (text[i] == '}' || text[i] == ']') --open;
          return true;
        });
      }
      if (open <= 0 || at_ == lines_.size()) break;
    }
    if (std::string_view("&*!|>%@`").find(text.front()) != std::string_view::npos) {
      refuse(at_, "a value begins with a character that stands for something else");
    }
    return Flow(text, at_).whole();
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
};

}  // namespace

json::value read_yaml(std::string_view text) { return Blocks(text).whole(); }

}  // namespace inlay::rest
