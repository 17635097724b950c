// SPDX-License-Identifier: BSL-1.0
// The server of `inlay serve` with nothing behind it: answers every request with the contents of a file.
#include <fstream>
#include <iostream>
#include <iterator>
#include <server.hpp>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: http_constant FILE\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  std::string const body((std::istreambuf_iterator<char>(in)), {});
  auto const server =
      http_server::Server::bind({.address = "127.0.0.1:0", .access_log = stderr}, [&](inlay::rest::Request const&) {
        return http_server::Answer{
            .response = {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body},
            .actor = "benchmark"};
      });
  if (!server) {
    std::cerr << server.error() << '\n';
    return 1;
  }
  std::cout << "listening at http://" << (*server)->address() << std::endl;
  (*server)->run();
}
