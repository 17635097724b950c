// SPDX-License-Identifier: BSL-1.0
#ifndef JOURNAL_JOURNAL_HPP
#define JOURNAL_JOURNAL_HPP

#include <inlay/storage/backends.hpp>

namespace journal {

/** Stores that are a file of JSON Lines: `journal:catalogue.jsonl`. What `inlay export` writes is such a file.

    All of it is in memory while it is open, in one process; each commit adds a line. For small catalogues, and for
    whoever wants to see what a backend has to do.
*/
[[nodiscard]] inlay::Backend backend();

}  // namespace journal

#endif
