// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_DETAIL_VALUE_ARENA_HPP
#define INLAY_JSON_DETAIL_VALUE_ARENA_HPP

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>

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
class ValueArena {
 public:
  explicit ValueArena(std::size_t text_size) noexcept
      // 3 to 4 bytes for each of text are what configurations need (measured)
      : next_size_(3 * text_size + text_size / 2 + 256) {}
  ValueArena(ValueArena const&) = delete;
  ValueArena& operator=(ValueArena const&) = delete;
  ~ValueArena() {
    while (last_ != nullptr) ::operator delete(std::exchange(last_, last_->before));
  }

  void* allocate(std::size_t size, std::size_t alignment) {
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

 private:
  struct Piece {
    Piece* before;
  };

  Piece* last_ = nullptr;
  void* free_ = nullptr;
  std::size_t free_size_ = 0;
  std::size_t next_size_;
};

/** The storage of all documents' values: in an arena while a thread fills one, else on the heap.

    Boost.JSON copies a value into the storage of the value it copies, and 1.81 does so to compare two objects. Were the
    arena itself that storage, whoever copies or compares what all threads read would take room from it: a race, and a
    copy that dies with the document. So the arena has only what its own parse puts there. Nothing of that is ever given
    back alone; what is, outside of a Filling, came from the heap.
*/
class DocumentStorage final : public boost::json::memory_resource {
 public:
  [[nodiscard]] static DocumentStorage* instance() noexcept {
    static auto* const storage = new DocumentStorage;  // for good: copies may live in static objects
    return storage;
  }

  /** While it lives, what this thread allocates comes from the arena, and what it deallocates is left there. */
  class Filling {
   public:
    explicit Filling(ValueArena& arena) noexcept { filled_ = &arena; }
    Filling(Filling const&) = delete;
    Filling& operator=(Filling const&) = delete;
    ~Filling() { filled_ = nullptr; }
  };

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (filled_ != nullptr) return filled_->allocate(size, alignment);
    return boost::json::storage_ptr()->allocate(size, alignment);
  }
  void do_deallocate(void* place, std::size_t size, std::size_t alignment) override {
    if (filled_ == nullptr) boost::json::storage_ptr()->deallocate(place, size, alignment);
  }
  bool do_is_equal(boost::json::memory_resource const& other) const noexcept override { return this == &other; }

  static constinit inline thread_local ValueArena* filled_ = nullptr;
};

}  // namespace inlay::detail

#endif
