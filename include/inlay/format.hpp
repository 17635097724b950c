// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_FORMAT_HPP
#define INLAY_FORMAT_HPP

// What of inlay prints, for std::format, where the standard library has one (GCC 13, clang with libc++ 17): as
// to_string writes it, and with the options that a text takes: std::format("{:>8}", version). A header of its own,
// since few programs need it and <format> is a large one.

#include <version>

#ifdef __cpp_lib_format

#include <inlay/birth.hpp>
#include <inlay/error.hpp>
#include <inlay/id.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/timestamp.hpp>

#include <concepts>
#include <format>
#include <string_view>

namespace inlay::detail {

template <class T, class... Ones>
concept OneOf = (std::same_as<T, Ones> || ...);

template <class T>
concept Printed = OneOf<T, Version, Revision, Birth, RowVersion, Timestamp, Uuid, json::Pointer, ChangeKind, ErrorKind,
                        Reason, Outcome, Error>;

}  // namespace inlay::detail

template <inlay::detail::Printed T>
struct std::formatter<T, char> : std::formatter<std::string_view, char> {
  template <class Context>
  auto format(T const& value, Context& context) const {
    return std::formatter<std::string_view, char>::format(std::string_view(to_string(value)), context);
  }
};

template <class Entity>
struct std::formatter<inlay::Id<Entity>, char> : std::formatter<inlay::Uuid, char> {
  template <class Context>
  auto format(inlay::Id<Entity> const& id, Context& context) const {
    return std::formatter<inlay::Uuid, char>::format(id.uuid, context);
  }
};

#endif

#endif
