// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_EQUAL_IPP
#define INLAY_JSON_IMPL_EQUAL_IPP

#include <inlay/json/equal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace inlay::json {

namespace detail {

/** Converting the integer to a double instead would round it. */
template <class Integer>
inline bool equal_numbers(Integer a, double b) noexcept {
  // The least and the first too large Integer are powers of two, so both are doubles.
  constexpr double least = std::is_signed_v<Integer> ? -0x1p63 : 0.0;
  constexpr double end = std::is_signed_v<Integer> ? 0x1p63 : 0x1p64;
  return b >= least && b < end && static_cast<double>(static_cast<Integer>(b)) == b && static_cast<Integer>(b) == a;
}

inline bool equal_numbers(std::int64_t a, std::uint64_t b) noexcept {
  return a >= 0 && static_cast<std::uint64_t>(a) == b;
}

inline bool equal_numbers(boost::json::value const& a, boost::json::value const& b) noexcept {
  if (a.kind() > b.kind()) return equal_numbers(b, a);  // int64 < uint64 < double, so three cases are left out
  if (a.is_int64()) {
    if (b.is_int64()) return a.get_int64() == b.get_int64();
    return b.is_uint64() ? equal_numbers(a.get_int64(), b.get_uint64()) : equal_numbers(a.get_int64(), b.get_double());
  }
  if (a.is_uint64()) {
    return b.is_uint64() ? a.get_uint64() == b.get_uint64() : equal_numbers(a.get_uint64(), b.get_double());
  }
  return a.get_double() == b.get_double();
}

inline bool identical_numbers(boost::json::value const& a, boost::json::value const& b) noexcept {
  if (a.is_double() != b.is_double()) return false;
  if (a.is_double())
    return std::bit_cast<std::uint64_t>(a.get_double()) == std::bit_cast<std::uint64_t>(b.get_double());
  return equal_numbers(a, b);
}

/** Compares everything but numbers, which `numbers` compares. */
template <class Numbers>
inline bool compare(boost::json::value const& a, boost::json::value const& b, Numbers numbers) noexcept {
  if (a.is_number() && b.is_number()) return numbers(a, b);
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case boost::json::kind::bool_: return a.get_bool() == b.get_bool();
    case boost::json::kind::string: return a.get_string() == b.get_string();
    case boost::json::kind::array: {
      auto const& left = a.get_array();
      auto const& right = b.get_array();
      if (left.size() != right.size()) return false;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!compare(left[i], right[i], numbers)) return false;
      }
      return true;
    }
    case boost::json::kind::object: {
      auto const& left = a.get_object();
      auto const& right = b.get_object();
      if (left.size() != right.size()) return false;
      for (auto const& member : left) {
        auto const* other = right.if_contains(member.key());
        if (other == nullptr || !compare(member.value(), *other, numbers)) return false;
      }
      return true;
    }
    default: return true;  // null
  }
}

}  // namespace detail

bool equal(boost::json::value const& a, boost::json::value const& b) noexcept {
  return detail::compare(a, b, [](boost::json::value const& left, boost::json::value const& right) noexcept {
    return detail::equal_numbers(left, right);
  });
}

bool identical(boost::json::value const& a, boost::json::value const& b) noexcept {
  return detail::compare(a, b, [](boost::json::value const& left, boost::json::value const& right) noexcept {
    return detail::identical_numbers(left, right);
  });
}

}  // namespace inlay::json

#endif
