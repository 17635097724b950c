// SPDX-License-Identifier: BSL-1.0
#include <inlay/digest.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a SHA-256 is what FIPS 180-4 says it is") {
  // The examples of NIST for it.
  CHECK(to_string(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_string(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_string(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string_view("\0", 1)) != sha256(""));
}

TEST_CASE("a digest reads back from its text, and from no other form") {
  Digest const digest = sha256("abc");
  CHECK(parse_digest(to_string(digest)).value() == digest);
  CHECK(to_string(Digest{}) == std::string(64, '0'));
  CHECK(parse_digest(std::string(64, '0')).value() == Digest{});
  for (std::string const& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
                                  std::string(64, 'g'), " " + std::string(63, '0')}) {
    CAPTURE(text);
    auto const parsed = parse_digest(text);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().kind == ErrorKind::invalid_argument);
  }
}
