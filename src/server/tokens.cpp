// SPDX-License-Identifier: BSL-1.0
#include "tokens.hpp"

#include <inlay/model/json_form.hpp>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

namespace http_server {
namespace {

using inlay::Error;
using inlay::ErrorKind;

constexpr std::string_view form = "a line is TOKEN|sha256:HEX ACTOR admin|TEAM_ID [expires=TIME]";

std::string_view take_word(std::string_view& line) {
  constexpr std::string_view space = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(space), line.size()));
  std::string_view const word = line.substr(0, line.find_first_of(space));
  line.remove_prefix(word.size());
  return word;
}

Error malformed(std::string message) { return {.kind = ErrorKind::invalid_argument, .message = std::move(message)}; }

/** The bytes that two hexadecimal digits each stand for. @return whether all are such digits, and no more than fit. */
template <std::size_t size>
bool read_hex(std::string_view text, std::array<unsigned char, size>& into) {
  if (text.size() != 2 * size) return false;
  for (std::size_t i = 0; i < size; ++i) {
    char const* const end = text.data() + 2 * i + 2;
    auto const [last, failure] = std::from_chars(end - 2, end, into[i], 16);
    if (failure != std::errc() || last != end) return false;
  }
  return true;
}

/** What is wrong with who can open a file; "" for nothing. */
std::string openness_of(struct stat const& file) {
  if (file.st_uid != 0 && file.st_uid != ::geteuid()) return "belongs to another user";
  constexpr mode_t of_others = S_IROTH | S_IWOTH;
  bool const is_open_to_group = (file.st_mode & S_IWGRP) != 0 || ((file.st_mode & S_IRGRP) != 0 && file.st_uid != 0);
  char const* const who = (file.st_mode & of_others) != 0 ? "everybody" : (is_open_to_group ? "its group" : nullptr);
  if (who == nullptr) return {};
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(file.st_mode & 07777U));
  return std::string("is open to ") + who + " (mode " + mode.data() + ")";
}

}  // namespace

Tokens::Hash Tokens::hash_of(std::string_view token) {
  Hash hash{};
  ::SHA256(reinterpret_cast<unsigned char const*>(token.data()), token.size(), hash.data());
  return hash;
}

inlay::Result<Tokens::Entry> Tokens::parse_line(std::string_view token, std::string_view rest) {
  std::string_view const actor = take_word(rest);
  std::string_view const role = take_word(rest);
  std::string_view const expiry = take_word(rest);
  if (actor.empty() || !take_word(rest).empty()) return malformed(std::string(form));
  if (role.empty()) {
    return malformed(std::string(form) +
                     ": say admin as the third word for the host's own administration, or a "
                     "team's id");
  }
  Entry entry;
  constexpr std::string_view hash_prefix = "sha256:";
  if (token.starts_with(hash_prefix)) {
    if (!read_hex(token.substr(hash_prefix.size()), entry.hash)) {
      return malformed("after sha256: there are the 64 hexadecimal digits that `printf %s TOKEN | sha256sum` says");
    }
  } else if (token.size() < least_characters) {
    return malformed("its token has " + std::to_string(token.size()) + " characters and needs " +
                     std::to_string(least_characters) + ": take what `openssl rand -hex 32` says");
  } else {
    entry.hash = hash_of(token);
  }
  if (auto const checked = inlay::model::check_text(actor); !checked) {
    return malformed("the second word is the actor: " + checked.error().message);
  }
  entry.caller.actor = actor;
  if (role != "admin") {
    auto const id = inlay::Id<inlay::Team>::parse(role);
    if (!id) return malformed("the third word is admin, or a team's id, a UUID");
    entry.caller.team = *id;
  }
  if (!expiry.empty()) {
    constexpr std::string_view name = "expires=";
    auto const time = inlay::parse_timestamp(expiry.substr(std::min(name.size(), expiry.size())));
    if (!expiry.starts_with(name) || !time) {
      return malformed("the fourth word is expires=TIME, such as expires=2027-01-31T00:00:00Z");
    }
    entry.expires_at = *time;
  }
  return entry;
}

inlay::Result<Tokens> Tokens::parse(std::string_view text) {
  Tokens tokens;
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::string_view const token = take_word(line);
    if (token.empty() || token.front() == '#') continue;
    auto entry = parse_line(token, line);
    auto const is_same = [&](Entry const& other) { return other.hash == entry->hash; };
    if (entry && std::any_of(tokens.entries_.begin(), tokens.entries_.end(), is_same)) {
      entry = malformed("this token stands on an earlier line too");
    }
    if (!entry) {
      Error error = entry.error();
      error.message.insert(0, "line " + std::to_string(number) + " of the tokens: ");
      return error;
    }
    tokens.entries_.push_back(std::move(*entry));
  }
  if (tokens.entries_.empty()) return malformed("the tokens name nobody who may call");
  return tokens;
}

inlay::Result<Tokens> Tokens::read(std::string const& file) {
  if (file.empty()) return malformed("the tokens file has no name");
  auto const refuse = [&file] {
    return Error{.kind = ErrorKind::not_found,
                 .message = "the tokens file " + file + " can't be read: " + std::generic_category().message(errno)};
  };
  int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return refuse();
  std::optional<Error> failure;
  std::string text;
  // Of what was opened, since another file may have the name by now.
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) failure = refuse();
  if (std::string const openness = openness_of(status); !failure && !openness.empty()) {
    failure = Error{
        .kind = ErrorKind::forbidden,
        .message = "the tokens file " + file + ' ' + openness + ": chmod 600 it, or give it to root and chmod 640 it"};
  }
  std::array<char, 4096> part{};
  ssize_t count = 0;
  while (!failure && ((count = ::read(descriptor, part.data(), part.size())) > 0 || (count < 0 && errno == EINTR))) {
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) failure = refuse();
  ::close(descriptor);
  if (failure) return *failure;
  return parse(text);
}

inlay::Caller const* Tokens::find(std::optional<std::string> const& authorization, inlay::Timestamp at) const {
  constexpr std::string_view scheme = "bearer ";
  if (!authorization || authorization->size() <= scheme.size()) return nullptr;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (((*authorization)[i] | 0x20) != (scheme[i] | 0x20)) return nullptr;
  }
  std::string_view credentials = std::string_view(*authorization).substr(scheme.size());
  std::string_view const token = take_word(credentials);
  if (!take_word(credentials).empty()) return nullptr;
  Hash const hash = hash_of(token);
  Entry const* found = nullptr;
  for (Entry const& entry : entries_) {
    if (CRYPTO_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0) found = &entry;
  }
  bool const is_good = found != nullptr && (!found->expires_at || at < *found->expires_at);
  return is_good ? &found->caller : nullptr;
}

}  // namespace http_server
