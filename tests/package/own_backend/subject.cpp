// SPDX-License-Identifier: BSL-1.0
#include "journal.hpp"

#include <inlay/conformance/conformance.hpp>

#include <filesystem>

inlay::conformance::Subject inlay::conformance::subject() {
  static auto const folder = std::filesystem::temp_directory_path() / ("journal-" + to_string(generate_uuid()));
  return {
      .name = "journal",
      .new_store = [] { return "journal:" + (folder / (to_string(generate_uuid()) + ".jsonl")).string(); },
      .open = [](std::string const& url) -> Result<std::shared_ptr<Repository>> {
        std::filesystem::create_directories(folder);
        return Backends{}.add(journal::backend()).open(url);
      },
      .capabilities = {.backend = "journal", .is_durable = true, .can_transfer = true},
      .drop =
          [](std::string const& url) {
            std::string const file = url.substr(std::string_view("journal:").size());
            std::filesystem::remove(file);
            std::filesystem::remove(file + ".lock");
            if (std::filesystem::is_empty(folder)) std::filesystem::remove(folder);
          },
  };
}
