// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_ERROR_HPP
#define INLAY_ERROR_HPP

#include <inlay/revision.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

/** What went wrong, coarsely enough to branch on.

    The list is open: a later version may add kinds, so a switch over it needs a default.
*/
enum class ErrorKind {
  invalid_argument,  ///< the call makes no sense: an unknown member, a wrong type, a bad pointer or URL
  invalid_document,  ///< text that is not JSON, or JSON that breaks a rule of `inlay::json` (a limit, a number)
  not_found,         ///< no such row, or none that this caller may see
  already_exists,    ///< a row with this id, or with this unique name, is there already
  conflict,          ///< the row is not at the version the caller named, or a `test` of a JSON Patch does not hold
  in_use,            ///< others still reference the row that should be removed
  forbidden,         ///< the caller may see it but not do this to it
  quota_exceeded,    ///< the team would have more than it may; where time changes that, `retry_after` says when
  unavailable,       ///< the store cannot be reached, is busy or cannot be written; trying later may help
  compacted,         ///< the changes asked for are no longer kept
  corrupt,           ///< what is stored is not what inlay wrote
  not_built,         ///< the URL names a backend that this build or program does not have, or one that can't do this
  unknown_scheme,    ///< the URL's scheme names no backend
  internal,          ///< a defect in inlay or in a package below it
};

/** Which of the ways to come to its kind an error has gone, where a caller may want to act on that.

    The list is open, as that of the kinds is, and longer lists are to be expected here: a switch over it needs a
    default. What has no reason may get one in a later version.
*/
enum class Reason {
  none,              ///< the kind says all that there is to branch on
  no_store,          ///< unavailable: nothing is where the URL says, and the URL forbids to make a store there
  not_migrated,      ///< unavailable: the store's tables are older, or not there yet, and it must not be migrated here
  newer_store,       ///< unavailable: the store was migrated by a newer inlay, and needs one that is as new
  store_not_empty,   ///< already_exists: a restore was to fill a store that was written before
  version_required,  ///< invalid_argument: it can undo somebody else's write, so it takes an expected version, or force
  null_in_override,  ///< invalid_argument: an override cannot say null; remove() and inherit() are for what is meant
  whole_config,      ///< invalid_argument: the whole configuration cannot be removed
  forked,            ///< invalid_argument: the change log that was followed is not this store's; read the rows anew
};

/** Whether the write of a call that failed has happened nevertheless. */
enum class Outcome {
  not_done,  ///< nothing was changed
  unknown,   ///< the connection died while committing, and it could not be found out yet
  done,      ///< the write is kept; only the answer could not be made, as when what was written cannot be read just now
};

/** An error: a kind to branch on, the facts that a caller may want beyond it, and words for people.

    The words may change with every version: what a program needs to know of an error is in the other members. The
    message never holds a password or a value that was bound to a statement.
*/
struct Error {
  ErrorKind kind{};
  std::string message{};

  /** Where in the document the fault lies (RFC 6901); "" is the whole document. Absent: not about a document. */
  std::optional<std::string> pointer{};

  /** For a conflict of versions: the one that the row has now. Absent when the row is gone, also where another
      one has its id by now, where it was a `test` that does not hold, and for other kinds. */
  std::optional<Version> current_version{};

  Outcome outcome = Outcome::not_done;

  /** When the same call may succeed, from now: for a quota of the day, when the next one begins. Absent: that is not
      known, or time alone changes nothing. */
  std::optional<std::chrono::seconds> retry_after{};

  Reason reason = Reason::none;

  /** Where in a text that is not JSON, or breaks a rule of `inlay::json`, the fault lies, from 0; its size where the
     text ends too early. Absent: not about a text, or about all of it. */
  std::optional<std::size_t> byte{};

  /** For in_use: the entities, such as "environment", that have rows which reference the row; none twice. Empty where
     that is not known, and for other kinds. */
  std::vector<std::string> used_by{};

  /** For compacted: the changes after this revision are still kept, and can be asked for. */
  std::optional<Revision> kept_after{};

  /** For corrupt: the id of the row that is not what inlay wrote, as text; for what is in the change log, that of the
      row which was changed, or the commit's token. Empty where it is not known, and for other kinds. */
  std::string row{};

  friend bool operator==(Error const&, Error const&) = default;
};

/** The kind's name as it is written in this header, e.g. "already_exists". */
[[nodiscard]] std::string_view to_string(ErrorKind kind) noexcept;

/** The reason's name as it is written in this header, e.g. "not_migrated". */
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;

/** The outcome's name as it is written in this header, e.g. "not_done". */
[[nodiscard]] std::string_view to_string(Outcome outcome) noexcept;

/** One line for people: kind, the outcome unless it is not_done, message, and the pointer when there is one. */
[[nodiscard]] std::string to_string(Error const& error);

std::ostream& operator<<(std::ostream& out, ErrorKind kind);
std::ostream& operator<<(std::ostream& out, Error const& error);

/** What `Result::value()` throws when there is no value. */
class Exception : public std::runtime_error {
 public:
  explicit Exception(Error error);

  [[nodiscard]] Error const& error() const noexcept { return error_; }

 private:
  Error error_;
};

/** A value or an Error. `value()` throws inlay::Exception, so that a host can use either style.

    What goes wrong is an Error, never an exception of inlay's. What passes through a call are std::bad_alloc and what
    the host's own functions throw (a clock, a visitor, an Edit); what the call was to change is then as it was, but for
    a commit, which is done whole or not at all.

    `*result` and `result->` do not ask which it is: on an Error they are undefined behaviour (a null dereference). Ask
    first, or use value().
*/
template <class T>
using Result = boost::system::result<T, Error>;

/** Found by Boost.System when `value()` is called on an error. */
[[noreturn]] void throw_exception_from_error(Error const& error, boost::source_location const& where);

}  // namespace inlay

#endif
