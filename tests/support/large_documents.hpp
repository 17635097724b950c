// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_LARGE_DOCUMENTS_HPP
#define INLAY_TESTS_SUPPORT_LARGE_DOCUMENTS_HPP

// A store of documents that nobody should hold all at once.

#include <inlay/backends/all.hpp>
#include <inlay/storage/repository.hpp>

#include <sys/resource.h>

#include <string>
#include <utility>
#include <vector>

namespace support {

// A sanitizer needs memory of its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr long most_memory = 400 * 1024;
inline constexpr long most_growth = 300 * 1024;  // what it keeps of memory that was freed
#else
inline constexpr long most_memory = 64 * 1024;  // KB that may be resident
inline constexpr long most_growth = 8 * 1024;   // KB that more of the same may add
#endif

/** The most that was ever resident of this process, in KB. */
[[nodiscard]] inline long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/** Makes a store whose rows and changes are small at first, and then so many of 900 KB and more, of which so many are
    changed once.

    @return the exit status of a process that has done it: what is resident of the one that fills counts for those that
    it starts.
*/
[[nodiscard]] inline int fill_with_large_documents(std::string const& url, int rows, int changed) {
  using namespace inlay;
  auto const store = all_backends().open(url).value();
  auto const commit = [&](std::vector<Change> changes) {
    return store->commit({.changes = std::move(changes), .token = generate_uuid(), .time = now()}).has_value();
  };
  Team const team{.id = Id<Team>::generate(), .name = "Large"};
  std::vector<Change> small{Insert<Team>{team}};
  for (int i = 0; i < 300; ++i) {
    small.emplace_back(Insert<Integration>{
        {.id = Id<Integration>::generate(), .name = "small " + std::to_string(i), .team_id = team.id}});
  }
  bool is_done = commit(std::move(small));
  for (int i = 0; i < rows && is_done; ++i) {
    std::string const letters(900'000, static_cast<char>('a' + i % 26));
    Integration before{.id = Id<Integration>::generate(), .name = std::to_string(i), .team_id = team.id};
    before.config = Document::from_stored(R"({"text":")" + letters + "\"}");
    Insert<Integration> const insert{before};
    is_done = commit({insert});
    if (i >= changed) continue;
    before = inserted(insert, {}, {});
    Integration after = before;
    after.is_beta = !after.is_beta;
    is_done = is_done && commit({Update<Integration>{before, after}});
  }
  return is_done ? 0 : 1;
}

}  // namespace support

#endif
