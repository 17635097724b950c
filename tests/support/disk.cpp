// SPDX-License-Identifier: BSL-1.0
#include <support/disk.hpp>

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <utility>

namespace support::disk {

std::atomic<int> synced{0};

namespace {

std::function<void()> action;
std::atomic<bool> has_action{false};  // other threads may sync, too
constexpr int endless = std::numeric_limits<int>::max();
std::atomic<int> writes_left{endless};
std::atomic<bool> has_refused{false};

int sync(long call, int file) {
  ++synced;
  if (has_action.exchange(false)) std::exchange(action, nullptr)();
  return static_cast<int>(syscall(call, file));
}

}  // namespace

void at_next_sync(std::function<void()> now) {
  action = std::move(now);
  has_action = true;
}

void fill_after(int writes) {
  has_refused = false;
  writes_left = writes;
}

void make_room() { writes_left = endless; }

bool was_full() { return has_refused; }

}  // namespace support::disk

extern "C" int fsync(int file) { return support::disk::sync(SYS_fsync, file); }
extern "C" int fdatasync(int file) { return support::disk::sync(SYS_fdatasync, file); }

extern "C" ssize_t pwrite64(int file, void const* data, size_t size, off64_t offset) {
  using namespace support::disk;
  if (writes_left != endless && writes_left-- <= 0) {
    writes_left = 0;
    has_refused = true;
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_pwrite64, file, data, size, offset);
}
