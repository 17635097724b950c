// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_CONFORMANCE_SUBJECTS_SQLITE_FILES_HPP
#define INLAY_TESTS_CONFORMANCE_SUBJECTS_SQLITE_FILES_HPP

#include <inlay/backends/sqlite.hpp>
#include <inlay/conformance/conformance.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace inlay::test {

/** A folder for the program's stores, cleared away with it. */
class Folder {
 public:
  Folder() { std::filesystem::create_directory(path_); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("inlay-conformance-" + inlay::to_string(inlay::generate_uuid()));
};

/** Stores in files of such a folder. */
inline conformance::Subject sqlite_in_files(std::string name) {
  auto const folder = std::make_shared<Folder>();
  return {
      .name = std::move(name),
      .new_store = [folder] { return "sqlite:" + (folder->path() / (to_string(generate_uuid()) + ".db")).string(); },
      .open = [](std::string const& url) { return Backends{}.add(sqlite_backend()).open(url); },
      .capabilities = {.backend = "sqlite",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_vacuum = true,
                       .can_count = true,
                       .has_identity = true},
      .drop =
          [](std::string const& url) {
            std::string const file = url.substr(std::string_view("sqlite:").size());
            for (char const* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
          },
  };
}

}  // namespace inlay::test

#endif
