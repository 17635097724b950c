// SPDX-License-Identifier: BSL-1.0
#include <support/rogue_server.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace support {

namespace {

/** The client is gone, or says what nobody expects. */
struct Over {};

/** One client, to which all waits are bounded. */
class Client {
 public:
  explicit Client(int handle) : handle_(handle) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without asking for an error in its place
    timeval const patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(handle_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~Client() {
    if (tls_) SSL_free(tls_);
    close(handle_);
  }
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;

  void encrypt(SSL_CTX* context) {
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, handle_);
    if (SSL_accept(tls_) != 1) throw Over();
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                             : static_cast<int>(::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (sent <= 0) throw Over();
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t had = 0; had < size;) {
      auto const got = tls_ ? SSL_read(tls_, bytes.data() + had, static_cast<int>(size - had))
                            : static_cast<int>(recv(handle_, bytes.data() + had, size - had, 0));
      if (got <= 0) throw Over();
      had += static_cast<std::size_t>(got);
    }
    return bytes;
  }

 private:
  int handle_;
  SSL* tls_ = nullptr;
};

[[nodiscard]] std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(number >> shift & 0xFFU);
  return bytes;
}

[[nodiscard]] std::uint32_t number_of(std::string_view bytes, bool is_little) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    number = number << 8U | static_cast<std::uint8_t>(bytes[is_little ? bytes.size() - 1 - i : i]);
  }
  return number;
}

/** A conversation, from its first byte to its last. */
class Conversation {
 public:
  Conversation(Client& with, Manners const& behaviour, SSL_CTX* encryption, RogueServer::Heard& into)
      : client_(with), manners_(behaviour), context_(encryption), heard_(into) {}

  void speak(Engine engine) { engine == Engine::mysql ? speak_mysql() : speak_postgresql(); }

 private:
  void hear_answer(std::string answer) {
    if (!answer.empty()) heard_.answers.push_back(std::move(answer));
  }

  // --------------------------------------------------------------------------------------------------------- MySQL

  void send_packet(std::string const& payload) {
    auto const size = static_cast<std::uint32_t>(payload.size());
    std::string packet;
    for (unsigned shift : {0U, 8U, 16U}) packet += static_cast<char>(size >> shift & 0xFFU);
    client_.send(packet + static_cast<char>(next_++) + payload);
  }

  std::string receive_packet() {
    std::string const head = client_.receive(4);
    next_ = static_cast<std::uint8_t>(static_cast<std::uint8_t>(head[3]) + 1);
    std::string payload = client_.receive(number_of(std::string_view(head).substr(0, 3), true));
    heard_.text += payload;
    return payload;
  }

  static constexpr std::string_view salt = "abcdefghijklmnopqrst";
  static constexpr std::uint32_t client_ssl = 1U << 11U;
  static constexpr std::uint32_t client_plugins = 1U << 19U;

  void greet() {
    // Long passwords, a database, protocol 4.1, transactions, secure connections, several results.
    std::uint32_t abilities = 1U | 2U | 8U | 1U << 9U | 1U << 13U | 1U << 15U | 1U << 16U | 1U << 17U | 1U << 18U;
    if (!manners_.certificate.empty()) abilities |= client_ssl;
    if (manners_.names_plugins) abilities |= client_plugins;
    std::string const low{static_cast<char>(abilities & 0xFFU), static_cast<char>(abilities >> 8U & 0xFFU)};
    std::string const high{static_cast<char>(abilities >> 16U & 0xFFU), static_cast<char>(abilities >> 24U)};
    std::string greeting =
        "\x0A"
        "5.5.5-10.11.0-MariaDB";
    greeting += std::string(1, '\0') + std::string(4, '\1') + std::string(salt.substr(0, 8)) + '\0';
    greeting += low + '\x2D' + std::string("\2\0", 2) + high + '\x15' + std::string(10, '\0');
    greeting += std::string(salt.substr(8)) + '\0';
    if (manners_.names_plugins) {
      greeting += (manners_.asks_by.empty() ? "mysql_native_password" : manners_.asks_by.front()) + '\0';
    }
    send_packet(greeting);
  }

  // What a plugin is told before it answers.
  [[nodiscard]] static std::string question_of(std::string const& plugin) {
    if (plugin == "dialog") return "\5Password: ";  // the only question, and not to be shown
    if (plugin == "client_ed25519") return std::string(32, 'n');
    return std::string(salt) + '\0';
  }

  void speak_mysql() {
    greet();
    std::string response = receive_packet();
    bool const wants_encryption = response.size() == 32 && (number_of(response.substr(0, 4), true) & client_ssl) != 0;
    if (wants_encryption) {
      heard_.text.clear();
      client_.encrypt(context_);
      receive_packet();
    }
    for (std::string const& plugin : manners_.asks_by) {
      send_packet('\xFE' + plugin + '\0' + question_of(plugin));
      hear_answer(receive_packet());
      if (plugin == "caching_sha2_password") {
        send_packet("\1\4");  // it does not know the answer yet: the password itself, please
        hear_answer(receive_packet());
      }
    }
    send_packet(std::string("\0\0\0\2\0\0\0", 7));
    heard_.statement = receive_packet();
    if (manners_.answers_with.empty()) throw Over();
    send_packet(manners_.answers_with);
    heard_.after_statement = receive_packet();
  }

  // ---------------------------------------------------------------------------------------------------- PostgreSQL

  void send_message(char type, std::string const& body) {
    client_.send(type + big_endian(static_cast<std::uint32_t>(body.size()) + 4) + body);
  }

  std::string receive_message(std::size_t type_size) {
    std::string const head = client_.receive(type_size + 4);
    std::string body = client_.receive(number_of(std::string_view(head).substr(type_size), false) - 4);
    heard_.text += head + body;
    return body;
  }

  void speak_postgresql() {
    constexpr std::uint32_t encrypt = 80877103;
    constexpr std::uint32_t encrypt_by_gss = 80877104;
    while (true) {
      std::string const first = receive_message(0);
      std::uint32_t const wish = number_of(first.substr(0, 4), false);
      if (wish != encrypt && wish != encrypt_by_gss) break;
      heard_.text.clear();
      bool const grants = wish == encrypt && !manners_.certificate.empty();
      client_.send(grants ? "S" : "N");
      if (grants) client_.encrypt(context_);
    }
    for (std::string const& way : manners_.asks_by) {
      if (way == "cleartext") send_message('R', big_endian(3));
      if (way == "md5") send_message('R', big_endian(5) + "salt");
      if (way.starts_with("scram")) {
        std::string mechanisms = way == "scram-plus" ? std::string("SCRAM-SHA-256-PLUS\0", 19) : "";
        mechanisms += std::string("SCRAM-SHA-256\0\0", 15);
        send_message('R', big_endian(10) + mechanisms);
      }
      std::string const answer = receive_message(1);
      hear_answer(answer);
      if (way != "scram-plus") continue;
      std::string const nonce = answer.substr(answer.find("r=") + 2);
      send_message('R', big_endian(11) + "r=" + nonce + "more,s=c2FsdHNhbHQ=,i=4096");
      hear_answer(receive_message(1));
      send_message('R', big_endian(12) + "v=bm90IHRoZSBzaWduYXR1cmUgb2YgYSBzZXJ2ZXIhISE=");
    }
    send_message('R', big_endian(0));
    send_message('Z', "I");
    heard_.statement = receive_message(1);
    if (manners_.answers_with.empty()) throw Over();
    send_message(manners_.answers_with.front(), manners_.answers_with.substr(1));
    heard_.after_statement = receive_message(1);
  }

  Client& client_;
  Manners const& manners_;
  SSL_CTX* context_;
  RogueServer::Heard& heard_;
  std::uint8_t next_ = 0;  // of MySQL: the number of the next packet
};

}  // namespace

class RogueServer::Loop {
 public:
  Loop(Engine engine, Manners manners) : engine_(engine), manners_(std::move(manners)) {
    if (!manners_.certificate.empty()) {
      context_.reset(SSL_CTX_new(TLS_server_method()));
      char const* const file = manners_.certificate.c_str();
      if (SSL_CTX_use_certificate_file(context_.get(), file, SSL_FILETYPE_PEM) != 1 ||
          SSL_CTX_use_PrivateKey_file(context_.get(), file, SSL_FILETYPE_PEM) != 1) {
        throw std::runtime_error(manners_.certificate + " is no certificate with a key");
      }
    }
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr const*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      close(listener_);
      throw std::runtime_error("no port to listen on");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    is_over_ = true;
    thread_.join();
    close(listener_);
  }
  Loop(Loop const&) = delete;
  Loop& operator=(Loop const&) = delete;

  [[nodiscard]] std::string place() const { return std::to_string(port_); }

  [[nodiscard]] Heard heard() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return !is_busy_ && !is_waiting(); });
    return heard_;
  }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };

  [[nodiscard]] bool is_waiting() const {
    pollfd wait{.fd = listener_, .events = POLLIN, .revents = 0};
    return poll(&wait, 1, 0) > 0;
  }

  void run() {
    while (!is_over_) {
      pollfd wait{.fd = listener_, .events = POLLIN, .revents = 0};
      if (poll(&wait, 1, 20) <= 0) continue;
      std::unique_lock lock(mutex_);
      int const handle = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (handle < 0) continue;
      is_busy_ = true;
      ++heard_.connections;
      lock.unlock();
      Heard one;
      {
        Client client(handle);
        try {
          Conversation(client, manners_, context_.get(), one).speak(engine_);
        } catch (Over const&) {
        }
        ERR_clear_error();
      }
      lock.lock();
      heard_.text += one.text;
      heard_.answers.insert(heard_.answers.end(), one.answers.begin(), one.answers.end());
      if (heard_.statement.empty()) heard_.statement = one.statement;
      heard_.after_statement += one.after_statement;
      is_busy_ = false;
      idle_.notify_all();
    }
  }

  Engine engine_;
  Manners manners_;
  std::unique_ptr<SSL_CTX, Free> context_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_over_{false};
  std::mutex mutex_;
  std::condition_variable idle_;
  bool is_busy_ = false;
  Heard heard_;
  std::thread thread_;
};

RogueServer::RogueServer(Engine engine, Manners manners)
    : loop_(std::make_unique<Loop>(engine, std::move(manners))),
      scheme_(engine == Engine::mysql ? "mysql" : "postgresql") {}
RogueServer::~RogueServer() = default;

std::string RogueServer::url(std::string const& host, std::string const& parameters) const {
  return scheme_ + "://somebody:" + std::string(password) + '@' + host + ':' + loop_->place() + "/db?pool_size=1&" +
         parameters;
}

RogueServer::Heard RogueServer::heard() const { return loop_->heard(); }

void make_certificate(std::string const& file, std::string const& host) {
  std::string const make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=" + host +
      "' -addext subjectAltName=DNS:" + host + " -keyout " + file + ".key -out " + file + " >/dev/null 2>&1 && cat " +
      file + ".key >>" + file;
  if (std::system(make.c_str()) != 0) throw std::runtime_error("openssl makes no certificate " + file);
}

}  // namespace support
