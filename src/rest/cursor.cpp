// SPDX-License-Identifier: BSL-1.0
#include "cursor.hpp"

#include <inlay/ground/internal/base64url.hpp>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace inlay::rest {
namespace {

constexpr std::size_t shortest_secret = 32;
constexpr std::size_t tag_size = 16;

using Bytes = std::vector<std::uint8_t>;
using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void require(bool is_done, ErrorKind kind, char const* failure) {
  if (!is_done) throw Exception({.kind = kind, .message = failure});
}

Cipher fetch_cipher() {
  Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-128-SIV", nullptr), &EVP_CIPHER_free);
  require(cipher != nullptr, ErrorKind::not_built, "OpenSSL has no AES-128-SIV here, which cursors are encrypted with");
  return cipher;
}

/** A context that has been given key and list; for decryption the tag too, which OpenSSL wants before them. */
Context begin(bool is_encryption, CursorKey const& key, std::string_view list, Bytes* tag) {
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  auto const* const name = reinterpret_cast<unsigned char const*>(list.data());
  int ignored = 0;
  require(
      context != nullptr &&
          EVP_CipherInit_ex2(context.get(), fetch_cipher().get(), key.data(), nullptr, is_encryption ? 1 : 0,
                             nullptr) == 1 &&
          (tag == nullptr || EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag->data()) == 1) &&
          EVP_CipherUpdate(context.get(), nullptr, &ignored, name, static_cast<int>(list.size())) == 1,
      ErrorKind::internal, "OpenSSL could not begin with a cursor");
  return context;
}

/** The one piece of text that a context takes; false: the text, the list or the key is not what the tag was made for.
 */
bool transform(EVP_CIPHER_CTX* context, std::span<std::uint8_t const> from, std::uint8_t* to) {
  int size = 0;
  int rest = 0;
  return EVP_CipherUpdate(context, to, &size, from.data(), static_cast<int>(from.size())) == 1 &&
         EVP_CipherFinal_ex(context, to + size, &rest) == 1;
}

}  // namespace

CursorKey make_cursor_key(std::optional<std::string> const& secret) {
  CursorKey key{};
  fetch_cipher();  // so that a host learns at once what every list would say
  if (!secret) {
    require(RAND_priv_bytes(key.data(), static_cast<int>(key.size())) == 1, ErrorKind::internal,
            "OpenSSL has no random bytes for the key of cursors");
    return key;
  }
  require(secret->size() >= shortest_secret, ErrorKind::invalid_argument,
          "the key of cursors is a secret text of at least 32 bytes");
  require(EVP_Digest(secret->data(), secret->size(), key.data(), nullptr, EVP_sha256(), nullptr) == 1,
          ErrorKind::internal, "OpenSSL could not make a key of the secret for cursors");
  return key;
}

std::string seal(Cursor const& cursor, std::string_view list, CursorKey const& key) {
  std::string const plain = to_string(cursor);
  Bytes sealed(tag_size + plain.size());
  auto const context = begin(true, key, list, nullptr);
  auto const* const bytes = reinterpret_cast<std::uint8_t const*>(plain.data());
  require(transform(context.get(), {bytes, plain.size()}, sealed.data() + tag_size) &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, sealed.data()) == 1,
          ErrorKind::internal, "OpenSSL could not encrypt a cursor");
  return detail::to_base64url(sealed);
}

Result<Cursor> unseal(std::string_view text, std::string_view list, CursorKey const& key) {
  Error const error{.kind = ErrorKind::invalid_argument,
                    .message = "not a cursor that this list has given; begin with its first page"};
  Bytes sealed(text.size() * 6 / 8);
  if (sealed.size() <= tag_size || !detail::from_base64url(text, sealed)) return error;
  std::string plain(sealed.size() - tag_size, '\0');
  auto const context = begin(false, key, list, &sealed);
  if (!transform(context.get(), std::span(sealed).subspan(tag_size), reinterpret_cast<std::uint8_t*>(plain.data()))) {
    return error;
  }
  auto const cursor = parse_cursor(plain);
  return cursor ? cursor : error;
}

}  // namespace inlay::rest
