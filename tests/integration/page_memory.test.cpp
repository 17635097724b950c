// SPDX-License-Identifier: BSL-1.0
// What a walk over pages of large documents needs in memory.
#include <support/catch.hpp>
#include <support/large_documents.hpp>
#include <support/process.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <inlay/catalog.hpp>
#ifdef INLAY_TEST_HAS_REST
#include <inlay/rest/handler.hpp>
#endif

#include <cstdint>
#include <string>
#include <vector>

using namespace inlay;

namespace {

/** Runs `work(catalog)` in a process of its own and gives what that had resident at most, in KB; 0 when it fails. */
template <class Work>
std::int64_t memory_of(std::string const& url, Work const& work) {
  support::Process process([&](support::Process::Report const& report) {
    bool const is_done = work(Catalog(all_backends().open(url).value()));
    report(is_done ? support::peak_memory() : 0);
    return 0;
  });
  std::int64_t peak = 0;
  if (!process.next(peak)) peak = 0;
  return process.wait() == 0 ? peak : 0;
}

}  // namespace

TEST_CASE("a walk over pages of large documents holds no more in memory than fits in a page") {
  support::TemporaryFolder const folder;
  std::vector<std::string> stores = test::new_server_urls();
  stores.push_back("sqlite:" + folder.file("large.db") + "?synchronous=normal");
  for (std::string const& store : stores) {
    CAPTURE(test::scheme_of(store));
    int const rows = store.starts_with("sqlite:") ? 150 : 40;
    int const changed = 30;
    support::Process filling(
        [&](support::Process::Report const&) { return support::fill_with_large_documents(store, rows, changed); });
    REQUIRE(filling.wait() == 0);
    auto const check = [](std::int64_t memory) {
      CHECK(memory > 0);
      CHECK(memory < support::most_memory);
    };
    check(memory_of(store, [&](Catalog const& catalog) {
      int seen = 0;
      auto const listed =
          catalog.for_each(Query<OwnedIntegration>{.limit = 1'000}, [&](OwnedIntegration const&) { ++seen; });
      return listed.has_value() && seen == 300 + rows;
    }));
    check(memory_of(store, [&](Catalog const& catalog) {
      int seen = 0;
      for (ChangesRequest request{.limit = 1'000};;) {
        auto const page = catalog.changes(request);
        if (!page) return false;
        seen += static_cast<int>(page->commits.size());
        if (!page->has_more) return seen == 1 + rows + changed;
        request.after = page->through;
      }
    }));
#ifdef INLAY_TEST_HAS_REST
    check(memory_of(store, [&](Catalog const& catalog) {
      rest::Handler const handler(catalog);
      return handler({.method = "GET", .target = "/integration?limit=1000&name[lt]=s"}, {}).status == 200;
    }));
#endif
  }
}
