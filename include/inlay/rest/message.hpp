// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_REST_MESSAGE_HPP
#define INLAY_REST_MESSAGE_HPP

// HTTP requests and responses as plain values: what a host's server hands in, and what it sends.

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::rest {

/** Header fields in the order they were added; their names are compared without regard to case (RFC 9110, 5.1). */
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  /** Adds a field, beside others of that name. */
  void add(std::string_view name, std::string_view value);

  /** Replaces all fields of that name by one. */
  void set(std::string_view name, std::string_view value);

  /** The value of the field of that name; of several the values joined by ", " (RFC 9110, 5.3). */
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;

  [[nodiscard]] bool contains(std::string_view name) const noexcept;

  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }

  friend bool operator==(Headers const&, Headers const&) = default;

 private:
  std::vector<Field> fields_;
};

/** What a client asks. */
struct Request {
  std::string method{};  ///< "GET"; case matters (RFC 9110, 9.1)
  std::string target{};  ///< path and query as they were sent, still percent-encoded: "/team?limit=2"
  Headers headers{};
  std::string body{};
};

/** What it is answered. Content-Length is left to the transport, except in the answer to HEAD, which has no body. */
struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};

  /** Holds the answer's bytes among those in flight (HandlerOptions::max_bytes_in_flight) until it, and all copies of
      it, are gone. A transport keeps it until the body is sent. */
  std::shared_ptr<void const> in_flight{};
};

/** The phrase that goes with a status, e.g. "Not Found" (RFC 9110, 15); "" for one that inlay does not use. */
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace inlay::rest

#endif
