// SPDX-License-Identifier: BSL-1.0
#include <acme.hpp>

int main() {
  bool const opened = acme::try_store("memory:").has_value();
  bool const refused = acme::try_store("nothing:").error().kind == inlay::ErrorKind::unknown_scheme;
  return opened && refused ? 0 : 1;
}
