// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_PAGE_HPP
#define INLAY_STORAGE_PAGE_HPP

#include <cstddef>

namespace inlay::storage {

/** How many bytes of documents a page of a list or of the change log may hold, as their stored texts count: a page that
    would come to more ends before its limit, and says that there is a next one. So what a call needs in memory depends
    on this and on the largest row, and not on how many rows there are. */
inline constexpr std::size_t max_page_bytes = std::size_t{4} << 20U;

/** Says where a page ends that is filled row by row, or commit by commit. */
class PageBytes {
 public:
  /** Whether what comes next, with documents of so many bytes, belongs to the page. What comes first does, however
      large it is, so that every walk over pages gets on; behind what does not, nothing does. */
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    bool const fits = is_empty_ || (taken_ <= max_page_bytes && bytes <= max_page_bytes - taken_);
    is_empty_ = false;
    taken_ = fits ? taken_ + bytes : max_page_bytes + 1;
    return fits;
  }

 private:
  bool is_empty_ = true;
  std::size_t taken_ = 0;
};

}  // namespace inlay::storage

#endif
