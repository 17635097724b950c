// SPDX-License-Identifier: BSL-1.0
#include "input.hpp"

#include <inlay/json/parse.hpp>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace inlay::cli {
namespace {

// One byte more than is allowed is enough to see that it is too much, however much there is.
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
  return text;
}

Result<std::string> read_standard_input(std::size_t max_bytes) {
  static bool is_read = false;
  if (std::exchange(is_read, true)) throw UsageError("standard input (-) can be read by one argument only");
  return read_all(stdin, "standard input", max_bytes);
}

std::string_view kind_of(boost::json::value const& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return "null";
    case boost::json::kind::bool_: return "a boolean";
    case boost::json::kind::string: return "a string";
    case boost::json::kind::array: return "an array";
    case boost::json::kind::object: return "an object";
    default: return "a number";
  }
}

// By how it begins: what a file's name or a bare word does not.
bool could_be_json(std::string_view text) {
  std::size_t const start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos &&
         std::string_view("{[\"-0123456789").find(text[start]) != std::string_view::npos;
}

}  // namespace

Result<std::string> read_text(std::string const& argument, std::size_t max_bytes) {
  if (argument == "-") return read_standard_input(max_bytes);
  if (!argument.starts_with('@')) return argument;
  std::string const path = argument.substr(1);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "cannot open " + path + ": " + std::generic_category().message(errno)};
  }
  return read_all(file.get(), path, max_bytes);
}

Result<boost::json::value> read_value(std::string const& argument, json::Limits const& limits) {
  auto text = read_text(argument, limits.max_bytes);
  if (text.has_error()) return text.error();
  auto value = json::parse(*text, limits);
  bool const is_given_as_text = argument != "-" && !argument.starts_with('@');
  if (value.has_error() && is_given_as_text && !could_be_json(argument)) {
    Error error = value.error();
    error.message += R"(: JSON is due here (a text in quotes of its own: '"hello"'), @FILE, or - for standard input)";
    return error;
  }
  return value;
}

Result<boost::json::object> read_object(std::string const& argument, std::string_view what,
                                        json::Limits const& limits) {
  auto value = read_value(argument, limits);
  if (value.has_error()) return value.error();
  if (auto* object = value->if_object()) return std::move(*object);
  return Error{.kind = ErrorKind::invalid_argument,
               .message = std::string(what) + " is a JSON object, not " + std::string(kind_of(*value)),
               .pointer = ""};
}

}  // namespace inlay::cli
