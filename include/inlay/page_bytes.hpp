// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_PAGE_BYTES_HPP
#define INLAY_PAGE_BYTES_HPP

#include <cstddef>

namespace inlay {

/** How many bytes a page may hold: of a list or of the change log as the stored texts of its documents count, of an
    explanation or of differences as their JSON does. A page that would come to more ends before, and says that there is
    a next one. So what a call needs in memory depends on this and on the largest row, and not on how many rows there
    are, nor on how often a name has to be repeated. */
inline constexpr std::size_t max_page_bytes = std::size_t{4} << 20U;

/** Says where a page ends that is filled row by row, commit by commit, or leaf by leaf. */
class PageBytes {
 public:
  /** Whether what comes next, of so many bytes, belongs to the page. What comes first does, however
      large it is, so that every walk over pages gets on; after what does not, nothing does. */
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

}  // namespace inlay

#endif
