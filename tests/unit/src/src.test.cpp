// SPDX-License-Identifier: BSL-1.0
// A program that brings inlay's definitions itself: one file of it includes inlay/src.hpp, and no library of inlay's is
// linked. That it builds is most of the test; and it sees what no public header declares.
#include <inlay/json/document.hpp>
#include <inlay/src.hpp>

#include <iostream>
#include <string>

namespace {

bool document_is_read() {
  auto const document = inlay::Document::parse(R"( {"a": 1.50} )");
  return document && document->text() == R"({"a":1.5})";
}

// No text is known of which this can be seen through parse(): all that Boost.JSON refuses is found by our scanner.
bool refusal_says_why() {
  namespace detail = inlay::json::detail;
  auto const of_boost = detail::refused(detail::build("[[1]]", 1, {})).message;
  auto const of_names = detail::refused({.do_names_meet = true}).message;
  auto const of_nobody = detail::refused({}).message;
  return of_boost ==
             "Boost.JSON does not take this text: " + boost::json::error_code(boost::json::error::too_deep).message() &&
         of_names.find("hash") != std::string::npos && of_nobody.find("hash") == std::string::npos;
}

}  // namespace

int main() {
  if (!document_is_read()) {
    std::cerr << "the document was not read as it should be\n";
    return 1;
  }
  if (!refusal_says_why()) {
    std::cerr << "what Boost.JSON refuses is not said as it is\n";
    return 1;
  }
  return 0;
}
