// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_FILE_HPP
#define INLAY_BACKENDS_SQLITE_FILE_HPP

#include <backends/sql/failure.hpp>
#include <backends/sqlite/api.hpp>

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace inlay::sqlite {

struct Close {
  void operator()(sqlite_api::sqlite3* handle) const noexcept { sqlite_api::sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite_api::sqlite3, Close>;

/** What a store does to its file. */
enum class Access {
  read_write,
  read_only,
  immutable,  ///< reads a file that nobody writes, and so looks for no log beside it and takes no locks
};

/** What SQLite says of the last failure of a connection, the operating system, where it was that, and what can be done
    where the file was to be read only. */
[[nodiscard]] std::string failure_text(sqlite_api::sqlite3* handle, Access access);

/** Makes sure that a connection still leads to what lies where it was opened.

    @throws DatabaseFailure: moved
*/
void check_not_moved(sqlite_api::sqlite3* handle, std::string const& path);

/** The file of a store, as all of its connections open it: the first one finds it, or makes it, and the others open
    that file or fail. To be used by several threads. */
class File {
 public:
  /** `made_with`: the permissions of the file that the first connection makes where there is none, whatever the umask
      of the process; it makes none without. SQLite gives the files beside it the same. */
  File(std::string path, Access access, std::optional<mode_t> made_with)
      : path_(std::move(path)), access_(access), made_with_(made_with) {}

  /** A connection, on which no statement has been run.

      @throws DatabaseFailure: moved for another file than the first connection's, or none; unreachable, where a log is
      left of a file that is no longer there, which SQLite would remove.
  */
  [[nodiscard]] Handle open() const;

  /** Makes sure that what is read and written there is what other connections read and write.

      @throws DatabaseFailure: moved
  */
  void check_place(sqlite_api::sqlite3* handle) const;

  /** Moves all of the log into the file, and empties it: else what was changed or removed would still be in there.

      @throws DatabaseFailure: moved; busy where somebody writes, or reads the store as it was before. It waits for
      them, and keeps writers waiting, no longer than 25 ms.
  */
  void empty_log(sqlite_api::sqlite3* handle, std::chrono::milliseconds busy_timeout) const;

  /** The path as it was given. */
  [[nodiscard]] std::string const& path() const noexcept { return path_; }
  [[nodiscard]] Access access() const noexcept { return access_; }

 private:
  /** Which file it is. */
  struct Found {
    std::string path;  ///< from the root, so that it leads there from any working folder, and past any link
    dev_t device{};
    ino_t number{};
  };
  struct Attempt;

  [[nodiscard]] Attempt attempt(std::string const& path) const;
  void make() const;
  [[nodiscard]] Handle open_first() const;
  [[nodiscard]] Handle open_again(Found const& found) const;
  [[nodiscard]] bool would_lose_log(std::string const& path) const;
  [[nodiscard]] sql::DatabaseFailure left_log() const;

  std::string path_;
  Access access_;
  std::optional<mode_t> made_with_;
  mutable std::mutex mutex_{};
  mutable std::optional<Found> found_{};
};

}  // namespace inlay::sqlite

#endif
