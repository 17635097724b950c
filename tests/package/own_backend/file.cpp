// SPDX-License-Identifier: BSL-1.0
#include "file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace journal {

namespace {

inlay::Error failure(std::string const& what) {
  return {.kind = inlay::ErrorKind::unavailable, .message = what + ": " + std::generic_category().message(errno)};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    ssize_t const written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/** A new name in a folder is on the disk when the folder is. */
bool sync_folder_of(std::string const& path) {
  auto const folder = std::filesystem::path(path).parent_path();
  int const opened = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool const is_synced = opened >= 0 && ::fsync(opened) == 0;
  if (opened >= 0) ::close(opened);
  return is_synced;
}

}  // namespace

File::~File() {
  if (file_ >= 0) ::close(file_);
  if (lock_ >= 0) ::close(lock_);
}

inlay::Result<std::string> File::open() {
  // The lock is a file of its own, since replace() puts another file in this one's place.
  lock_ = ::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) return failure("the journal's lock can't be opened");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) return failure("the journal is open elsewhere");
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) return failure("the journal can't be opened");

  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    ssize_t const count = ::read(file_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("the journal can't be read");
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  size_ = text.rfind('\n') + 1;  // npos + 1 is 0
  if (size_ < text.size() && ::ftruncate(file_, static_cast<off_t>(size_)) != 0) {
    return failure("the journal ends in half a line, which can't be cut off");
  }
  text.resize(size_);
  return text;
}

inlay::Result<void> File::append(std::string_view line) {
  if (is_broken_) {
    return inlay::Error{.kind = inlay::ErrorKind::unavailable, .message = "the journal has to be opened again"};
  }
  if (write_all(file_, line) && ::fdatasync(file_) == 0) {
    size_ += line.size();
    return {};
  }
  inlay::Error error = failure("the journal can't be written");
  if (::ftruncate(file_, static_cast<off_t>(size_)) != 0 || ::fdatasync(file_) != 0) {
    is_broken_ = true;
    error.outcome = inlay::Outcome::unknown;
  }
  return error;
}

inlay::Result<void> File::replace(std::string_view lines) {
  std::string const beside = path_ + ".new";
  int const file = ::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) return failure("a new journal can't be made");
  if (!write_all(file, lines) || ::fdatasync(file) != 0 || ::rename(beside.c_str(), path_.c_str()) != 0) {
    inlay::Error const error = failure("a new journal can't be written");
    ::close(file);
    ::unlink(beside.c_str());
    return error;
  }
  ::close(file_);
  file_ = file;
  size_ = lines.size();
  if (!sync_folder_of(path_)) {
    is_broken_ = true;
    inlay::Error error = failure("a new journal may not last");
    error.outcome = inlay::Outcome::unknown;
    return error;
  }
  return {};
}

}  // namespace journal
