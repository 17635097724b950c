// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_FAILURE_HPP
#define INLAY_BACKENDS_SQL_FAILURE_HPP

#include <inlay/error.hpp>

#include <exception>
#include <string>
#include <utility>

namespace inlay::sql {

/** Why a database refused, as far as the shared code cares. */
enum class FailureKind {
  unique,              ///< a primary or unique key is taken
  foreign_key,         ///< a reference would dangle
  exists,              ///< what was to be created is there already, or what was to be dropped is not
  no_such_column,      ///< a statement names a column that its table does not have
  overtaken,           ///< a row was changed while the statement ran that wanted it unchanged; nothing was done
  busy,                ///< somebody else was in the way; the same again may succeed
  no_connection_left,  ///< the server lets nobody more in: one of the connections that are open already may come free
  lost,                ///< the connection is gone
  stale_session,       ///< what was prepared on the connection is gone, or gives something else now; nothing was done
  aborted,             ///< an earlier statement has failed, and taken the transaction with it
  interrupted,         ///< somebody, or a limit of the server, ended the statement; it may be done
  not_replicated,      ///< committed, but not by the other servers that should have it; it may be lost with this one
  read_only,           ///< the server takes no writes, such as one that is no longer the primary; nothing was done
  not_ready,           ///< the server serves nobody now, such as one cut off from its cluster; nothing was done
  moved,               ///< the store's file is no longer where it was opened; nothing was done
  unreachable,         ///< the database cannot be opened, read or written: a missing folder, a full disk, ...
  corrupt,             ///< what is there is no database, or a broken one
  other,
};

/** Thrown inside the SQL backends; never leaves a Repository. */
class DatabaseFailure : public std::exception {
 public:
  DatabaseFailure(FailureKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  /** One of which the database itself has said nothing: what it did with the statement is not known. */
  [[nodiscard]] static DatabaseFailure on_our_side(FailureKind kind, std::string message) {
    DatabaseFailure failure(kind, std::move(message));
    failure.is_databases_word_ = false;
    return failure;
  }

  [[nodiscard]] FailureKind kind() const noexcept { return kind_; }

  /** Whether the statement that failed may have been done all the same, when it was the last of its transaction. */
  [[nodiscard]] bool may_be_done() const noexcept {
    return kind_ == FailureKind::lost || kind_ == FailureKind::interrupted || kind_ == FailureKind::not_replicated ||
           !is_databases_word_;
  }
  [[nodiscard]] char const* what() const noexcept override { return message_.c_str(); }

  /** Whether it was refused: when it was the end of a transaction, nothing of that is done. */
  [[nodiscard]] bool is_refusal() const noexcept {
    return is_databases_word_ && (kind_ == FailureKind::busy || kind_ == FailureKind::stale_session ||
                                  kind_ == FailureKind::moved || is_of_server());
  }

  /** Whether the server can't do it where another one may, to which a new connection can lead. */
  [[nodiscard]] bool is_of_server() const noexcept {
    return kind_ == FailureKind::read_only || kind_ == FailureKind::not_ready;
  }

  /** Whether it says nothing of what another connection would meet, now that the pool gives no old one. */
  [[nodiscard]] bool is_of_connection() const noexcept {
    return kind_ == FailureKind::lost || kind_ == FailureKind::stale_session || is_of_server();
  }

  /** The error that callers see. */
  [[nodiscard]] Error to_error() const {
    switch (kind_) {
      case FailureKind::busy: return {.kind = ErrorKind::unavailable, .message = "the store is busy: " + message_};
      case FailureKind::lost:
        return {.kind = ErrorKind::unavailable, .message = "the connection to the store was lost: " + message_};
      case FailureKind::stale_session:
        return {.kind = ErrorKind::unavailable,
                .message = "the store's server no longer has what was prepared there: " + message_};
      case FailureKind::interrupted:
        return {.kind = ErrorKind::unavailable, .message = "the store's server ended a statement: " + message_};
      case FailureKind::not_replicated:
        return {.kind = ErrorKind::unavailable,
                .message =
                    "the store's server has committed it without the servers that were to have it, too: " + message_};
      case FailureKind::aborted:
        return {.kind = ErrorKind::invalid_argument,
                .message = "the host's transaction has failed, and is the host's to roll back: " + message_};
      case FailureKind::read_only:
        return {.kind = ErrorKind::unavailable, .message = "the store's server takes no writes: " + message_};
      case FailureKind::not_ready:
        return {.kind = ErrorKind::unavailable, .message = "the store's server is not ready to serve: " + message_};
      case FailureKind::no_connection_left:
        return {.kind = ErrorKind::unavailable, .message = "the store's server has no connection left: " + message_};
      case FailureKind::moved:
      case FailureKind::unreachable:
        return {.kind = ErrorKind::unavailable, .message = "the store cannot be used: " + message_};
      case FailureKind::corrupt:
        return {.kind = ErrorKind::corrupt, .message = "the store is damaged or no database: " + message_};
      case FailureKind::unique:
      case FailureKind::foreign_key:
      case FailureKind::exists:
      case FailureKind::no_such_column:
      case FailureKind::overtaken:
      case FailureKind::other: break;
    }
    return {.kind = ErrorKind::internal, .message = "the database refused a statement: " + message_};
  }

 private:
  FailureKind kind_;
  std::string message_;
  bool is_databases_word_ = true;
};

}  // namespace inlay::sql

#endif
