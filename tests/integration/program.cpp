// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace inlay::test {
namespace {

[[noreturn]] void fail(char const* what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  Pipe(Pipe const&) = delete;
  Pipe& operator=(Pipe const&) = delete;
  ~Pipe() {
    close_read();
    close_write();
  }
  void close_read() {
    if (read_end >= 0) ::close(read_end);
    read_end = -1;
  }
  void close_write() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }
};

// A terminal's output side is read as EIO, not as an end, when its program is gone.
bool drain(int descriptor, std::string& into) {
  std::array<char, 65536> buffer{};
  ssize_t const count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) into.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Child {
  std::string folder;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;

  [[noreturn]] void become(int input, int output, int error) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(error, STDERR_FILENO);
    if (::chdir(folder.c_str()) == 0) {
      ::execve(INLAY_PROGRAM, pointers_to(arguments).data(), pointers_to(environment).data());
    }
    ::_exit(127);
  }
};

// Feeds the program and reads it at the same time, so that neither waits for the other for ever.
void talk(Pipe& input, std::string_view text, int output, std::string& out, int error, std::string& err) {
  std::array<pollfd, 3> watched{{{input.write_end, POLLOUT, 0}, {output, POLLIN, 0}, {error, POLLIN, 0}}};
  if (text.empty()) {
    input.close_write();
    watched[0].fd = -1;
  }
  while (watched[1].fd >= 0 || watched[2].fd >= 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) fail("poll");
    if (watched[0].fd >= 0 && watched[0].revents != 0) {
      ssize_t const count = ::write(watched[0].fd, text.data(), std::min<std::size_t>(text.size(), 4096));
      if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
      if (count <= 0 || text.empty()) {
        input.close_write();
        watched[0].fd = -1;
      }
    }
    if (watched[1].fd >= 0 && watched[1].revents != 0 && !drain(output, out)) watched[1].fd = -1;
    if (watched[2].fd >= 0 && watched[2].revents != 0 && !drain(error, err)) watched[2].fd = -1;
  }
}

void wait_for(pid_t process, Run& run) {
  int status = 0;
  rusage used{};
  while (::wait4(process, &status, 0, &used) < 0) {
    if (errno != EINTR) fail("wait4");
  }
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.peak_memory = used.ru_maxrss;
}

}  // namespace

Folder::Folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "inlay-cli-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) fail("mkdtemp");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(std::string const& name, std::string const& text) const {
  std::ofstream(std::filesystem::path(path_) / name, std::ios::binary) << text;
}

bool Folder::has(std::string const& name) const { return std::filesystem::exists(std::filesystem::path(path_) / name); }

Run Folder::run(std::vector<std::string> const& arguments, RunOptions const& options) const {
  ::signal(SIGPIPE, SIG_IGN);  // a program may end before it has read its input
  Child child{.folder = path_, .arguments = {"inlay"}, .environment = {}};
  child.arguments.insert(child.arguments.end(), arguments.begin(), arguments.end());
  for (auto const& [name, value] : options.environment) child.environment.push_back(name + '=' + value);

  Pipe input;
  Pipe output;
  Pipe error;
  int terminal = -1;
  int program_side = -1;
  winsize const size{.ws_row = 24, .ws_col = options.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  if (options.on_terminal && ::openpty(&terminal, &program_side, nullptr, nullptr, &size) != 0) fail("openpty");
  int file = -1;
  if (!options.output_file.empty()) file = ::open(options.output_file.c_str(), O_WRONLY | O_CLOEXEC);
  if (options.reader_is_gone) output.close_read();

  pid_t const process = ::fork();
  if (process < 0) fail("fork");
  if (process == 0) {
    int const out = program_side >= 0 ? program_side : file >= 0 ? file : output.write_end;
    if (program_side >= 0) ::close(terminal);
    child.become(input.read_end, out, program_side >= 0 ? program_side : error.write_end);
  }
  input.close_read();
  output.close_write();
  error.close_write();
  if (program_side >= 0) ::close(program_side);
  if (file >= 0) ::close(file);

  if (options.meanwhile) options.meanwhile(process);
  Run run;
  talk(input, options.input, terminal >= 0 ? terminal : output.read_end, run.out, error.read_end, run.err);
  if (terminal >= 0) ::close(terminal);
  wait_for(process, run);
  return run;
}

}  // namespace inlay::test
