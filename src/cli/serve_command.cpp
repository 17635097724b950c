// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"

#include <inlay/catalog.hpp>

#include <chrono>

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
  auto const catalog = session.open(Access::write, options);
  if (catalog.has_error()) return catalog.error();
  return http_server::serve(*catalog, {.listen = arguments.listen,
                                       .tokens_file = arguments.tokens_file,
                                       .paths = {.base = arguments.base_path, .shown = arguments.public_path}});
#else
  return Error{.kind = ErrorKind::not_built,
               .message = "this program was built without its server: build it with -DINLAY_REST=ON"};
#endif
}

}  // namespace inlay::cli
