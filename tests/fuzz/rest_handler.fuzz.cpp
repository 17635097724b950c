// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <inlay/backends/memory.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/rest/handler.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace inlay;
using fuzz::require;

namespace {

constexpr std::string_view team_a = "05daecaf-4365-42e8-8370-8127de5dd717";
constexpr std::string_view team_b = "77777777-7777-4777-8777-777777777777";
constexpr std::string_view marker = "kept-from-b";  // stands in what team B must never see

std::uint64_t next_id = 0;

/** One after the other, so that an input gives the same store each time. */
Uuid generate_id() {
  std::string text = std::to_string(++next_id);
  text.insert(0, 12 - text.size(), '0');
  return parse_uuid("99999999-9999-4999-8999-" + text).value();
}

template <class Entity>
void create(Catalog const& catalog, std::string_view json) {
  auto const object = json::parse(json).value();
  catalog.create_from<Entity>(object.as_object()).value();
}

/** Two teams: A has what B can't see, what it may ask for and what it may install. */
Catalog make_catalog() {
  next_id = 0;
  auto catalog = Catalog::open("memory:", Backends().add(memory_backend()),
                               {.clock = [] { return Timestamp{.microseconds = 1'700'000'000'000'000}; },
                                .generate_id = generate_id,
                                .limits = {.max_bytes = 4096}})
                     .value()
                     .as({.actor = "host"});
  create<Team>(catalog, R"({"id":"05daecaf-4365-42e8-8370-8127de5dd717","name":"A"})");
  create<Team>(catalog, R"({"id":"77777777-7777-4777-8777-777777777777","name":"B"})");
  create<Environment>(catalog, R"({"id":"8a2b104d-74a6-47f2-b93e-c6b611e82391",
      "team_id":"05daecaf-4365-42e8-8370-8127de5dd717","name":"kept-from-b"})");
  create<Environment>(catalog, R"({"id":"8a2b104d-74a6-47f2-b93e-c6b611e82392",
      "team_id":"77777777-7777-4777-8777-777777777777","name":"test"})");
  create<Integration>(catalog, R"({"id":"4a4de828-f4db-4c9e-adfd-434e0864c3c7","name":"kept-from-b",
      "team_id":"05daecaf-4365-42e8-8370-8127de5dd717","config":{"kept-from-b":{"a":[1,2.5,null]}}})");
  create<Integration>(catalog, R"({"id":"4a4de828-f4db-4c9e-adfd-434e0864c3c8","name":"ask","sharing":"ask",
      "team_id":"05daecaf-4365-42e8-8370-8127de5dd717","config":{"a":"kept-from-b"}})");
  create<Integration>(catalog, R"({"id":"4a4de828-f4db-4c9e-adfd-434e0864c3c9","name":"free","sharing":"allow",
      "team_id":"05daecaf-4365-42e8-8370-8127de5dd717","config":{"url":"https://x","headers":{"Accept":"*/*"}}})");
  create<EnvironmentIntegration>(catalog, R"({"id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9",
      "integration_id":"4a4de828-f4db-4c9e-adfd-434e0864c3c9","environment_id":"8a2b104d-74a6-47f2-b93e-c6b611e82391",
      "override":{"b":"kept-from-b"}})");
  create<EnvironmentIntegration>(catalog, R"({"id":"3fda2b4c-0516-41bc-8ae6-4927e42eccea",
      "integration_id":"4a4de828-f4db-4c9e-adfd-434e0864c3c9","environment_id":"8a2b104d-74a6-47f2-b93e-c6b611e82392",
      "override":{"url":"https://y"}})");
  return catalog;
}

/** Takes "METHOD TARGET", lines of fields, an empty line, and a body up to a line of "%%". */
rest::Request take_request(std::string_view& input) {
  std::string_view text = input.substr(0, input.find("\n%%\n"));
  input.remove_prefix(std::min(text.size() + 4, input.size()));
  rest::Request request;
  std::string_view const line = fuzz::take_line(text);
  std::size_t const blank = std::min(line.find(' '), line.size());
  request.method = line.substr(0, blank);
  request.target = line.substr(std::min(blank + 1, line.size()));
  while (!text.empty()) {
    std::string_view const field = fuzz::take_line(text);
    if (field.empty()) break;
    std::size_t const colon = std::min(field.find(": "), field.size());
    request.headers.add(field.substr(0, colon), field.substr(std::min(colon + 2, field.size())));
  }
  request.body = text;
  return request;
}

void look_at(rest::Request const& request, rest::Response const& response, std::string const& seen) {
  require(response.status >= 200 && response.status < 500, "nothing that is asked is the store's fault", seen);
  require(!rest::reason_phrase(response.status).empty(), "a status is one that is known", seen);
  bool is_json = false;
  for (auto const& [name, value] : response.headers) {
    bool const is_line = (name + value).find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
    require(is_line, "a field of an answer is one line", seen);
    if (name == "Content-Type") is_json = value.find("json") != std::string::npos;
  }
  bool const has_no_body = request.method == "HEAD" || response.status == 204 || response.status == 304;
  if (has_no_body) {
    require(response.body.empty(), "an answer without a body has none", seen);
  } else {
    require(is_json && json::parse(response.body, {.max_bytes = std::size_t{64} << 20U}).has_value(),
            "an answer is JSON", seen);
  }
}

}  // namespace

// Whatever is asked, and on whose behalf: it is answered, with JSON or nothing; what only reads or is refused changes
// nothing; and no team sees what is another's. The first character of a request chooses the caller.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto input = fuzz::as_text(data, size);
  auto const catalog = make_catalog();
  rest::Handler const handler(catalog, {.base_path = "/api", .cursor_key = std::string(32, 'k')});
  bool is_b_alone = true;  // nobody has let B see more than at the beginning
  for (int count = 0; count < 8 && !input.empty(); ++count) {
    char const who = input.front();
    input.remove_prefix(1);
    rest::Request const request = take_request(input);
    Caller caller{.actor = "somebody"};
    if (who == 'a') caller.team = Id<Team>::parse(team_a).value();
    if (who != 'a' && who != '0') caller.team = Id<Team>::parse(team_b).value();
    bool const is_b = who != 'a' && who != '0';
    is_b_alone = is_b_alone && is_b;
    Revision const before = catalog.repository().revision().value();
    rest::Response const response = handler(request, caller);
    Revision const after = catalog.repository().revision().value();

    std::string seen = std::string(1, who) + request.method + ' ' + request.target + "\n\n" + request.body + "\n-> " +
                       std::to_string(response.status) + ' ' + response.body;
    look_at(request, response, seen);
    bool const is_read = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
    if (is_read || response.status >= 300) require(before == after, "who reads or is refused changes nothing", seen);
    // What B says itself may come back to it.
    bool says_it = request.target.find(marker) != std::string::npos || request.body.find(marker) != std::string::npos;
    for (auto const& [name, value] : request.headers) says_it = says_it || value.find(marker) != std::string::npos;
    if (is_b_alone && !says_it) {
      std::string all = response.body;
      for (auto const& [name, value] : response.headers) all += value;
      require(all.find(marker) == std::string::npos, "a team does not see what is another's", seen);
    } else {
      is_b_alone = is_b_alone && !says_it;
    }
  }
  return 0;
}
