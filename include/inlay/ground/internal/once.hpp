// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_ONCE_HPP
#define INLAY_GROUND_INTERNAL_ONCE_HPP

#include <atomic>
#include <utility>

namespace inlay::detail {

/** Something that is done when it is first asked for, and then never again: std::call_once for what is done often and
    hardly ever by two threads at once. std::call_once asks the system to wake whoever waits, each time; this one only
    where somebody does. */
class Once {
 public:
  /** Whether it has been done. What was written by whoever did it can be read then. */
  [[nodiscard]] bool is_done() const noexcept { return state_.load(std::memory_order_acquire) == done; }

  /** Calls `work` unless it has been done, and waits while another thread does it. What `work` throws goes to the
     caller, and the next one does it. */
  template <class Work>
  void run(Work&& work) {
    for (int seen = state_.load(std::memory_order_acquire); seen != done;) {
      if (seen == untouched) {
        if (!state_.compare_exchange_weak(seen, underway, std::memory_order_acquire)) continue;
        Attempt attempt(state_);
        std::forward<Work>(work)();
        attempt.end = done;
        return;
      }
      if (seen == underway && !state_.compare_exchange_weak(seen, awaited, std::memory_order_acquire)) continue;
      state_.wait(awaited, std::memory_order_acquire);
      seen = state_.load(std::memory_order_acquire);
    }
  }

 private:
  static constexpr int untouched = 0;
  static constexpr int underway = 1;
  static constexpr int awaited = 2;  // underway, and somebody waits for it
  static constexpr int done = 3;

  struct Attempt {
    explicit Attempt(std::atomic<int>& of) noexcept : state(of) {}
    Attempt(Attempt const&) = delete;
    Attempt& operator=(Attempt const&) = delete;
    ~Attempt() {
      if (state.exchange(end, std::memory_order_acq_rel) == awaited) state.notify_all();
    }

    std::atomic<int>& state;
    int end = untouched;
  };

  std::atomic<int> state_ = untouched;  // an int: what the systems can wait for without a lock of their own
};

}  // namespace inlay::detail

#endif
