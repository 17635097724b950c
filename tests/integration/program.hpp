// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_PROGRAM_HPP
#define INLAY_TESTS_INTEGRATION_PROGRAM_HPP

// Runs the built program inlay as a stranger would: its own process, its own folder, no environment but what is given.

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace inlay::test {

struct Run {
  int status = -1;  ///< exit status; 128 and the signal for a program that was killed
  std::string out;
  std::string err;
  long peak_memory{};  ///< the most that was resident at once, in KiB, of the program or of who started it
};

struct RunOptions {
  std::string input{};
  std::map<std::string, std::string> environment{};
  bool on_terminal = false;     ///< standard output and error are one terminal: all of it is in Run::out
  bool reader_is_gone = false;  ///< standard output is a pipe that nobody reads
  std::string output_file{};    ///< standard output goes there, when it is not empty
  std::function<void(int process)> meanwhile{};  ///< called while the program runs
  unsigned short columns{};                      ///< of the terminal; 0: it does not say how many it has
};

/** A new folder with a program to run in it; both are gone in the end. */
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;

  [[nodiscard]] Run run(std::vector<std::string> const& arguments, RunOptions const& options = {}) const;

  void write(std::string const& name, std::string const& text) const;
  [[nodiscard]] bool has(std::string const& name) const;
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace inlay::test

#endif
