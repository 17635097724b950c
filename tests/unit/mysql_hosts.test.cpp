// SPDX-License-Identifier: BSL-1.0
#include <backends/mysql/hosts.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

using inlay::mysql::Hosts;
using namespace std::chrono_literals;

namespace {

std::vector<std::size_t> order(Hosts& hosts, Hosts::Time now) {
  std::vector<std::size_t> order;
  for (auto const& turn : hosts.order(now)) order.push_back(turn.host);
  return order;
}
using Order = std::vector<std::size_t>;

Hosts::Time const start{1h};

}  // namespace

TEST_CASE("hosts of a URL are tried in its order, and none that serves is given up for one behind it") {
  Hosts hosts(3);
  CHECK(order(hosts, start) == Order{0, 1, 2});
  hosts.serves(0);
  CHECK(order(hosts, start) == Order{0, 1, 2});
  CHECK_FALSE(hosts.is_to_be_given_up(0, start));
  CHECK(hosts.is_to_be_given_up(1, start));
  for (auto const& turn : hosts.order(start)) CHECK_FALSE(turn.is_doubtful);
}

TEST_CASE("a host that was left comes last until it is time, and then one connection tries it, briefly") {
  Hosts hosts(3);
  hosts.leave(0, start);
  CHECK(hosts.is_to_be_given_up(0, start));
  hosts.serves(1);
  auto const now = start + 100ms;
  CHECK(order(hosts, now) == Order{1, 2, 0});
  CHECK_FALSE(hosts.is_to_be_given_up(1, now));
  CHECK(hosts.is_to_be_given_up(2, now));
  auto const later = start + Hosts::first_pause;
  CHECK(hosts.is_to_be_given_up(1, later));
  auto const turns = hosts.order(later);
  REQUIRE(turns.size() == 3);
  CHECK(turns[0].host == 0);
  CHECK(turns[0].is_doubtful);
  CHECK_FALSE(turns[1].is_doubtful);
  // That one has not come back yet.
  CHECK_FALSE(hosts.is_to_be_given_up(1, later));
  CHECK(order(hosts, later) == Order{1, 2, 0});
}

TEST_CASE("a host that serves again is come back to by all connections") {
  Hosts hosts(2);
  hosts.leave(0, start);
  hosts.serves(1);
  auto const later = start + Hosts::first_pause;
  REQUIRE(order(hosts, later) == Order{0, 1});
  hosts.serves(0);
  CHECK(hosts.is_to_be_given_up(1, later));
  CHECK_FALSE(hosts.is_to_be_given_up(0, later));
  CHECK(order(hosts, later) == Order{0, 1});
}

TEST_CASE("a host that does not come back is tried less and less often, and never for good") {
  Hosts hosts(2);
  hosts.serves(1);
  hosts.leave(0, start);
  int tries = 0;
  for (auto now = start; now < start + 1h; now += 100ms) {
    if (order(hosts, now) != Order{0, 1}) continue;
    ++tries;
    hosts.leave(0, now);
  }
  // An hour has 60 of the longest pause, which are drawn from its upper half; the first few are shorter.
  CHECK(tries >= 60);
  CHECK(tries <= 130);
}

TEST_CASE("for a host that is to be tried again one connection is given up, and the others when it serves") {
  Hosts hosts(2);
  hosts.leave(0, start);
  hosts.serves(1);
  auto const later = start + Hosts::first_pause;
  CHECK(hosts.is_to_be_given_up(1, later));
  CHECK_FALSE(hosts.is_to_be_given_up(1, later));
  // Nobody has connected in its place.
  CHECK(hosts.is_to_be_given_up(1, later + Hosts::first_pause));
  CHECK_FALSE(hosts.is_to_be_given_up(1, later + Hosts::first_pause));
  REQUIRE(order(hosts, later + Hosts::first_pause) == Order{0, 1});
  hosts.serves(0);
  for (int i = 0; i < 3; ++i) CHECK(hosts.is_to_be_given_up(1, later + Hosts::first_pause));
}

TEST_CASE("connections that may lead to any host lead to those that serve in turn, and to one that comes back") {
  Hosts hosts(3);
  auto const first_of = [&](Hosts::Time now) { return hosts.order_in_turn(now).front().host; };
  CHECK(Order{first_of(start), first_of(start), first_of(start), first_of(start)} == Order{0, 1, 2, 0});
  hosts.leave(1, start);
  std::vector<int> firsts(3);
  for (int i = 0; i < 10; ++i) ++firsts[first_of(start)];
  CHECK(firsts == std::vector<int>{5, 0, 5});
  CHECK(hosts.order_in_turn(start).back().host == 1);
  auto const later = start + Hosts::first_pause;
  CHECK_FALSE(hosts.is_to_be_given_up_in_turn(0, start));
  CHECK(hosts.is_to_be_given_up_in_turn(0, later));
  CHECK_FALSE(hosts.is_to_be_given_up_in_turn(2, later));
  auto const turns = hosts.order_in_turn(later);
  CHECK(turns.front().host == 1);
  CHECK(turns.front().is_doubtful);
  CHECK(first_of(later) != 1);  // that one has not come back yet
  CHECK_FALSE(hosts.is_to_be_given_up_in_turn(0, later));
  hosts.serves(1);
  firsts = std::vector<int>(3);
  for (int i = 0; i < 9; ++i) ++firsts[first_of(later)];
  CHECK(firsts == std::vector<int>{3, 3, 3});
}

TEST_CASE("where all hosts were left each is tried, in the URL's order and with patience") {
  Hosts hosts(3);
  for (std::size_t host : {2U, 0U, 1U}) hosts.leave(host, start);
  auto const turns = hosts.order(start);
  REQUIRE(turns.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(turns[i].host == i);
    CHECK_FALSE(turns[i].is_doubtful);
    CHECK_FALSE(hosts.is_to_be_given_up(i, start));
  }
  // What can only be read is given up for another that is to be tried again.
  auto const later = start + Hosts::first_pause;
  CHECK(hosts.is_to_be_given_up(0, later));
}

TEST_CASE("the only host of a URL is never given up") {
  Hosts hosts(1);
  hosts.leave(0, start);
  CHECK(order(hosts, start) == Order{0});
  CHECK_FALSE(hosts.is_to_be_given_up(0, start + 1h));
}
