// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_IN_FLIGHT_HPP
#define INLAY_SRC_REST_IN_FLIGHT_HPP

#include <inlay/catalog.hpp>
#include <inlay/ground/internal/keyed_hash.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>

namespace inlay::rest {

/** Who has too many bytes in flight for one more answer. */
enum class Full { everybody, caller };

/** The bytes of answers that are being made, or were made and not sent yet: in all, and each caller's. */
class BytesInFlight : public std::enable_shared_from_this<BytesInFlight> {
 public:
  /** Bytes that are held for one answer; given back when it ends. */
  class Hold {
   public:
    Hold(std::shared_ptr<BytesInFlight> of, std::string caller, std::size_t bytes) noexcept
        : of_(std::move(of)), caller_(std::move(caller)), bytes_(bytes) {}
    Hold(Hold const&) = delete;
    Hold& operator=(Hold const&) = delete;
    ~Hold() { of_->give_back(caller_, bytes_); }

    /** Gives back what is not needed: the answer came to so many. An answer may come to more than was reserved, by the
        row that is larger than a page; that is held, too. */
    void settle(std::size_t bytes);

   private:
    friend class BytesInFlight;

    std::shared_ptr<BytesInFlight> of_;
    std::string caller_;
    std::size_t bytes_;
  };

  /** @param most, most_of_caller 0: there is no limit. */
  BytesInFlight(std::size_t most, std::size_t most_of_caller) noexcept : most_(most), most_of_caller_(most_of_caller) {}

  /** Reserves bytes for an answer to a caller; one answer is always let in, however many it needs. */
  [[nodiscard]] std::variant<std::shared_ptr<Hold>, Full> reserve(Caller const& caller, std::size_t bytes);

 private:
  void give_back(std::string const& caller, std::size_t bytes) noexcept;
  void change(std::string const& caller, std::size_t from, std::size_t to);

  std::size_t most_;
  std::size_t most_of_caller_;
  std::mutex mutex_;
  std::size_t all_ = 0;
  std::unordered_map<std::string, std::size_t, detail::KeyedHash> of_;
};

}  // namespace inlay::rest

#endif
