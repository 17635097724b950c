// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <inlay/json/document.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/internal/document_parts.hpp>
#include <inlay/json/internal/member_spans.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <string>

using namespace inlay;
using fuzz::require;

// Text that is read prints as text that reads as the same values and prints the same; what is refused is refused with
// a pointer that is one. A document's spans are those of its text.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const text = fuzz::as_text(data, size);
  auto const value = json::parse(text);
  if (value.has_error()) {
    require(value.error().kind == ErrorKind::invalid_document, "what is refused is an invalid document");
    require(!json::Pointer::parse(value.error().pointer.value_or("none")).has_error(), "an error has a pointer");
    require(Document::parse(text).has_error(), "a document is refused with the text");
    return 0;
  }
  auto const printed = json::print(*value);
  auto const again = json::parse(printed, json::no_limits);
  require(!again.has_error(), "what is printed can be read", printed);
  require(json::identical(*value, *again), "what is read again is the same", printed);
  require(json::print(*again) == printed, "canonical text stays as it is", printed);
  auto const pretty = json::parse(json::print_pretty(*value), json::no_limits);
  require(!pretty.has_error() && json::identical(*value, *pretty), "indented text reads the same", printed);

  auto const document = Document::parse(text, json::no_limits);
  require(document.has_error() != value->is_object(), "objects are documents", printed);
  if (document.has_error()) return 0;
  require(document->text() == printed, "a document's text is canonical", printed);
  require(json::DocumentParts::spans(*document) != nullptr, "canonical text has spans", printed);
  require(*document->values().value() == value->get_object(), "a document's values are those of its text", printed);
  return 0;
}
