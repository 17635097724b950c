// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_FAULTY_PROXY_HPP
#define INLAY_TESTS_SUPPORT_FAULTY_PROXY_HPP

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace support {

/** What becomes of a request to a database, or of its reply. */
enum class Fault {
  cut,         ///< the request never arrives, and the connection is gone
  lose_reply,  ///< the server does it, and the connection is gone before its reply arrives
  cut_reply,   ///< the connection is gone after half of the reply
  delay,       ///< the connection is gone for the client; the server gets the request when release() says so
  hang,        ///< the server does it, its reply never arrives, and the connection stays
  refuse,      ///< the request never arrives, and the client is told the strike's error; of MySQL
  deny,        ///< the server does it, and the client is told the strike's error; of MySQL
  deny_end,    ///< the same, after the rows that it gives
};

/** What a client sends in one go. */
struct Request {
  std::string_view statement;  ///< its text, also where the server was told it earlier; empty for anything else
  std::string_view bytes;      ///< all of it, the bound values among it

  [[nodiscard]] bool mentions(std::string_view text) const { return bytes.find(text) != std::string_view::npos; }
};

/** One thing that goes wrong. */
struct Strike {
  std::function<bool(Request const&)> when;
  Fault fault{};
  int times = 1;
  bool then_goes_away = false;           ///< no connection stays, and none is made, until come_back()
  std::function<void()> meanwhile = {};  ///< called between the reply, where the server sends one, and the fault
  unsigned error = 0;                    ///< a number of MySQL's
};

/** Stands between a client and PostgreSQL or MariaDB on the loopback interface, and fails on command.

    All members are thread-safe.
*/
class FaultyProxy {
 public:
  /** In front of the server that a store's URL names.

      @param is_encrypted says that clients will encrypt what they send: of requests it is seen that they come, and of
      replies that they begin.
  */
  explicit FaultyProxy(std::string const& store_url, bool is_encrypted = false);
  ~FaultyProxy();
  FaultyProxy(FaultyProxy const&) = delete;
  FaultyProxy& operator=(FaultyProxy const&) = delete;

  /** The same URL, through here. */
  [[nodiscard]] std::string url(std::string const& parameters) const;

  /** Arms a fault; those armed earlier come first. */
  void arm(Strike strike);
  /** Forgets those that have not struck. */
  void disarm();
  /** How often one has struck since the last disarm(). */
  [[nodiscard]] int strikes() const;

  /** Writes `to` for `from` in all requests from now on; of MySQL. So a server can be asked something else, and seems
     to be another. */
  void rewrite(std::string from, std::string to);
  /** And no more. */
  void rewrite_nothing();

  /** How many connections clients have made. */
  [[nodiscard]] int connections() const;

  /** Ends all connections and refuses new ones. */
  void go_away();
  void come_back();

  /** Takes out of what a MySQL server says first that it can encrypt, as somebody on the way could. */
  void hide_encryption();

  /** Lets nothing through any more, though connections can be made. */
  void freeze();

  /** Sends what was delayed, and waits until the server has replied to it or has ended the connection.

      @returns whether there was something.
  */
  bool release();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace support

#endif
