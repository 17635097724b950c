// SPDX-License-Identifier: BSL-1.0
// The server of `inlay serve` with nothing behind it: answers every request with the contents of a file.
#include <fstream>
#include <iostream>
#include <iterator>
#include <log.hpp>
#include <server.hpp>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: http_constant FILE\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  std::string const body((std::istreambuf_iterator<char>(in)), {});
  auto const answer = [&](inlay::rest::Request const&) {
    return http_server::Answer{
        .response = {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body},
        .actor = "benchmark"};
  };
  auto const log = http_server::Log::to(2);
  if (!log) {
    std::cerr << log.error() << '\n';
    return 1;
  }
  auto const server = http_server::Server::bind(
      {.address = "127.0.0.1:0", .log = log->get()},
      [&](inlay::rest::Request const&) { return http_server::Admission{.answer = answer, .is_known = true}; });
  if (!server) {
    std::cerr << server.error() << '\n';
    return 1;
  }
  if (auto const started = (*server)->start(); !started) {
    std::cerr << started.error() << '\n';
    return 1;
  }
  std::cout << "listening at " << (*server)->address() << std::endl;
  (*server)->wait();
}
