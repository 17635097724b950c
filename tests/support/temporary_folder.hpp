// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_TEMPORARY_FOLDER_HPP
#define INLAY_TESTS_SUPPORT_TEMPORARY_FOLDER_HPP

#include <inlay/id.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace support {

/** A folder of one test's own, cleared away with it. */
class TemporaryFolder {
 public:
  TemporaryFolder() { std::filesystem::create_directories(path_); }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("inlay-test-" + inlay::to_string(inlay::generate_uuid()));
};

[[nodiscard]] inline std::string read_file(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(std::string const& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

/** What lies in a folder: names and contents. */
[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> contents(TemporaryFolder const& folder) {
  std::vector<std::pair<std::string, std::string>> found;
  for (auto const& entry : std::filesystem::directory_iterator(folder.path())) {
    found.emplace_back(entry.path().filename().string(),
                       entry.is_regular_file() ? read_file(entry.path().string()) : "");
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace support

#endif
