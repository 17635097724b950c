// SPDX-License-Identifier: BSL-1.0
#include <inlay/inlay.hpp>

#include <support/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

TEST_CASE("the umbrella header includes every public header") {
  std::filesystem::path const root = INLAY_TEST_INCLUDE_DIR;
  std::ostringstream umbrella;
  umbrella << std::ifstream(root / "inlay/inlay.hpp").rdbuf();
  std::size_t headers = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(root / "inlay")) {
    std::string const name = std::filesystem::relative(entry.path(), root).generic_string();
    bool const is_public = entry.path().extension() == ".hpp" && name.find("/impl/") == std::string::npos &&
                           name.find("/detail/") == std::string::npos && name.find("/internal/") == std::string::npos &&
                           name.find("/catalog/rules/") == std::string::npos &&  // what the catalogue alone is made of
                           name.find("/rest/") == std::string::npos && entry.path().filename() != "src.hpp";
    if (!is_public || name == "inlay/inlay.hpp") continue;
    CAPTURE(name);
    CHECK(umbrella.str().find("#include <" + name + ">") != std::string::npos);
    ++headers;
  }
  CHECK(headers > 20);
}
