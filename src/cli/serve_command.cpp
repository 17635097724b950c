// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"

#include <inlay/catalog.hpp>

#include <chrono>
#include <string>

#ifdef INLAY_HAS_REST
#include <service.hpp>  // the example docs/examples/http_server, which this command is
#include <signals.hpp>
#endif

namespace inlay::cli {

Result<void> serve([[maybe_unused]] Session& session, [[maybe_unused]] ServeArguments const& arguments) {
#ifdef INLAY_HAS_REST
  http_server::hold_hangups();
  CatalogOptions options;
  options.ask_again_after = std::chrono::seconds(arguments.ask_again_after);
  options.team_quota = {
      .rows = arguments.team_rows, .bytes = arguments.team_bytes, .bytes_logged_a_day = arguments.team_log_bytes_a_day};
  auto const catalog = session.open(Access::write, options);
  if (catalog.has_error()) return catalog.error();
  // What is no number in octal is no mode to CLI11 either.
  mode_t const mode =
      arguments.socket_mode.empty() ? 0600 : static_cast<mode_t>(std::stoul(arguments.socket_mode, nullptr, 8));
  return http_server::serve(*catalog, {.listen = arguments.listen,
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

}  // namespace inlay::cli
