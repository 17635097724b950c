// SPDX-License-Identifier: BSL-1.0
#ifndef JOURNAL_FILE_HPP
#define JOURNAL_FILE_HPP

#include <inlay/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace journal {

/** A file to which whole lines are added, each on the disk before it counts. Nobody else has it open. */
class File {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}
  ~File();
  File(File const&) = delete;
  File& operator=(File const&) = delete;

  /** Takes the file for this process and gives the whole lines in it, none when it is new. What a crash left of a line
      behind them is cut off: nobody was ever told that it was written.

      @return unavailable when another has it, or the system refuses.
  */
  [[nodiscard]] inlay::Result<std::string> open();

  /** Adds a line, its end included.

      @return unavailable; with Outcome::unknown when the file could not be put back to what it was. It takes no more
      lines then.
  */
  [[nodiscard]] inlay::Result<void> append(std::string_view line);

  /** Puts other lines in the place of all that there are, at one stroke. @return unavailable, as for append. */
  [[nodiscard]] inlay::Result<void> replace(std::string_view lines);

 private:
  std::string path_;
  int lock_ = -1;
  int file_ = -1;
  std::size_t size_{};
  bool is_broken_ = false;
};

}  // namespace journal

#endif
