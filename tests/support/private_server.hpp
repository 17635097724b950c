// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_PRIVATE_SERVER_HPP
#define INLAY_TESTS_SUPPORT_PRIVATE_SERVER_HPP

#include <inlay/id.hpp>
#include <support/server.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace support {

/** A server of our own, to do to it what must not be done to one that others use. */
class PrivateServer {
 public:
  /** @param variables is set for tests/servers, such as "INLAY_TEST_TLS_SERVERS=1". */
  explicit PrivateServer(Engine engine, std::string const& variables = "") {
    namespace fs = std::filesystem;
    fs::path const parent = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    folder_ = (parent / ("inlay-test-" + inlay::to_string(inlay::generate_uuid()))).string();
    fs::create_directory(folder_);
    // The others count as brought by the caller, and so are not started.
    bool const is_postgresql = engine == Engine::postgresql;
    run(std::string(is_postgresql ? "env -u INLAY_TEST_POSTGRESQL_URL INLAY_TEST_PGBOUNCER_URL=none"
                                    " INLAY_TEST_HOSTILE_POSTGRESQL_URL=none INLAY_TEST_MYSQL_URL=none "
                                  : "env -u INLAY_TEST_MYSQL_URL INLAY_TEST_POSTGRESQL_URL=none ") +
        "INLAY_TEST_HOSTILE_MYSQL_URL=none INLAY_TEST_CLUSTER= " + variables + ' ' + INLAY_TEST_SERVERS + " start");
    std::ifstream file(folder_ + "/env");
    std::string line;
    std::string const wanted = std::string("export INLAY_TEST_") + (is_postgresql ? "POSTGRESQL" : "MYSQL") + "_URL=";
    while (std::getline(file, line)) {
      if (line.starts_with(wanted)) url_ = line.substr(wanted.size());
    }
  }
  ~PrivateServer() {
    try {
      run(INLAY_TEST_SERVERS " stop");
    } catch (std::runtime_error const&) {
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PrivateServer(PrivateServer const&) = delete;
  PrivateServer& operator=(PrivateServer const&) = delete;

  void crash() { run(INLAY_TEST_SERVERS " crash"); }
  [[nodiscard]] std::string const& url() const { return url_; }
  [[nodiscard]] std::string const& folder() const { return folder_; }

 private:
  void run(std::string const& command) {
    if (std::system((command + ' ' + folder_ + " >/dev/null 2>&1 </dev/null").c_str()) != 0) {
      throw std::runtime_error(command + " failed");
    }
  }

  std::string folder_;
  std::string url_;
};

}  // namespace support

#endif
