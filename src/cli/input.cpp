// SPDX-License-Identifier: BSL-1.0
#include "input.hpp"

#include <inlay/json/internal/kind_name.hpp>
#include <inlay/json/internal/too_long.hpp>
#include <inlay/json/parse.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace inlay::cli {
namespace {

// Reads no further than to see that it is too much, however much there is.
Result<std::string> read_all(std::FILE* file, std::string const& name, std::size_t max_bytes) {
  std::string text;
  char buffer[1U << 16U];
  errno = 0;
  while (text.size() <= max_bytes) {
    std::size_t const count = std::fread(buffer, 1, sizeof buffer, file);
    text.append(buffer, count);
    if (count == 0) break;
  }
  if (std::ferror(file) != 0) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "cannot read " + name + ": " + std::generic_category().message(errno)};
  }
  if (text.size() > max_bytes) {
    return json::too_long(name, max_bytes);
  }
  return text;
}

Result<std::string> read_standard_input(std::size_t max_bytes) {
  static bool is_read = false;
  if (std::exchange(is_read, true)) throw UsageError("standard input (-) can be read by one argument only");
  return read_all(stdin, "standard input", max_bytes);
}

// By how it begins: what a file's name or a bare word does not.
bool could_be_json(std::string_view text) {
  std::size_t const start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos &&
         std::string_view("{[\"-0123456789").find(text[start]) != std::string_view::npos;
}

std::string source_of(std::string const& argument, std::string_view name) {
  if (argument == "-") return "standard input";
  return argument.starts_with('@') ? argument : std::string(name);
}

// An error that has a byte ends by saying so in parentheses, "(at byte 7)", which go on here: an editor shows lines and
// columns, both from 1.
void add_line_and_column(Error& error, std::string_view text) {
  if (!error.byte) return;
  std::string_view const above = text.substr(0, *error.byte);
  auto const line = std::count(above.begin(), above.end(), '\n') + 1;
  std::string_view const in_line = above.substr(above.rfind('\n') + 1);  // from the start where there is none
  auto const column = std::count_if(in_line.begin(), in_line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // a character of several bytes is one column
  });
  error.message.pop_back();
  error.message += ", line " + std::to_string(line) + ", column " + std::to_string(column + 1) + ')';
}

}  // namespace

Result<std::string> read_text(std::string const& argument, std::size_t max_bytes) {
  if (argument == "-") return read_standard_input(max_bytes);
  if (!argument.starts_with('@')) return argument;
  std::string const path = argument.substr(1);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (!file) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "cannot open " + path + ": " + std::generic_category().message(errno)};
  }
  return read_all(file.get(), path, max_bytes);
}

Result<boost::json::value> read_value(std::string const& argument, std::string_view name, json::Limits const& limits) {
  auto text = read_text(argument, limits.max_bytes);
  if (text.has_error()) return text.error();
  auto value = json::parse(*text, limits);
  if (value.has_value()) return value;
  Error error = value.error();
  add_line_and_column(error, *text);
  error.message.insert(0, source_of(argument, name) + ": ");
  bool const is_given_as_text = argument != "-" && !argument.starts_with('@');
  if (is_given_as_text && !could_be_json(argument)) {
    error.message += R"(: JSON is due here (a text in quotes of its own: '"hello"'), @FILE, or - for standard input)";
  }
  return error;
}

Result<boost::json::object> read_object(std::string const& argument, std::string_view name, std::string_view what,
                                        json::Limits const& limits) {
  auto value = read_value(argument, name, limits);
  if (value.has_error()) return value.error();
  if (auto* object = value->if_object()) return std::move(*object);
  return no_object(*value, what);
}

Error no_object(boost::json::value const& value, std::string_view what) {
  return {.kind = ErrorKind::invalid_argument,
          .message = std::string(what) + " is a JSON object, not " + std::string(json::kind_name(value)),
          .pointer = ""};
}

}  // namespace inlay::cli
