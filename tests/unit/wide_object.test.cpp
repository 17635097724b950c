// SPDX-License-Identifier: BSL-1.0
// How Boost.JSON looks names up is nothing that it promises.
#include <inlay/json/internal/wide_object.hpp>

#include <boost/json/detail/digest.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/ordinary_names.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;
using test::ordinary_names;

namespace {

/** Counts what is allocated, and tells where the last piece lies. */
class CountingStorage final : public boost::json::memory_resource {
 public:
  std::size_t pieces = 0;
  void* last = nullptr;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    ++pieces;
    return last = ::operator new(size, std::align_val_t(alignment));
  }
  void do_deallocate(void* place, std::size_t, std::size_t alignment) override {
    ::operator delete(place, std::align_val_t(alignment));
  }
  bool do_is_equal(boost::json::memory_resource const& other) const noexcept override { return this == &other; }
};

}  // namespace

TEST_CASE("Boost.JSON hashes names as is reckoned with, in a table that lies where it is thought to lie") {
  CountingStorage storage;
  boost::json::object object(&storage);
  object.reserve(100);
  CHECK(detail::table_of(object) == reinterpret_cast<std::uintptr_t>(storage.last));
  for (std::string const name : {"", "a", "name", "caf\xC3\xA9", "a name that is longer than others"}) {
    for (std::size_t const table : {std::size_t{0}, detail::table_of(object)}) {
      CHECK(detail::name_hash(name, table) == boost::json::detail::digest(name.begin(), name.end(), table));
    }
  }
}

TEST_CASE("names lie spread in a table unless too many of them meet in one place of it") {
  constexpr std::size_t capacity = 4'099;
  constexpr std::uintptr_t table = 0x10;
  auto const names = ordinary_names(100'000);
  std::vector<std::string> meeting;
  for (auto const& name : names) {
    if (detail::name_hash(name, table) % 64 == 7) meeting.push_back(name);
  }
  REQUIRE(meeting.size() > 1'000);
  auto const are_spread = [](std::vector<std::string> const& some, std::size_t room) {
    return detail::are_spread(
        some.size(), [&](std::size_t i) -> std::string_view { return some[i]; }, room, table);
  };
  CHECK(are_spread(names, names.size()));
  CHECK(are_spread(meeting, capacity));
  CHECK_FALSE(are_spread(meeting, 64));
  meeting.resize(detail::longest_chain);
  CHECK(are_spread(meeting, 64));
  meeting.push_back(meeting.front());
  CHECK_FALSE(are_spread(meeting, 64));
}

TEST_CASE("a wide object gets another table where names meet, and none when they always do") {
  CountingStorage storage;
  boost::json::object object(&storage);
  std::size_t const count = detail::wide_object + 1;
  auto const names = ordinary_names(count);
  CHECK(detail::reserve(object, count, [&](std::size_t i) -> std::string_view { return names[i]; }));
  CHECK(storage.pieces == 1);
  CHECK(object.capacity() >= count);

  boost::json::object refused(&storage);
  CHECK_FALSE(detail::reserve(refused, count, [](std::size_t) -> std::string_view { return "always the same"; }));
  CHECK(storage.pieces == 9);

  // Meeting in the first few tables alone, whichever these are.
  std::size_t asked = 0;
  boost::json::object late(&storage);
  CHECK(detail::reserve(late, count, [&](std::size_t i) -> std::string_view {
    return ++asked <= 3 * (detail::longest_chain + 1) ? std::string_view("the same") : std::string_view(names[i]);
  }));
  CHECK(storage.pieces == 13);
}
