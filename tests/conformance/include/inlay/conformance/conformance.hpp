// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFORMANCE_CONFORMANCE_HPP
#define INLAY_CONFORMANCE_CONFORMANCE_HPP

// The kit that certifies a backend. A program links inlay::conformance, which brings every test and main(), and defines
// one function:
//
//   inlay::conformance::Subject inlay::conformance::subject() {
//     return {
//         .name = "shelf",
//         .new_store = [n = 0]() mutable { return "shelf:/tmp/kit-" + std::to_string(++n); },
//         .open = [](std::string const& url) { return inlay::Backends{}.add(shelf_backend()).open(url); },
//         .capabilities = {.backend = "shelf", .is_durable = true},
//     };
//   }
//
// backends/README.md lists what a backend promises, and which test holds it to each promise.

#include <inlay/error.hpp>
#include <inlay/storage/repository.hpp>

#include <functional>
#include <memory>
#include <string>

namespace inlay::conformance {

/** The backend that a program certifies. */
struct Subject {
  std::string name{};  ///< put in front of what fails

  /** Names a store that was never there, such as a URL with a new file or a new table prefix. Each test takes one or
      more, each of them once, so that tests and runs never meet. */
  std::function<std::string()> new_store{};

  /** Opens the store of that name; the first time it is made, empty. May be called from several threads at once. */
  std::function<Result<std::shared_ptr<Repository>>(std::string const& store)> open{};

  /** What an opened store is to say of itself. What a test expects depends on these, and on nothing else. */
  Capabilities capabilities{};

  /** Clears a store away, when a test is done with it and has closed it. May be empty. */
  std::function<void(std::string const& store)> drop{};
};

/** Defined by the program; called once. */
[[nodiscard]] Subject subject();

}  // namespace inlay::conformance

#endif
