// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_SOCKET_FOLDER_HPP
#define INLAY_TESTS_SUPPORT_SOCKET_FOLDER_HPP

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace support {

/** A folder for sockets, whose paths are short (107 bytes, unix(7)): where those for temporary files have a long path,
   it is in /tmp. */
class SocketFolder {
 public:
  SocketFolder() {
    for (auto const& parent : {std::filesystem::temp_directory_path(), std::filesystem::path("/tmp")}) {
      std::string path = parent / "inlay-XXXXXX";
      if (path.size() + longest_name + 1 > 107 || ::mkdtemp(path.data()) == nullptr) continue;
      path_ = path;
      return;
    }
    throw std::runtime_error("sockets need a folder with a short path: set TMPDIR to one, or make /tmp writable");
  }
  ~SocketFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  SocketFolder(SocketFolder const&) = delete;
  SocketFolder& operator=(SocketFolder const&) = delete;

  /** A name of up to 20 bytes is sure to be short enough. */
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

 private:
  static constexpr std::size_t longest_name = 20;
  std::filesystem::path path_;
};

}  // namespace support

#endif
