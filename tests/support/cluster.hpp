// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_CLUSTER_HPP
#define INLAY_TESTS_SUPPORT_CLUSTER_HPP

#include <inlay/id.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace support {

/** Servers of our own that belong together, to do to one of them what must not be done to those that others use. */
class Cluster {
 public:
  enum class Kind {
    galera,           ///< three MariaDBs, galera1 to galera3
    galera_on_hosts,  ///< the same, each with a host of its own, to which there is a cable; as root
    standby,          ///< a PostgreSQL and its synchronous standby, pair1 and pair2
  };

  explicit Cluster(Kind kind) : name_(kind == Kind::standby ? "STANDBY" : "GALERA") {
    namespace fs = std::filesystem;
    fs::path const parent = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    folder_ = (parent / ("inlay-test-" + inlay::to_string(inlay::generate_uuid()))).string();
    fs::create_directory(folder_);
    // The others count as brought by the caller, and so are not started.
    std::string command = "env INLAY_TEST_CLUSTER=1";
    for (char const* const other :
         {"POSTGRESQL", "HOSTILE_POSTGRESQL", "MYSQL", "HOSTILE_MYSQL", "POSTGRESQL_18", "GALERA", "STANDBY"}) {
      command += std::string(" INLAY_TEST_") + other + "_URL=" + (other == name_ ? "" : "none");
    }
    if (kind == Kind::galera_on_hosts) command += " INLAY_TEST_CLUSTER_HOSTS=1";
    try {
      run(command + ' ' + INLAY_TEST_SERVERS + " start " + folder_);
    } catch (...) {
      end();  // one of several may run
      throw;
    }
    std::ifstream file(folder_ + "/env");
    for (std::string line; std::getline(file, line);) {
      std::string const begin = "export ";
      auto const equals = line.find('=');
      if (!line.starts_with(begin) || equals == std::string::npos) continue;
      std::string url = line.substr(equals + 1);
      std::erase(url, '\\');  // as a shell reads it
      urls_[line.substr(begin.size(), equals - begin.size())] = url;
    }
  }
  ~Cluster() { end(); }
  Cluster(Cluster const&) = delete;
  Cluster& operator=(Cluster const&) = delete;

  /** All of them, the first one first. */
  [[nodiscard]] std::string const& url() const { return urls_.at("INLAY_TEST_" + name_ + "_URL"); }
  /** One of them, from 1. */
  [[nodiscard]] std::string const& url(int number) const {
    return urls_.at("INLAY_TEST_" + name_ + "_URL_" + std::to_string(number));
  }

  /** Has tests/servers do it to one of them, from 1: "kill", "freeze"; its help lists them all. */
  void act(std::string const& what, int number) const {
    run(std::string(INLAY_TEST_SERVERS) + ' ' + what + ' ' + folder_ + (name_ == "GALERA" ? " galera" : " pair") +
        std::to_string(number));
  }

  /** Where its clients are, for setns(2). */
  [[nodiscard]] std::string clients_namespace() const {
    std::string name;
    std::ifstream(folder_ + "/hub.namespace") >> name;
    return "/run/netns/" + name;
  }

  /** Where the servers' logs are. */
  [[nodiscard]] std::string const& folder() const { return folder_; }

 private:
  void end() noexcept {
    try {
      run(std::string(INLAY_TEST_SERVERS) + " stop " + folder_);
    } catch (std::exception const&) {
      // What runs yet is said by the one who would have ended it.
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void run(std::string const& command) const {
    std::string const log = folder_ + "/commands.log";
    if (std::system((command + " >>" + log + " 2>&1 </dev/null").c_str()) == 0) return;
    std::ifstream file(log);
    throw std::runtime_error(command + " failed:\n" +
                             std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
  }

  std::string name_;
  std::string folder_;
  std::map<std::string, std::string> urls_;
};

}  // namespace support

#endif
