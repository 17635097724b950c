// SPDX-License-Identifier: BSL-1.0
#include <inlay/page_bytes.hpp>

#include <support/catch.hpp>

#include <limits>

using inlay::max_page_bytes;
using inlay::PageBytes;

TEST_CASE("a page takes what fits, to the last byte, and then nothing more") {
  PageBytes page;
  CHECK(page.take(0));
  CHECK(page.take(max_page_bytes - 1));
  CHECK(page.take(1));
  CHECK(page.take(0));
  CHECK_FALSE(page.take(1));
  CHECK_FALSE(page.take(0));
}

TEST_CASE("a page takes what comes first, whatever its size, and then nothing more") {
  for (std::size_t const size : {max_page_bytes + 1, std::numeric_limits<std::size_t>::max()}) {
    PageBytes page;
    CHECK(page.take(size));
    CHECK_FALSE(page.take(0));
    CHECK_FALSE(page.take(std::numeric_limits<std::size_t>::max()));
  }
  PageBytes page;
  CHECK(page.take(1));
  CHECK_FALSE(page.take(std::numeric_limits<std::size_t>::max()));
}
