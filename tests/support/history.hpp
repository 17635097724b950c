// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_HISTORY_HPP
#define INLAY_TESTS_SUPPORT_HISTORY_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace support {

/** What clients were told of rows, and whether it could have been so: whether there is one order of all writes and
   reads of a row, in which each stands between its beginning and its end, and each read saw the last write before it
    (linearizability; Herlihy and Wing, 1990).

    In general that is hard to tell. Here each write of a row makes the version after the one that it found, so the
   order of writes is known, and it remains to be seen whether each can have happened at a time of its own.

    Complexity: n log n with n operations.
*/
class History {
 public:
  /** On a clock that all processes of the machine have in common. */
  using Time = std::int64_t;
  [[nodiscard]] static Time now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  enum class Kind : char {
    wrote = 'w',      ///< it was acknowledged that this made the version
    may_write = 'm',  ///< this would have made the version, and may yet
    did_not = 'n',    ///< this would have made the version, and was told to have done nothing
    read = 'r',       ///< the version was seen
  };
  struct Operation {
    Kind kind{};
    std::int64_t version{};
    Time begin{};
    Time end{};        ///< when the answer was there
    std::string by{};  ///< who did it, for messages
  };

  /** The row is there from the beginning, in version 1, unless another is told. */
  void start(std::string const& row, std::int64_t version) { rows_[row].first = version; }

  void add(std::string const& row, Operation operation) { rows_[row].operations.push_back(std::move(operation)); }

  [[nodiscard]] std::size_t size() const {
    std::size_t all = 0;
    for (auto const& [name, row] : rows_) all += row.operations.size();
    return all;
  }

  /** What cannot have been so, in words; nothing when all of it can. */
  [[nodiscard]] std::vector<std::string> faults() const {
    std::vector<std::string> faults;
    for (auto const& [name, row] : rows_) {
      std::string const fault = fault_of(row);
      if (!fault.empty()) faults.push_back("row " + name + ": " + fault);
    }
    return faults;
  }

 private:
  static constexpr Time never = std::numeric_limits<Time>::max();

  struct Row {
    std::int64_t first = 1;
    std::vector<Operation> operations{};
  };

  /** A time, and the operation that says so. */
  struct Bound {
    Time time{};
    Operation const* by = nullptr;
  };

  /** When a version can have been made. */
  struct Making {
    Operation const* maker = nullptr;
    Bound earliest{std::numeric_limits<Time>::min()};
    Bound latest{never};
  };

  static void raise(Bound& bound, Time time, Operation const& by) {
    if (time > bound.time) bound = {time, &by};
  }
  static void lower(Bound& bound, Time time, Operation const& by) {
    if (time < bound.time) bound = {time, &by};
  }

  [[nodiscard]] static std::string shown(Operation const& operation) {
    static std::map<Kind, std::string> const words{{Kind::wrote, " made version "},
                                                   {Kind::may_write, " may have made version "},
                                                   {Kind::did_not, " did not make version "},
                                                   {Kind::read, " saw version "}};
    return operation.by + words.at(operation.kind) + std::to_string(operation.version) + " between " +
           std::to_string(operation.begin) + " and " + std::to_string(operation.end);
  }

  [[nodiscard]] static std::string fault_of(Row const& row) {
    std::int64_t last = row.first;
    for (Operation const& operation : row.operations) {
      if (operation.kind == Kind::wrote || operation.kind == Kind::read) last = std::max(last, operation.version);
      if (operation.kind == Kind::read && operation.version < row.first) {
        return "there is none before version " + std::to_string(row.first) + ", but " + shown(operation);
      }
    }
    // makings[i] is of version first + i; the first one was there.
    std::vector<Making> makings(static_cast<std::size_t>(last - row.first) + 1);
    auto const of = [&](std::int64_t version) -> Making& {
      return makings[static_cast<std::size_t>(version - row.first)];
    };
    for (Operation const& operation : row.operations) {
      if (operation.kind != Kind::wrote) continue;
      if (operation.version <= row.first) return "the first version was there, but " + shown(operation);
      Making& making = of(operation.version);
      if (making.maker) return shown(*making.maker) + ", and " + shown(operation);
      making = {.maker = &operation, .earliest = {operation.begin, &operation}, .latest = {operation.end, &operation}};
    }
    // Of those that may have made a version which nobody is known to have made, the one that began first can have done
    // so at any time at which another can.
    for (Operation const& operation : row.operations) {
      if (operation.kind != Kind::may_write || operation.version <= row.first || operation.version > last) continue;
      Making& making = of(operation.version);
      if (making.maker && (making.maker->kind == Kind::wrote || making.maker->begin <= operation.begin)) continue;
      making = {.maker = &operation, .earliest = {operation.begin, &operation}};
    }
    for (Operation const& operation : row.operations) {
      if (operation.kind != Kind::read) continue;
      if (operation.version > row.first) lower(of(operation.version).latest, operation.end, operation);
      if (operation.version < last) raise(of(operation.version + 1).earliest, operation.begin, operation);
    }
    // A version is made after those before it, and so each as early as it can be.
    Bound earliest{std::numeric_limits<Time>::min()};
    for (std::int64_t version = row.first + 1; version <= last; ++version) {
      Making const& making = of(version);
      if (!making.maker) {
        for (Operation const& operation : row.operations) {
          if (operation.kind == Kind::did_not && operation.version == version) {
            return shown(operation) + ", but it was made, and by nobody else";
          }
        }
        return "version " + std::to_string(version) + " was made by nobody";
      }
      if (making.earliest.time > earliest.time) earliest = making.earliest;
      if (earliest.time > making.latest.time) return shown(*making.latest.by) + ", and later " + shown(*earliest.by);
    }
    return {};
  }

  std::map<std::string, Row> rows_;
};

}  // namespace support

#endif
