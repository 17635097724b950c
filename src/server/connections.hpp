// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_CONNECTIONS_HPP
#define HTTP_SERVER_CONNECTIONS_HPP

#include <cstddef>
#include <list>
#include <map>
#include <string>

namespace http_server {

class Session;

/** Who is connected, and whose connection goes when there is room for no more.

    A connection without a request so far of somebody who is known is a stranger's. When there is no room, that stranger
    goes who has waited longest with nothing to be answered. What comes in of a head is no reprieve, so that sending it
    byte by byte keeps no place. Whoever is known stays.

    Not thread-safe.
*/
class Connections {
  enum class Standing { waiting, asking, known, evicted };
  struct Entry {
    Session* session;
    std::string origin;
    Standing standing = Standing::waiting;
  };
  using Entries = std::list<Entry>;

 public:
  /** A connection's entry here, good until remove(). */
  class Place {
    friend Connections;
    Entries::iterator entry_{};
  };

  /** @param most is how many there may be. */
  explicit Connections(std::size_t most) noexcept : most_(most) {}

  /** A stranger, who waits from now on. @param origin is what strangers are counted by; "": this one is not. */
  [[nodiscard]] Place add(Session* session, std::string origin);

  /** A request has come in, and is to be answered. @return false when the connection had to go. Takes no memory, as
      all that follows. */
  [[nodiscard]] bool ask(Place place) noexcept;

  /** It is one of somebody who is known. */
  void know(Place place) noexcept;

  /** It was answered. */
  void wait(Place place) noexcept;

  void remove(Place place) noexcept;

  [[nodiscard]] bool is_full() const noexcept { return waiting_.size() + asking_.size() + known_.size() >= most_; }
  [[nodiscard]] bool is_empty() const noexcept {
    return waiting_.empty() && asking_.empty() && known_.empty() && evicted_.empty();
  }
  [[nodiscard]] bool has_waiting_strangers() const noexcept { return !waiting_.empty(); }
  [[nodiscard]] std::size_t strangers_of(std::string const& origin) const noexcept;

  /** The stranger who has waited longest, for the caller to end the connection; one of an origin, if there is one.
      @return nullptr when none waits. */
  [[nodiscard]] Session* evict() noexcept;
  [[nodiscard]] Session* evict(std::string const& origin) noexcept;

  /** Calls a function with each, also with those that had to go and are still there. */
  template <class Function>
  void for_each(Function const& function) const {
    for (auto const* entries : {&waiting_, &asking_, &known_, &evicted_}) {
      for (Entry const& entry : *entries) function(*entry.session);
    }
  }

 private:
  Entries& entries_of(Standing standing) noexcept;
  void move(Entries::iterator entry, Standing to) noexcept;
  void forget_stranger(Entries::iterator entry) noexcept;
  Session* evict(Entries::iterator entry) noexcept;

  std::size_t most_;
  Entries waiting_;  // strangers, the longest first
  Entries asking_;   // strangers who are being answered
  Entries known_;
  Entries evicted_;
  std::map<std::string, std::size_t> strangers_;  // by origin
};

}  // namespace http_server

#endif
