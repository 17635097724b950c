// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <boost/asio/buffer.hpp>
#include <request_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using http_server::RequestReader;
using inlay::fuzz::Choices;
using inlay::fuzz::require;
using inlay::rest::Request;
using Stage = RequestReader::Stage;

namespace {

// So small that an input of a few kilobytes reaches them.
constexpr RequestReader::Limits limits{.head_bytes = 600, .body_bytes = 400};
constexpr std::size_t most_room = std::size_t{32} << 10U;

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void look_at(Request const& request, std::string_view input) {
  require(request.target == "*" || request.target.starts_with('/'), "a target is a path or *", input);
  require(!request.method.empty() && is_one_line(request.method) && is_one_line(request.target),
          "a method and a target are words", input);
  std::size_t hosts = 0;
  std::size_t head = request.method.size();
  for (auto const& [name, value] : request.headers) {
    require(!name.empty() && is_one_line(name) && is_one_line(value), "a field is one line", input);
    require(name.find_first_of(" \t:") == std::string::npos, "a field's name is a word", input);
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (lower == "host") ++hosts;
    head += name.size() + value.size();
  }
  require(hosts <= 1, "there is one host", input);
  // Of an absolute target the host is taken over into a field.
  require(head <= 2 * limits.head_bytes, "a head is no longer than it may be", input);
  require(request.body.size() <= limits.body_bytes, "a body is no longer than it may be", input);
}

std::vector<Request> read(std::string_view bytes, Choices pieces, bool is_whole) {
  std::string_view const input = bytes;
  RequestReader reader(limits);
  std::vector<Request> requests;
  std::size_t since_request = 0;
  while (true) {
    switch (reader.stage()) {
      case Stage::headed: {
        look_at(reader.head().request, input);
        require(reader.head().request.body.empty(), "a head has no body", input);
        // Whoever asks decides by the head alone.
        Request const before = reader.head().request;
        reader.read_body();
        require(reader.head().request.headers == before.headers, "a body changes no field", input);
        continue;
      }
      case Stage::complete:
        requests.push_back(reader.take());
        look_at(requests.back(), input);
        reader.next();
        since_request = 0;
        continue;
      case Stage::refused: {
        int const status = reader.refusal().status;
        require(status == 400 || status == 413 || status == 431, "a refusal is the client's fault", input);
        return requests;
      }
      case Stage::waiting:
      case Stage::head:
      case Stage::body: break;
    }
    require(since_request <= most_room + limits.head_bytes + 2 * limits.body_bytes,
            "what is read without a request coming of it is bounded", input);
    if (bytes.empty()) return requests;
    auto const room = reader.prepare();
    require(room.size() > 0 && room.size() <= most_room, "there is some room, and not too much", input);
    std::size_t const piece = is_whole ? bytes.size() : 1 + pieces.below(64);
    std::size_t const size = std::min({piece, room.size(), bytes.size()});
    boost::asio::buffer_copy(room, boost::asio::buffer(bytes.data(), size));
    reader.commit(size);
    bytes.remove_prefix(size);
    since_request += size;
  }
}

bool is_same(Request const& a, Request const& b) {
  return a.method == b.method && a.target == b.target && a.headers == b.headers && a.body == b.body;
}

}  // namespace

// Whatever comes in, and in whatever pieces: the same requests come of it, each is within its bounds, and so is what
// the reader holds. The first line chooses the pieces.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto bytes = inlay::fuzz::as_text(data, size);
  Choices const pieces(inlay::fuzz::take_line(bytes));
  auto const whole = read(bytes, pieces, true);
  auto const in_pieces = read(bytes, pieces, false);
  require(whole.size() == in_pieces.size(), "as many requests come of it in pieces", bytes);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    require(is_same(whole[i], in_pieces[i]), "the same requests come of it in pieces", bytes);
  }
  return 0;
}
