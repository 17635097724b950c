// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_PRIVATE_PAIR_HPP
#define INLAY_TESTS_SUPPORT_PRIVATE_PAIR_HPP

#include <inlay/id.hpp>
#include <support/server.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace support {

/** A PostgreSQL of our own and its standby, to do to them what must not be done to those that others use. */
class PrivatePair {
 public:
  PrivatePair() {
    namespace fs = std::filesystem;
    fs::path const parent = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    folder_ = (parent / ("inlay-test-" + inlay::to_string(inlay::generate_uuid()))).string();
    fs::create_directory(folder_);
    // All others count as brought by the caller, and so are not started.
    std::string variables = "env -u INLAY_TEST_STANDBY_URL INLAY_TEST_CLUSTER=1 ";
    for (char const* const other :
         {"POSTGRESQL", "PGBOUNCER", "HOSTILE_POSTGRESQL", "MYSQL", "HOSTILE_MYSQL", "GALERA", "POSTGRESQL_18"}) {
      variables += std::string("INLAY_TEST_") + other + "_URL=none ";
    }
    try {
      run(variables + INLAY_TEST_SERVERS + " start " + folder_);
    } catch (...) {
      end();  // one of the two may run
      throw;
    }
    std::ifstream file(folder_ + "/env");
    for (std::string line; std::getline(file, line);) {
      auto const equals = line.find('=');
      if (!line.starts_with("export ") || equals == std::string::npos) continue;
      // A comma is written so that a shell takes it as it is.
      std::string url = line.substr(equals + 1);
      std::erase(url, '\\');
      urls_[line.substr(7, equals - 7)] = url;
    }
  }
  ~PrivatePair() { end(); }
  PrivatePair(PrivatePair const&) = delete;
  PrivatePair& operator=(PrivatePair const&) = delete;

  /** Both, the primary first. */
  [[nodiscard]] std::string const& url() const { return urls_.at("INLAY_TEST_STANDBY_URL"); }
  [[nodiscard]] std::string const& primary() const { return urls_.at("INLAY_TEST_STANDBY_URL_1"); }
  [[nodiscard]] std::string const& standby() const { return urls_.at("INLAY_TEST_STANDBY_URL_2"); }

  /** Has tests/servers do it to one of them: "kill", "return", "promote". */
  void act(std::string const& what, bool on_standby) {
    run(std::string(INLAY_TEST_SERVERS) + ' ' + what + ' ' + folder_ + (on_standby ? " pair2" : " pair1"));
  }

 private:
  void end() noexcept {
    try {
      run(INLAY_TEST_SERVERS " stop " + folder_);
    } catch (std::exception const&) {
      // What runs yet is said by the one who would have ended it.
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  static void run(std::string const& command) {
    if (std::system((command + " >/dev/null 2>&1 </dev/null").c_str()) != 0) {
      throw std::runtime_error(command + " failed");
    }
  }

  std::string folder_;
  std::map<std::string, std::string> urls_;
};

}  // namespace support

#endif
