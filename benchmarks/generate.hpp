// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_GENERATE_HPP
#define INLAY_BENCHMARKS_GENERATE_HPP

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace inlay::benchmarks {

/** A size of configuration that integrations have: a small one, a large one, and the largest that is allowed. */
struct Size {
  char const* name;
  std::size_t bytes;
};
inline constexpr std::array<Size, 3> sizes{Size{"1.7KB", 1'700}, Size{"60KB", 60'000}, Size{"1MB", 1'000'000}};

/** The text of one resource's first methods, as integrations describe them. */
inline std::string generate_resource(std::size_t number, std::size_t methods = 4) {
  std::string const name = "resource_" + std::to_string(number);
  std::string text = "\"" + name + "\":{";
  char const* separator = "";
  for (std::string_view const method : {"list", "get", "create", "update"}) {
    if (methods-- == 0) break;
    bool const is_read = method == "list" || method == "get";
    text += separator;
    separator = ",";
    text += '"';
    text += method;
    text += R"(":{"method":")";
    text += is_read ? "GET" : "POST";
    text += R"(","path":"/api/v2/)" + name + (method == "list" ? "" : "/{{parameters.id}}");
    text += R"(","response_path":"data.)" + name + R"(","query":{"include":"owner,tags","per_page":)";
    text += std::to_string(25 * (number % 4 + 1));
    text += R"(},"headers":{"Accept":"application/json","X-Request-Source":"{{environment.name}}"})";
    text += method == "list" ? R"(,"pagination":null)" : R"(,"timeout_seconds":)" + std::to_string(number % 30) + ".5";
    text += R"(,"retry":true})";
  }
  text += '}';
  return text;
}

/** A configuration of nearly so many bytes, and no more; the same one for the same size, always. */
inline std::string generate_config(std::size_t bytes) {
  std::string text =
      R"({"base_url":"https://{{parameters.subdomain}}.example.com","label":"Café – Helpdesk","logo":)"
      R"("https://cdn.example.com/logo.svg","headers":{"Content-Type":"application/json","X-Api-Version":"2021-08-10"},)"
      R"("query":{"locale":"en"},"query_array_format":"brackets","credentials":{"fields":["subdomain","token"]},)"
      R"("authorization":{"format":"oauth2","config":{"scope":["read","write"],"access_token":)"
      R"("{{oauth.token.access_token}}","expires_in":3600}},"pagination":{"format":"cursor","config":)"
      R"({"cursor_path":"meta.next","limit":100}},"rate_limit":{"per_second":9.75,"burst":20},"resources":{)";
  for (std::size_t i = 0;; ++i) {
    std::size_t methods = 4;
    while (methods > 0 && text.size() + generate_resource(i, methods).size() + 3 > bytes) --methods;
    if (methods == 0) break;
    if (i > 0) text += ',';
    text += generate_resource(i, methods);
  }
  text += "}}";
  return text;
}

/** A default with an override over it. */
struct Workload {
  char const* name;
  std::size_t base_bytes;
  std::size_t override_bytes;
};
inline constexpr std::array<Workload, 4> workloads{
    Workload{"a_1.7KB_100B", 1'700, 100}, Workload{"b_60KB_300B", 60'000, 300}, Workload{"c_60KB_30KB", 60'000, 30'000},
    Workload{"d_1MB_300B", 1'000'000, 300}};

/** An override of about so many bytes: one nested change, five of them in 300 bytes, or as many as fit. */
inline std::string generate_override(Workload const& workload) {
  std::string const first = R"({"resources":{"resource_0":{"list":{"path":"/api/v3/resource_0","pagination":null}})";
  if (workload.override_bytes <= 100) return first + "}}";
  std::string const rest =
      R"(},"headers":{"X-Api-Version":"2024-01-01","X-Team":"emea"},"authorization":{"config":{"expires_in":7200}},)"
      R"("pagination":{"config":{"limit":50}}})";
  std::string text = first;
  if (workload.override_bytes <= 300) return text + R"(,"resource_7":{"get":{"timeout_seconds":12.5}})" + rest;
  for (std::size_t i = 1; text.size() + rest.size() < workload.override_bytes; ++i) {
    auto const name = "resource_" + std::to_string(i);
    text += ",\"" + name + "\":{";
    for (char const* const method : {"list", "get", "create", "update"}) {
      if (text.back() != '{') text += ',';
      text += '"';
      text += method;
      text += R"(":{"path":"/api/v3/)" + name +
              R"(/{{parameters.region}}","query":{"per_page":10},"headers":{"X-Request-Source":)"
              R"("{{account.name}}","Accept":null},"retry":false})";
    }
    text += '}';
  }
  return text + rest;
}

/** A patch that changes the same places: sets what the override removes, and other values where it sets some. */
inline std::string generate_override_back(Workload const& workload) {
  auto text = generate_override(workload);
  auto const replace = [&text](std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
      text.replace(at, what.size(), with);
    }
  };
  replace(R"("Accept":null)", R"("Accept":"application/json")");
  replace(R"("pagination":null)", R"("pagination":{"format":"none"})");
  replace("/api/v3/", "/api/v2/");
  replace(R"("retry":false)", R"("retry":true)");
  return text;
}

}  // namespace inlay::benchmarks

#endif
