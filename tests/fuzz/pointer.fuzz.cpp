// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <inlay/config/effective_config.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>

using namespace inlay;
using fuzz::require;

namespace {

/** What the pointer names by RFC 6901, section 4, said once more in the plainest way. */
boost::json::value const* look_up(boost::json::value const& root, std::string_view pointer) {
  auto const* place = &root;
  while (!pointer.empty()) {
    auto const end = pointer.find('/', 1);
    std::string token;
    for (auto rest = pointer.substr(1, end == std::string_view::npos ? end : end - 1); !rest.empty();) {
      bool const is_escape = rest.front() == '~';
      token += !is_escape ? rest.front() : rest[1] == '0' ? '~' : '/';
      rest.remove_prefix(is_escape ? 2 : 1);
    }
    pointer.remove_prefix(end == std::string_view::npos ? pointer.size() : end);
    if (auto const* object = place->if_object()) {
      place = object->if_contains(token);
    } else if (auto const* array = place->if_array()) {
      if (token.empty() || token.find_first_not_of("0123456789") != std::string::npos) return nullptr;
      if (token.size() > 1 && token.front() == '0') return nullptr;
      if (token.size() > 9 || std::stoul(token) >= array->size()) return nullptr;
      place = &(*array)[std::stoul(token)];
    } else {
      return nullptr;
    }
    if (place == nullptr) return nullptr;
  }
  return place;
}

}  // namespace

// First line: a pointer. The rest, when it is one: a document that the pointer is followed in.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto text = fuzz::as_text(data, size);
  auto const line = fuzz::take_line(text);
  auto const document = Document::parse(text);
  std::optional<EffectiveConfig> config;
  if (document) config = EffectiveConfig::from({{"base", LayerKind::base, *document}}).value();

  auto const pointer = json::Pointer::parse(line);
  if (pointer.has_error()) {
    require(pointer.error().kind == ErrorKind::invalid_argument, "what is refused is an invalid argument");
    if (config) require(!config->find(line), "text that is no pointer names nothing", line);
    return 0;
  }
  require(to_string(*pointer) == line, "a pointer is written as it was read", line);
  if (!config) return 0;
  boost::json::value const root(*document->values().value());
  auto const* const expected = look_up(root, line);
  auto const* const found = json::find(root, *pointer);
  require(found == expected, "a pointer names what RFC 6901 says", line);
  for (auto const& node : {config->find(*pointer), config->find(line)}) {
    require(node.has_value() == (expected != nullptr), "a view finds what is there", line);
    if (node) require(node->to_value() == *expected, "a view finds the value", line);
  }
  return 0;
}
