// SPDX-License-Identifier: BSL-1.0
#include <backends/sqlite/file.hpp>

#include <backends/sqlite/result_codes.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace inlay::sqlite {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;

/** Nothing where there is no such file. */
[[nodiscard]] std::optional<struct stat> look_at(std::string const& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

[[nodiscard]] bool is_empty_or_missing(std::string const& path) {
  auto const status = look_at(path);
  return !status || status->st_size == 0;
}

[[nodiscard]] bool has_moved(sqlite_api::sqlite3* handle) {
  int moved = 0;
  // An SQLite without files, and some of the file systems that can be given to it, do not know.
  return sqlite_api::sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

[[nodiscard]] DatabaseFailure moved(std::string const& path) {
  return {FailureKind::moved,
          path +
              ": the file was moved, replaced or removed while the store was open; what was written is in that file and"
              " in the -wal file that lies at the old place: keep the two together, and open the store anew"};
}

/** Whether what a connection writes into its log goes into another file than the one that others would find there. */
[[nodiscard]] bool has_lost_log(sqlite_api::sqlite3* handle) {
  sqlite_api::sqlite3_file* log = nullptr;
  sqlite_api::sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (!log || !log->pMethods) return false;  // nothing was read or written yet
  std::string const path = std::string(sqlite_api::sqlite3_db_filename(handle, "main")) + "-wal";
  auto const found = look_at(path);
  if (!found) return true;
  // A new one in its place is empty until somebody writes into it. Looked at twice, since the log itself may be cut
  // and written by others meanwhile.
  sqlite_api::sqlite3_int64 size = 0;
  return found->st_size == 0 && log->pMethods->xFileSize(log, &size) == SQLITE_OK && size > 0 &&
         is_empty_or_missing(path);
}

/** As the path of a URI, in which all but the plainest characters are escaped. */
[[nodiscard]] std::string escaped(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (char const character : path) {
    bool const is_plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                          (character >= '0' && character <= '9') || character == '/' || character == '.' ||
                          character == '-' || character == '_';
    if (is_plain) {
      result += character;
      continue;
    }
    auto const byte = static_cast<unsigned char>(character);
    result += '%';
    result += digits[byte >> 4U];
    result += digits[byte & 0xFU];
  }
  return result;
}

/** What SQLite takes for the name of this file, and for nothing else. */
[[nodiscard]] std::string name_of(std::string const& path, Access access) {
  if (access == Access::immutable) {
    return "file://" + escaped(std::filesystem::absolute(path).string()) + "?immutable=1";
  }
  // Some builds of SQLite take these for URIs or for databases in memory.
  return path.starts_with("file:") || path.starts_with(':') ? "./" + path : path;
}

}  // namespace

std::string failure_text(sqlite_api::sqlite3* handle, Access access) {
  std::string text = sqlite_api::sqlite3_errmsg(handle);
  int const primary = sqlite_api::sqlite3_errcode(handle) & 0xFF;
  int const number = sqlite_api::sqlite3_system_errno(handle);
  if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && number != 0) {
    text += " (" + std::generic_category().message(number) + ')';
  }
  if (access == Access::read_write) return text;
  if (primary == SQLITE_READONLY) return text + "; the store was opened with mode=ro";
  if (primary == SQLITE_CANTOPEN && access == Access::read_only) {
    text +=
        "; a file in WAL mode is read with the help of two others beside it, which have to be made where nobody else"
        " has it open; immutable=on reads the file alone";
  }
  return text;
}

void check_not_moved(sqlite_api::sqlite3* handle, std::string const& path) {
  if (has_moved(handle)) throw moved(path);
}

struct File::Attempt {
  Handle handle{};
  int code{};
  std::string message{};
};

File::Attempt File::attempt(std::string const& path) const {
  // With the cache of other connections we would see what they have not committed.
  int flags = SQLITE_OPEN_PRIVATECACHE;
  flags |= access_ == Access::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (access_ == Access::immutable) flags |= SQLITE_OPEN_URI;
  sqlite_api::sqlite3* opened = nullptr;
  Attempt result;
  result.code = sqlite_api::sqlite3_open_v2(name_of(path, access_).c_str(), &opened, flags, nullptr);
  result.handle.reset(opened);
  if (result.code == SQLITE_OK) return result;
  if (opened) {
    result.code = sqlite_api::sqlite3_extended_errcode(opened);
    result.message = failure_text(opened, access_);
  } else {
    result.message = sqlite_api::sqlite3_errstr(result.code);
  }
  result.handle.reset();
  return result;
}

Handle File::open() const {
  std::optional<Found> found;
  {
    std::scoped_lock const lock(mutex_);
    found = found_;
  }
  return found ? open_again(*found) : open_first();
}

Handle File::open_first() const {
  Attempt opened = attempt(path_);
  if (!opened.handle && made_with_) {
    // Others may be making it at this moment: the file first, and then the log.
    if (!would_lose_log(path_)) make();
    opened = attempt(path_);
    if (!opened.handle && !look_at(path_)) throw left_log();
  }
  if (!opened.handle) throw DatabaseFailure(kind_of(opened.code), path_ + ": " + opened.message);
  if (would_lose_log(path_)) throw left_log();
  std::string path = sqlite_api::sqlite3_db_filename(opened.handle.get(), "main");
  auto const status = look_at(path);
  if (!status || has_moved(opened.handle.get())) throw moved(path_);
  std::scoped_lock const lock(mutex_);
  found_ = Found{.path = std::move(path), .device = status->st_dev, .number = status->st_ino};
  return std::move(opened.handle);
}

/** Makes an empty file unless there is one. SQLite would make it as the umask has it, for everybody to read; and where
    somebody else has put a link, it would follow that. */
void File::make() const {
  // Not by opening it: to close it again would drop the locks of all who have opened it in this process meanwhile.
  bool const is_made = ::mknod(path_.c_str(), S_IFREG | *made_with_, 0) == 0;
  int const number = errno;
  if (is_made) {
    // What the umask has taken away.
    ::chmod(path_.c_str(), *made_with_);
  } else if (number != EEXIST) {
    throw DatabaseFailure(FailureKind::unreachable,
                          path_ + ": the file cannot be made: " + std::generic_category().message(number));
  } else if (!look_at(path_)) {
    throw DatabaseFailure(FailureKind::unreachable,
                          path_ + ": this is a link that leads nowhere, and no store is made through a link");
  }
}

Handle File::open_again(Found const& found) const {
  Attempt opened = attempt(found.path);
  auto const status = look_at(found.path);
  bool const is_same = status && status->st_dev == found.device && status->st_ino == found.number;
  if (!is_same) throw moved(path_);
  if (!opened.handle) throw DatabaseFailure(kind_of(opened.code), path_ + ": " + opened.message);
  if (has_moved(opened.handle.get())) throw moved(path_);
  if (would_lose_log(found.path)) throw left_log();
  return std::move(opened.handle);
}

void File::check_place(sqlite_api::sqlite3* handle) const {
  check_not_moved(handle, path_);
  if (access_ == Access::immutable || !has_lost_log(handle)) return;
  throw DatabaseFailure(FailureKind::moved,
                        path_ +
                            "-wal: the file was removed or replaced while the store was open; what was written last"
                            " comes into the store's file when all programs that have it open end in order");
}

void File::empty_log(sqlite_api::sqlite3* handle, std::chrono::milliseconds busy_timeout) const {
  check_place(handle);
  // Writers wait while SQLite waits for readers, who may take as long as they like.
  constexpr std::chrono::milliseconds longest(25);
  sqlite_api::sqlite3_busy_timeout(handle, static_cast<int>(std::min(longest, busy_timeout).count()));
  int const code = sqlite_api::sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite_api::sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  if (code == SQLITE_OK) return;
  if (kind_of(code) != FailureKind::busy) {
    throw DatabaseFailure(kind_of(sqlite_api::sqlite3_extended_errcode(handle)),
                          path_ + ": " + failure_text(handle, access_));
  }
  throw DatabaseFailure(FailureKind::busy,
                        path_ +
                            "-wal still holds what was removed: somebody reads the store as it was before, such as an"
                            " export, or a transaction that another program has left open");
}

/** Whether SQLite would remove a log that is not empty, or pass over it. */
bool File::would_lose_log(std::string const& path) const {
  // The logs first: whoever is making a store has made its file, and written into it, before there is a log.
  bool const has_wal = !is_empty_or_missing(path + "-wal");
  bool const has_journal = !is_empty_or_missing(path + "-journal");
  if (access_ == Access::immutable) return has_wal || has_journal;
  auto const file = look_at(path);
  // A journal beside an empty file is that of one which was only just being made.
  return file ? file->st_size == 0 && has_wal : has_wal || has_journal;
}

DatabaseFailure File::left_log() const {
  if (access_ == Access::immutable) {
    return {FailureKind::unreachable,
            path_ + ": beside it lies a -wal or -journal file that is not empty, which immutable=on would pass over"};
  }
  return {FailureKind::unreachable,
          path_ +
              ": there is no such file, or it is empty, but beside it lies the -wal or -journal file of one that was"
              " moved or removed: move it along with that file, or remove it"};
}

}  // namespace inlay::sqlite
