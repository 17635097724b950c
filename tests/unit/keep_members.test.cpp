// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/keep_members.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <support/catch.hpp>

#include <cstddef>
#include <string>

using namespace inlay;

TEST_CASE("the members that stay keep their order, their values and where these lie") {
  for (std::size_t const size : {0U, 5U, 100U, 5'000U}) {
    CAPTURE(size);
    boost::json::monotonic_resource storage;
    boost::json::object object(&storage);
    boost::json::object wanted;
    for (std::size_t i = 0; i != size; ++i) {
      std::string const name = "name_" + std::to_string(i * 7919 % size);
      object.emplace(name, boost::json::array{i, name});
      if (i % 3 != 1) wanted.emplace(name, boost::json::array{i, name});
    }
    auto const* const first = size == 0 ? nullptr : object.begin()->value().get_array().data();
    detail::keep_members(object, wanted.size(), [](boost::json::key_value_pair const& member) {
      return member.value().get_array()[0].to_number<std::size_t>() % 3 != 1;
    });
    CHECK(object.storage().get() == &storage);
    REQUIRE(object.size() == wanted.size());
    if (size != 0) CHECK(object.begin()->value().get_array().data() == first);  // moved, not copied
    auto other = wanted.begin();
    for (auto const& member : object) {
      CHECK(member.key() == other->key());
      CHECK(member.value() == other->value());
      ++other;
    }
    for (auto const& member : wanted) CHECK(object.contains(member.key()));
  }
}
