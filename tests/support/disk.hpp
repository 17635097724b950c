// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_DISK_HPP
#define INLAY_TESTS_SUPPORT_DISK_HPP

#include <atomic>
#include <functional>

/** What SQLite asks of the disk, and what the disk answers: disk.cpp takes the place of the C library's functions in a
    program that is linked with it. */
namespace support::disk {

/** How often something was to be brought to the disk for good. */
extern std::atomic<int> synced;

/** Called once, before the next time that it is. */
void at_next_sync(std::function<void()> action);

/** After so many writes more, the disk is full; until make_room(). */
void fill_after(int writes);
void make_room();

/** Whether a write has met the full disk since fill_after(). */
[[nodiscard]] bool was_full();

}  // namespace support::disk

#endif
