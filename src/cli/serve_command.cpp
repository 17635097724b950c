// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "resources.hpp"

#include <inlay/catalog.hpp>

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#ifdef INLAY_HAS_REST
#include <service.hpp>  // of src/server
#include <signals.hpp>
#endif

namespace inlay::cli {
namespace {

struct ServeArguments {
  std::optional<std::string> listen;
  std::string socket_mode;  // octal; empty: 0600
  std::optional<std::string> health;
  std::optional<std::string> tokens_file;
  std::optional<std::size_t> max_strangers_of_address;
  std::vector<std::string> proxies;
  std::string base_path;
  std::optional<std::string> public_path;
  std::chrono::seconds ask_again_after{};
  std::optional<std::size_t> team_rows;
  std::optional<std::size_t> team_bytes;
  std::optional<std::size_t> team_log_bytes_a_day;
};

std::string octal_mode(std::string const& text) {
  bool const is_one = text.size() >= 3 && text.size() <= 4 && text.find_first_not_of("01234567") == std::string::npos &&
                      (text.size() == 3 || text.front() == '0');
  return is_one ? std::string() : "takes a mode such as 0660, not " + text;
}

/** Reads a whole number of seconds, minutes, hours or days. */
std::string read_duration(std::string const& text, std::chrono::seconds& into) {
  std::int64_t number = 0;
  char const* const last = text.data() + text.size();
  auto const [end, failure] = std::from_chars(text.data(), last, number);
  std::string_view const unit(end, static_cast<std::size_t>(last - end));
  std::int64_t const seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3'600 : unit == "d" ? 86'400 : 0;
  constexpr std::int64_t longest = std::int64_t{100} * 366 * 86'400;
  if (failure != std::errc() || seconds == 0 || number < 0 || number > longest / seconds) {
    return "a duration is a number with s, m, h or d, such as 12h or 30d; this is " + text;
  }
  into = std::chrono::seconds(number * seconds);
  return {};
}

void add_serve_parameters(Parameters& command, ServeArguments& into) {
  command
      .add("--listen", into.listen,
           "Where to listen (127.0.0.1:8080): ADDRESS:PORT, port 0 being a free one, or unix:PATH")
      .shown_as("WHERE")
      .check(not_empty);
  command
      .add("--health", into.health,
           "Answer GET /healthz there as well, and nothing else, whatever the rest is busy with")
      .shown_as("WHERE")
      .check(not_empty);
  command.add("--socket-mode", into.socket_mode, "Who may connect at unix:PATH (0600), here and there, as for chmod")
      .shown_as("MODE")
      .check(octal_mode);
  command.add("--tokens", into.tokens_file, "Who may call").shown_as("FILE").check(not_empty);
  command
      .add("--max-strangers", into.max_strangers_of_address,
           "Connections at most of one IP address without a token so far (half of all)")
      .shown_as("N")
      .check(whole_number);
  command.add("--proxy", into.proxies, "An IP address for which that does not hold; may be repeated")
      .shown_as("ADDRESS")
      .check(not_empty);
  command.add("--base-path", into.base_path, "Serve below this path, such as /api, which a proxy in front keeps")
      .shown_as("PATH")
      .check(not_empty);
  command
      .add("--public-path", into.public_path,
           "What Location and Link show in place of the base path, which a proxy in front\n"
           "takes off or puts before paths; / for none")
      .shown_as("PATH")
      .check(not_empty);
  command
      .add_read(
          "--ask-again-after", [&into](std::string const& text) { return read_duration(text, into.ask_again_after); },
          "How long a team waits, after a request was denied or revoked, until it may ask\n"
          "again, such as 12h or 30d; without it, it may at once")
      .shown_as("DURATION");
  command
      .add("--team-rows", into.team_rows,
           "How many rows each team may have: environments, integrations, installs and requests")
      .shown_as("N")
      .check(whole_number);
  command.add("--team-bytes", into.team_bytes, "How many bytes the configs and overrides of each team may have")
      .shown_as("N")
      .check(whole_number);
  command
      .add("--team-log-bytes-a-day", into.team_log_bytes_a_day,
           "How many bytes of rows before and after changes each team may add to the change\n"
           "log in a day in UTC")
      .shown_as("N")
      .check(whole_number);
}

Result<void> serve([[maybe_unused]] Session& session, [[maybe_unused]] ServeArguments const& arguments) {
#ifdef INLAY_HAS_REST
  http_server::hold_hangups();
  CatalogOptions options;
  options.ask_again_after = arguments.ask_again_after;
  options.team_quota = {
      .rows = arguments.team_rows, .bytes = arguments.team_bytes, .bytes_logged_a_day = arguments.team_log_bytes_a_day};
  // What is no number in octal is no mode to the command line either.
  mode_t const mode =
      arguments.socket_mode.empty() ? 0600 : static_cast<mode_t>(std::stoul(arguments.socket_mode, nullptr, 8));
  auto const open = [&] { return session.open(Access::write, options); };
  return http_server::serve(open, {.listen = arguments.listen,
                                   .health = arguments.health,
                                   .socket_mode = mode,
                                   .tokens_file = arguments.tokens_file,
                                   .max_strangers_of_address = arguments.max_strangers_of_address,
                                   .proxies = arguments.proxies,
                                   .paths = {.base = arguments.base_path, .shown = arguments.public_path}});
#else
  return Error{.kind = ErrorKind::not_built,
               .message = "this program was built without its server: build it with -DINLAY_REST=ON"};
#endif
}

}  // namespace

CommandRows serve_commands() {
  return {{.name = "serve",
           .group = groups::store,
           .help = "Serve the store over HTTP",
           .example =
               "serve --listen 127.0.0.1:8080 --tokens tokens.txt\n\n"
               "The tokens file has lines of\n"
               "  TOKEN|sha256:HEX ACTOR admin|TEAM_ID [expires=TIME]\n"
               "and nobody else may read it (chmod 600). A token has 32 characters or more (`openssl rand -hex 32`);\n"
               "HEX is its SHA-256 (`printf %s TOKEN | sha256sum`); admin is the host's own administration. A caller\n"
               "sends \"Authorization: Bearer TOKEN\". Without a file every caller is the administration, and only\n"
               "loopback is listened on, or a path of mode 0600.\n\n"
               "GET /healthz needs no token. Each request is a line on standard error. SIGTERM lets what has begun\n"
               "come to its end, for ten seconds; a second one ends it at once. SIGHUP reads the tokens file anew.\n"
               "A socket that systemd hands over is listened at in place of an address, and systemd is told when it\n"
               "is ready, reloads and stops.",
           .heeds_team = false,
           .declare = declares<ServeArguments>(add_serve_parameters, serve)}};
}

}  // namespace inlay::cli
