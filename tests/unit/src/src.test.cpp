// SPDX-License-Identifier: BSL-1.0
// A program that brings inlay's definitions itself: one file of it includes inlay/src.hpp, and no library of inlay's is
// linked. That it builds is most of the test.
#include <inlay/json/document.hpp>
#include <inlay/src.hpp>

#include <iostream>

int main() {
  auto const document = inlay::Document::parse(R"( {"a": 1.50} )");
  if (document && document->text() == R"({"a":1.5})") return 0;
  std::cerr << "the document was not read as it should be\n";
  return 1;
}
