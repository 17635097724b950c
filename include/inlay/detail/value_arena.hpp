// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_DETAIL_VALUE_ARENA_HPP
#define INLAY_DETAIL_VALUE_ARENA_HPP

#include <boost/json/memory_resource.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace inlay::detail {

/** Where the values of one document lie: taken in few pieces, given back all at once.

    boost::json::monotonic_resource takes powers of two, 1 KB at least, which is more than the values of an override;
   this one takes what the text lets expect.
*/
class ValueArena final : public boost::json::memory_resource {
 public:
  explicit ValueArena(std::size_t text_size) noexcept
      // 3 to 4 bytes for each of text are what configurations need (measured)
      : next_size_(3 * text_size + text_size / 2 + 256) {}
  ValueArena(ValueArena const&) = delete;
  ValueArena& operator=(ValueArena const&) = delete;
  ~ValueArena() override {
    while (last_ != nullptr) ::operator delete(std::exchange(last_, last_->before));
  }

 private:
  struct Piece {
    Piece* before;
  };

  void* do_allocate(std::size_t size, std::size_t alignment) override {
    void* place = free_;
    if (std::align(alignment, size, place, free_size_) == nullptr) {
      auto const piece_size = std::max(size + alignment, next_size_);
      last_ = ::new (::operator new(sizeof(Piece) + piece_size)) Piece{last_};
      next_size_ = piece_size / 2;
      place = last_ + 1;
      free_size_ = piece_size;
      std::align(alignment, size, place, free_size_);
    }
    free_ = static_cast<std::byte*>(place) + size;
    free_size_ -= size;
    return place;
  }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(boost::json::memory_resource const& other) const noexcept override { return this == &other; }

  Piece* last_ = nullptr;
  void* free_ = nullptr;
  std::size_t free_size_ = 0;
  std::size_t next_size_;
};

}  // namespace inlay::detail

namespace boost::json {

template <>
struct is_deallocate_trivial<inlay::detail::ValueArena> {
  static constexpr bool value = true;
};

}  // namespace boost::json

#endif
