// SPDX-License-Identifier: BSL-1.0
// inlay's REST resource on a real HTTP server:
//
//     http_server sqlite:inlay.db 127.0.0.1:8080 tokens.txt
//
// where tokens.txt, which nobody else may read, has lines of `TOKEN|sha256:HEX ACTOR admin|TEAM_ID [expires=TIME]`.
//
// A host that has a server already needs only the handler:
//
//     inlay::rest::Handler const handler(catalog);
//     inlay::rest::Response const response = handler({method, target, headers, body}, caller);
#include "process.hpp"
#include "service.hpp"
#include "signals.hpp"

#include <inlay/catalog.hpp>

#include <cstring>
#include <iostream>

int main(int argc, char** argv) {
  if (int const failure = http_server::prepare_process(); failure != 0) {
    std::cerr << "/dev/null: " << std::strerror(failure) << '\n';
    return 1;
  }
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: http_server STORE_URL [ADDRESS:PORT [TOKENS_FILE]]\n";
    return 2;
  }
  http_server::hold_hangups();
  auto const catalog = inlay::Catalog::open(argv[1]);
  if (!catalog) {
    std::cerr << catalog.error() << '\n';
    return 1;
  }
  http_server::ServeOptions options;
  if (argc > 2) options.listen = argv[2];
  if (argc > 3) options.tokens_file = argv[3];
  if (auto const served = http_server::serve(*catalog, options); !served) {
    std::cerr << served.error() << '\n';
    return 1;
  }
}
