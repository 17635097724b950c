// SPDX-License-Identifier: BSL-1.0
#include "tokens.hpp"

#include <inlay/model/json_form.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace http_server {
namespace {

using inlay::Error;
using inlay::ErrorKind;

std::string_view take_word(std::string_view& line) {
  constexpr std::string_view space = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(space), line.size()));
  std::string_view const word = line.substr(0, line.find_first_of(space));
  line.remove_prefix(word.size());
  return word;
}

// Takes as long whatever the texts hold, so that the time of an answer tells nothing about a token.
bool is_same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

inlay::Result<Tokens> Tokens::parse(std::string_view text) {
  Tokens tokens;
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::string_view const token = take_word(line);
    if (token.empty() || token.front() == '#') continue;
    std::string_view const actor = take_word(line);
    std::string_view const team = take_word(line);
    auto const refuse = [number](std::string const& what) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "line " + std::to_string(number) + " of the tokens: " + what};
    };
    if (actor.empty() || !take_word(line).empty()) return refuse("a line is TOKEN ACTOR [TEAM_ID]");
    if (auto const checked = inlay::model::check_text(actor); !checked) {
      return refuse("the second word is the actor: " + checked.error().message);
    }
    inlay::Caller caller{.actor = std::string(actor)};
    if (!team.empty()) {
      auto const id = inlay::Id<inlay::Team>::parse(team);
      if (!id) return refuse("the third word is a team's id, a UUID");
      caller.team = *id;
    }
    for (auto const& [other, ignored] : tokens.callers_) {
      if (other == token) return refuse("this token stands on an earlier line too");
    }
    tokens.callers_.emplace_back(token, std::move(caller));
  }
  if (tokens.callers_.empty()) {
    return Error{.kind = ErrorKind::invalid_argument, .message = "the tokens name nobody who may call"};
  }
  return tokens;
}

inlay::Result<Tokens> Tokens::read(std::string const& file) {
  if (file.empty()) return Error{.kind = ErrorKind::invalid_argument, .message = "the tokens file has no name"};
  auto const refuse = [&file] {
    return Error{.kind = ErrorKind::not_found,
                 .message = "the tokens file " + file + " can't be read: " + std::generic_category().message(errno)};
  };
  int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return refuse();
  std::string text;
  std::array<char, 4096> part{};
  ssize_t count = 0;
  while ((count = ::read(descriptor, part.data(), part.size())) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  }
  std::optional<Error> failure;
  if (count < 0) failure = refuse();
  ::close(descriptor);
  if (failure) return *failure;
  return parse(text);
}

inlay::Caller const* Tokens::find(std::optional<std::string> const& authorization) const {
  constexpr std::string_view scheme = "bearer ";
  if (!authorization || authorization->size() <= scheme.size()) return nullptr;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (((*authorization)[i] | 0x20) != (scheme[i] | 0x20)) return nullptr;
  }
  std::string_view credentials = std::string_view(*authorization).substr(scheme.size());
  std::string_view const token = take_word(credentials);
  if (!take_word(credentials).empty()) return nullptr;
  inlay::Caller const* found = nullptr;
  for (auto const& [known, caller] : callers_) {
    if (is_same(known, token)) found = &caller;
  }
  return found;
}

}  // namespace http_server
