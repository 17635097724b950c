// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_HOSTS_HPP
#define INLAY_BACKENDS_MYSQL_HOSTS_HPP

#include <backends/sql/pauses.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace inlay::mysql {

/** Which of a URL's hosts connections lead to: to the first that serves. One that did not serve is left, tried again
    after a while, which grows, and come back to.

    It connects to nothing and has no clock, and is used by one thread at a time.
*/
class Hosts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds first_pause{1};
  static constexpr std::chrono::seconds longest_pause{60};

  explicit Hosts(std::size_t count) : hosts_(count) {}

  [[nodiscard]] std::size_t size() const noexcept { return hosts_.size(); }

  /** One that is to be tried. */
  struct Turn {
    std::size_t host = 0;
    bool is_doubtful = false;  ///< it was left, and another was not: it is not worth a long wait
    bool is_due = true;        ///< it was not left, or it is time to try it again
  };

  /** In which order they are to be tried for one connection: as the URL has them, but those that were left, unless
      it is time to try them again, after the others. Whoever has got one for which it is time is the only one for now.
   */
  [[nodiscard]] std::vector<Turn> order(Time now) {
    bool const is_any_good = std::ranges::any_of(hosts_, [](Host const& host) { return !host.was_left; });
    std::vector<Turn> turns;
    for (bool const is_first : {true, false}) {
      for (std::size_t i = 0; i < hosts_.size(); ++i) {
        if (is_candidate(hosts_[i], now) != is_first) continue;
        turns.push_back({.host = i, .is_doubtful = hosts_[i].was_left && is_any_good, .is_due = is_first});
      }
    }
    for (Host& host : hosts_) {
      if (host.was_left && now >= host.next_try) {
        host.next_try = now + host.pauses.next();
        host.is_awaited_until = {};
      }
    }
    return turns;
  }

  /** As order(), for connections that may lead to any host that serves: each begins with the next of those that were
     not left, and one for which it is time to be tried again comes before all. */
  [[nodiscard]] std::vector<Turn> order_in_turn(Time now) {
    auto turns = order(now);
    auto const is_left = [&](Turn const& turn) { return hosts_[turn.host].was_left; };
    auto const is_due = [&](Turn const& turn) { return turn.is_doubtful && turn.is_due; };
    auto const good = std::stable_partition(turns.begin(), turns.end(), is_due);
    auto const rest = std::stable_partition(good, turns.end(), [&](Turn const& turn) { return !is_left(turn); });
    if (auto const count = rest - good; count > 1) {
      std::rotate(good, good + static_cast<std::ptrdiff_t>(next_++ % static_cast<std::size_t>(count)), rest);
    }
    return turns;
  }

  /** One has let somebody in, and does what a store needs. */
  void serves(std::size_t host) {
    hosts_.at(host).was_left = false;
    hosts_.at(host).pauses.begin_anew();
  }

  /** One serves nobody, or takes no writes. */
  void leave(std::size_t host, Time now) {
    Host& left = hosts_.at(host);
    if (left.was_left && now < left.next_try) return;
    left.was_left = true;
    left.next_try = now + left.pauses.next();
  }

  /** Whether a connection to that host is to be given up for one to another: one that stands before it in the URL, or
      any where it was left itself, that was not left or is to be tried again. For the latter one connection is given
     up, whose place the one takes that tries it; the others, when it serves. */
  [[nodiscard]] bool is_to_be_given_up(std::size_t host, Time now) {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      bool const is_better = i < host || hosts_.at(host).was_left;
      if (i == host || !is_better || !is_candidate(hosts_[i], now)) continue;
      if (!hosts_[i].was_left || is_first_to_make_room_for(hosts_[i], now)) return true;
    }
    return false;
  }

  /** The same for connections that may lead to any host that serves, of which none is better: one is given up when it
     is time to try another host again. */
  [[nodiscard]] bool is_to_be_given_up_in_turn(std::size_t host, Time now) {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      if (i == host || !hosts_[i].was_left || !is_candidate(hosts_[i], now)) continue;
      if (is_first_to_make_room_for(hosts_[i], now)) return true;
    }
    return false;
  }

 private:
  struct Host {
    bool was_left = false;
    Time next_try{};
    Time is_awaited_until{};  // a connection was given up so that another can try it
    sql::Pauses pauses{first_pause, longest_pause};
  };

  [[nodiscard]] static bool is_first_to_make_room_for(Host& left, Time now) noexcept {
    if (now < left.is_awaited_until) return false;
    left.is_awaited_until = now + first_pause;  // should nobody connect after all, another makes room later
    return true;
  }

  [[nodiscard]] static bool is_candidate(Host const& host, Time now) noexcept {
    return !host.was_left || now >= host.next_try;
  }

  std::vector<Host> hosts_;
  std::size_t next_ = 0;
};

}  // namespace inlay::mysql

#endif
