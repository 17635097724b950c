// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <inlay/storage/store_url.hpp>

#include <string>

using namespace inlay;
using fuzz::require;

// Whatever the text: it is taken apart or refused; and neither a message nor redacted() gives a password away.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const text = fuzz::as_text(data, size);
  auto const url = StoreUrl::parse(text);
  if (url.has_error()) {
    require(url.error().kind == ErrorKind::invalid_argument, "what is refused is an invalid argument");
    return 0;
  }
  require(!url->scheme.empty(), "a URL has a scheme", text);
  for (char const c : url->scheme) require(c < 'A' || c > 'Z', "the scheme is in lower case", text);
  for (auto const& [name, value] : url->parameters) {
    require(url->parameter(name) != nullptr, "a parameter is found by its name", text);
  }
  auto const redacted = url->redacted();
  auto const again = StoreUrl::parse(redacted);
  require(!again.has_error(), "what is shown is a URL", redacted);
  require(!again->password || *again->password == "***" || again->password->empty(), "no password is shown", redacted);
  require(again->scheme == url->scheme && again->user == url->user && again->hosts == url->hosts &&
              again->path == url->path && again->parameters.size() == url->parameters.size(),
          "what is shown is the same URL", std::string(text) + "\n" + redacted);
  return 0;
}
