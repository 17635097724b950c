// SPDX-License-Identifier: BSL-1.0
// The REST resource, over a store in memory.
#include <inlay/backends/memory.hpp>
#include <inlay/rest/handler.hpp>

int main() {
  auto const catalog = inlay::Catalog::open("memory:", inlay::Backends().add(inlay::memory_backend())).value();
  inlay::rest::Handler const handler(catalog, {});
  return handler({.method = "GET", .target = "/environment"}, inlay::Caller{}).status == 200 ? 0 : 1;
}
