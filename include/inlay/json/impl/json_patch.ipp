// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_JSON_PATCH_IPP
#define INLAY_JSON_IMPL_JSON_PATCH_IPP

#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/json/detail/value_journal.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/internal/keep_members.hpp>
#include <inlay/json/internal/wide_object.hpp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace inlay::json::json_patch {

namespace detail {

enum class Verb { add, remove, replace, move, copy, test };

struct VerbName {
  Verb verb;
  std::string_view name;
};
inline constexpr VerbName verbs[] = {{Verb::add, "add"},   {Verb::remove, "remove"}, {Verb::replace, "replace"},
                                     {Verb::move, "move"}, {Verb::copy, "copy"},     {Verb::test, "test"}};

inline std::string quoted(Pointer const& pointer) {
  std::string text = "\"";
  text += to_string(pointer);
  text += '"';
  return text;
}

/** One operation, taken apart. `value` points into the patch. */
struct Operation {
  std::size_t number = 0;
  std::string_view name{};
  Verb verb{};
  Pointer path{};
  Pointer from{};
  boost::json::value const* value = nullptr;

  [[nodiscard]] bool has_from() const noexcept { return verb == Verb::move || verb == Verb::copy; }

  /** The error of this operation, at one of its members ("" is the operation itself). */
  [[nodiscard]] Error fail(std::string_view member, std::string_view why,
                           ErrorKind kind = ErrorKind::invalid_argument) const {
    Error error{.kind = kind, .message = "operation " + std::to_string(number), .pointer = std::string("/")};
    if (!name.empty()) error.message.append(" (").append(name).append(")");
    error.message.append(": ").append(why);
    error.pointer->append(std::to_string(number));
    if (!member.empty()) append_token(*error.pointer, member);
    return error;
  }
};

inline Result<void> require_text(Operation const& operation, boost::json::object const& members,
                                 std::string_view name) {
  auto const* text = members.if_contains(name);
  if (text != nullptr && text->is_string()) return {};
  return operation.fail(text == nullptr ? "" : name, "`" + std::string(name) + "` must be a JSON Pointer (a string)");
}

/** An operation that has the members it must have; its pointers are not read yet. */
inline Result<Operation> read_members(std::size_t number, boost::json::value const& source) {
  Operation operation{.number = number};
  auto const* members = source.if_object();
  if (members == nullptr) return operation.fail("", "must be an object with `op` and `path`");
  auto const* op = members->if_contains("op");
  if (op == nullptr) return operation.fail("", "`op` is missing");
  auto const* known = std::end(verbs);
  if (op->is_string()) {
    std::string_view const wanted = op->get_string();
    known =
        std::find_if(std::begin(verbs), std::end(verbs), [wanted](auto const& verb) { return verb.name == wanted; });
  }
  if (known == std::end(verbs)) {
    return operation.fail("op", "`op` must be one of add, remove, replace, move, copy and test");
  }
  operation.verb = known->verb;
  operation.name = known->name;

  if (auto path = require_text(operation, *members, "path"); path.has_error()) return path.error();
  if (operation.has_from()) {
    if (auto from = require_text(operation, *members, "from"); from.has_error()) return from.error();
  } else if (operation.verb != Verb::remove) {
    operation.value = members->if_contains("value");
    if (operation.value == nullptr) return operation.fail("", "`value` is missing");
  }
  return operation;
}

inline Result<Operation> read_operation(std::size_t number, boost::json::value const& source) {
  auto operation = read_members(number, source);
  if (operation.has_error()) return operation;
  auto const read = [&](std::string_view name, Pointer& into) -> Result<void> {
    auto pointer = Pointer::parse(source.get_object().at(name).get_string());
    if (pointer.has_error()) return operation->fail(name, pointer.error().message);
    into = std::move(*pointer);
    return {};
  };
  if (auto path = read("path", operation->path); path.has_error()) return path.error();
  if (!operation->has_from()) return operation;
  if (auto from = read("from", operation->from); from.has_error()) return from.error();
  return operation;
}

inline Result<boost::json::array const*> read_operations(boost::json::value const& patch) {
  if (auto const* operations = patch.if_array()) return operations;
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "a JSON Patch must be an array of operations (RFC 6902)",
               .pointer = ""};
}

inline Pointer parent_of(Pointer const& pointer) {
  auto const& tokens = pointer.tokens();
  return Pointer(std::vector<std::string>(tokens.begin(), tokens.end() - 1));
}

inline bool is_prefix(Pointer const& prefix, Pointer const& pointer) {
  auto const& head = prefix.tokens();
  auto const& whole = pointer.tokens();
  return head.size() <= whole.size() && std::equal(head.begin(), head.end(), whole.begin());
}

/** How deep a value is; adds to `values` how many were looked at. */
inline std::size_t depth_of(boost::json::value const& value, std::size_t& values) noexcept {
  ++values;
  std::size_t deepest = 0;
  if (auto const* object = value.if_object()) {
    for (auto const& member : *object) deepest = std::max(deepest, depth_of(member.value(), values));
  } else if (auto const* array = value.if_array()) {
    for (auto const& element : *array) deepest = std::max(deepest, depth_of(element, values));
  } else {
    return 0;
  }
  return deepest + 1;
}

inline boost::json::value exchange(boost::json::value& place, boost::json::value value) {
  boost::json::value old = std::move(place);
  place = std::move(value);
  return old;
}

inline boost::json::value operation_value(std::string_view name, std::string_view path) {
  return {{"op", name}, {"path", path}};
}

inline boost::json::value operation_value(std::string_view name, std::string_view path, boost::json::value value) {
  auto operation = operation_value(name, path);
  operation.get_object().emplace("value", std::move(value));
  return operation;
}

// What moves more than it names is counted, or a short patch of a wide document could keep a thread busy for minutes.
// A unit is about the time in which an element of an array is moved; there are so many for each byte of the limit.
inline constexpr std::size_t work_per_byte = 256;
inline constexpr std::size_t member_work = 16;  // to link a member anew
inline constexpr std::size_t value_work = 4;    // to look at a value

/** Applies operations one after the other, and writes down what undoes them: as a JSON Patch, or so that they can be
    rolled back. */
class Application {
 public:
  enum class Records { undo_patch, journal };

  Application(boost::json::value& document, Limits const& limits, Records records)
      : document_(document),
        journal_(document),
        limits_(limits),
        work_left_(limits.max_bytes > static_cast<std::size_t>(-1) / work_per_byte ? static_cast<std::size_t>(-1)
                                                                                   : limits.max_bytes * work_per_byte),
        is_recording_(records == Records::undo_patch) {}

  Result<void> run(boost::json::value const& patch) {
    auto const operations = read_operations(patch);
    if (operations.has_error()) return operations.error();
    auto const& array = **operations;
    for (std::size_t number = 0; number < array.size(); ++number) {
      auto operation = read_operation(number, array[number]);
      if (operation.has_error()) return operation.error();
      if (auto done = run(*operation); done.has_error()) return done;
    }
    finish_removals();
    return {};
  }

  /** Makes the document what it was. */
  void roll_back() {
    removals_ = {};
    journal_.roll_back(std::move(in_hand_));
  }

  /** The operations that undo what was done. */
  boost::json::value take_undo() {
    boost::json::array patch;
    patch.reserve(undo_.size());
    for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) patch.push_back(std::move(*it));
    return boost::json::value(std::move(patch));
  }

 private:
  struct Placed {
    Pointer path;  // with the index that `-` stood for
    std::optional<boost::json::value> replaced;
  };

  using Names = std::unordered_set<std::string, inlay::detail::KeyedHash>;

  /** Members of one object that are removed, one after the other. They are still there, as null: taking them out one by
      one would move all that follow each time. */
  struct Removals {
    Pointer parent{};
    boost::json::object* object = nullptr;  // nothing else is touched while this is held, so it stays where it is
    Names names{};
  };

  Result<void> spend(Operation const& operation, std::size_t count, std::size_t work) {
    if (count > work_left_ / work) {
      return operation.fail("", "the patch moves too much of a large document: replace what is around it as a whole",
                            ErrorKind::invalid_document);
    }
    work_left_ -= count * work;
    return {};
  }

  Result<void> run(Operation const& operation) {
    if (operation.verb == Verb::remove) return remove(operation);
    if (!leaves_removals_alone(operation)) finish_removals();
    switch (operation.verb) {
      case Verb::add: {
        auto added = add(operation, boost::json::value(*operation.value, document_.storage()));
        // An object that has grown may have moved what is in it.
        if (removals_.object != nullptr) removals_.object = &find(document_, removals_.parent)->get_object();
        return added;
      }
      case Verb::remove: break;
      case Verb::replace: return replace(operation);
      case Verb::move: return move(operation);
      case Verb::copy: return copy(operation);
      case Verb::test: return test(operation);
    }
    return {};
  }

  Result<void> add(Operation const& operation, boost::json::value value) {
    auto placed = place(operation, value);
    if (placed.has_error()) return placed.error();
    if (is_recording_) record_unplacing(std::move(*placed));
    return {};
  }

  Result<void> remove(Operation const& operation) {
    auto removed = take_later(operation);
    if (removed.has_error()) return removed.error();
    if (is_recording_) {
      undo_.push_back(operation_value("add", to_string(operation.path), std::move(*removed)));
    } else if (removals_.object != nullptr) {
      journal_.exchanged(operation.path, std::move(*removed));
    } else {
      journal_.keep_taken(std::move(*removed));
    }
    return {};
  }

  Result<boost::json::value> take_later(Operation const& operation) {
    if (operation.path.is_root()) return take(operation, operation.path, "path");
    Pointer parent = parent_of(operation.path);
    if (removals_.object == nullptr || parent != removals_.parent) {
      finish_removals();
      auto* const value = find(document_, parent);
      if (value == nullptr || !value->is_object()) return take(operation, operation.path, "path");
      removals_.parent = std::move(parent);
      removals_.object = &value->get_object();
    }
    std::string const& name = operation.path.tokens().back();
    auto* const member = removals_.object->if_contains(name);
    if (member == nullptr || removals_.names.contains(name)) {
      return nothing_there(operation, operation.path, "path");
    }
    // As many erasures, or one new object, which costs no more than these.
    if (removals_.names.size() < inlay::detail::few_erasures) {
      if (auto spent = spend(operation, removals_.object->size(), member_work); spent.has_error()) {
        return spent.error();
      }
    }
    removals_.names.insert(name);
    return exchange(*member, nullptr);
  }

  /** Whether an operation can be done while members are removed but still there, or each of them would be removed by
      itself where a patch removes one and changes something else by turns. What undoes many additions is such a patch.
   */
  [[nodiscard]] bool leaves_removals_alone(Operation const& operation) const {
    if (removals_.object == nullptr || !is_beside_removals(operation.path)) return false;
    if (operation.verb == Verb::test || operation.verb == Verb::replace) return true;
    if (operation.verb != Verb::add || operation.path.is_root()) return false;
    // An element more would give those after it, and so perhaps the removed members, another path.
    auto const* const parent = find(std::as_const(document_), parent_of(operation.path));
    return parent != nullptr && parent->is_object();
  }

  /** Whether what is at a path can be looked at as it is, since nothing in it, or around it, is removed but still
      there. */
  [[nodiscard]] bool is_beside_removals(Pointer const& path) const {
    Pointer const& parent = removals_.parent;
    if (is_prefix(path, parent)) return false;
    return !is_prefix(parent, path) || !removals_.names.contains(path.tokens()[parent.tokens().size()]);
  }

  void finish_removals() {
    if (removals_.object == nullptr) return;
    auto& object = *removals_.object;
    auto const& names = removals_.names;
    if (!is_recording_) journal_.swept(removals_.parent, places_of(names, object));
    if (names.size() <= inlay::detail::few_erasures) {
      for (auto const& name : names) object.stable_erase(object.find(name));
    } else {
      inlay::detail::keep_members(object, object.size() - names.size(),
                                  [&](auto const& member) { return !names.contains(std::string(member.key())); });
    }
    removals_ = {};
  }

  static std::vector<inlay::detail::ValueJournal::Member> places_of(Names const& names,
                                                                    boost::json::object const& object) {
    std::vector<inlay::detail::ValueJournal::Member> members;
    members.reserve(names.size());
    for (auto const& name : names) {
      members.push_back({static_cast<std::size_t>(object.find(name) - object.begin()), name});
    }
    std::sort(members.begin(), members.end(), [](auto const& a, auto const& b) { return a.position < b.position; });
    return members;
  }

  Result<void> replace(Operation const& operation) {
    auto* const value = find(document_, operation.path);
    if (value == nullptr) return nothing_there(operation, operation.path, "path");
    if (auto deep = check_depth(operation, *operation.value); deep.has_error()) return deep;
    auto old = exchange(*value, boost::json::value(*operation.value, document_.storage()));
    if (is_recording_) {
      undo_.push_back(operation_value("replace", to_string(operation.path), std::move(old)));
    } else {
      journal_.exchanged(operation.path, std::move(old));
    }
    return {};
  }

  Result<void> move(Operation const& operation) {
    if (find(document_, operation.from) == nullptr) return nothing_there(operation, operation.from, "from");
    if (operation.from == operation.path) return {};
    if (is_prefix(operation.from, operation.path)) {
      return operation.fail("path", quoted(operation.from) + " cannot be moved into itself");
    }
    auto value = take(operation, operation.from, "from");
    if (value.has_error()) return value.error();
    auto placed = place(operation, *value);
    if (placed.has_error()) {
      in_hand_ = std::move(*value);
      return placed.error();
    }
    if (is_recording_) record_moving_back(operation.from, std::move(*placed));
    return {};
  }

  Result<void> copy(Operation const& operation) {
    auto const* const source = find(std::as_const(document_), operation.from);
    if (source == nullptr) return nothing_there(operation, operation.from, "from");
    // Thirty operations that each copy the whole document into itself would make a billion of it.
    copied_bytes_ += print(*source).size();
    if (copied_bytes_ > limits_.max_bytes) {
      return operation.fail("from",
                            "the copies grow beyond the " + std::to_string(limits_.max_bytes) + " bytes of a document",
                            ErrorKind::invalid_document);
    }
    return add(operation, boost::json::value(*source, document_.storage()));
  }

  Result<void> test(Operation const& operation) const {
    auto const* const value = find(std::as_const(document_), operation.path);
    if (value == nullptr) {
      return operation.fail("path", "there is nothing at " + quoted(operation.path), ErrorKind::conflict);
    }
    if (equal(*value, *operation.value)) return {};
    return operation.fail("value", "the value at " + quoted(operation.path) + " is different", ErrorKind::conflict);
  }

  static Error nothing_there(Operation const& operation, Pointer const& where, std::string_view member) {
    return operation.fail(member, "there is nothing at " + quoted(where));
  }

  Result<void> check_depth(Operation const& operation, boost::json::value const& value) {
    std::size_t const allowed = std::min(limits_.max_depth, greatest_depth);
    std::size_t const above = operation.path.tokens().size();
    std::size_t values = 0;
    bool const is_allowed = above <= allowed && depth_of(value, values) <= allowed - above;
    if (auto spent = spend(operation, values, value_work); spent.has_error()) return spent;
    if (is_allowed) return {};
    return operation.fail("path", "the document would be deeper than " + std::to_string(allowed) + " levels",
                          ErrorKind::invalid_document);
  }

  /** Puts the value where `add` does (RFC 6902, section 4.1); with an error it stays what it is. */
  Result<Placed> place(Operation const& operation, boost::json::value& value) {
    Pointer const& path = operation.path;
    if (auto deep = check_depth(operation, value); deep.has_error()) return deep.error();
    if (path.is_root()) return replaced(path, document_, value);
    Pointer const parent_path = parent_of(path);
    std::string const& token = path.tokens().back();
    auto* const parent = find(document_, parent_path);
    if (parent == nullptr) return nothing_there(operation, parent_path, "path");
    if (auto* const object = parent->if_object()) {
      if (auto* const member = object->if_contains(token)) return replaced(path, *member, value);
      object->emplace(token, std::move(value));
      if (!is_recording_) journal_.appended(parent_path, token);
      return Placed{path, std::nullopt};
    }
    auto* const array = parent->if_array();
    if (array == nullptr) {
      return operation.fail("path", "the value at " + quoted(parent_path) + " is neither an object nor an array");
    }
    auto const index = token == "-" ? array->size() : parse_index(token);
    if (!index) {
      return operation.fail("path", quoted(path) + " must end in an index without leading zeros, or in `-`");
    }
    if (*index > array->size()) {
      return operation.fail("path", "the array at " + quoted(parent_path) + " ends before " + quoted(path));
    }
    if (auto spent = spend(operation, array->size() - *index, 1); spent.has_error()) return spent.error();
    array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    if (!is_recording_) journal_.inserted(parent_path, *index);
    return Placed{parent_path / std::to_string(*index), std::nullopt};
  }

  Placed replaced(Pointer const& path, boost::json::value& place, boost::json::value& value) {
    auto old = exchange(place, std::move(value));
    if (is_recording_) return {path, std::move(old)};
    journal_.exchanged(path, std::move(old));
    return {path, std::nullopt};
  }

  /** Takes the value out, as `remove` does (RFC 6902, section 4.2). */
  Result<boost::json::value> take(Operation const& operation, Pointer const& path, std::string_view member) {
    if (path.is_root()) return operation.fail(member, "the whole document cannot be removed, only replaced");
    auto* const value = find(document_, path);
    if (value == nullptr) return nothing_there(operation, path, member);
    Pointer parent_path = parent_of(path);
    auto* const parent = find(document_, parent_path);
    std::string const& token = path.tokens().back();
    boost::json::value taken;
    std::size_t position = 0;
    if (auto* const object = parent->if_object()) {
      if (auto spent = spend(operation, object->size(), member_work); spent.has_error()) return spent.error();
      taken = std::move(*value);
      auto const place = object->find(token);
      position = static_cast<std::size_t>(place - object->begin());
      object->stable_erase(place);
    } else {
      auto& array = parent->get_array();
      position = *parse_index(token);
      if (auto spent = spend(operation, array.size() - position, 1); spent.has_error()) return spent.error();
      taken = std::move(*value);
      array.erase(array.begin() + static_cast<std::ptrdiff_t>(position));
    }
    if (!is_recording_) journal_.taken(std::move(parent_path), token, position);
    return taken;
  }

  void record_unplacing(Placed placed) {
    undo_.push_back(placed.replaced ? operation_value("replace", to_string(placed.path), std::move(*placed.replaced))
                                    : operation_value("remove", to_string(placed.path)));
  }

  void record_moving_back(Pointer const& from, Placed placed) {
    if (!placed.replaced && !is_prefix(placed.path, from)) {
      auto back = operation_value("move", to_string(from));
      back.get_object().emplace("from", to_string(placed.path));
      undo_.push_back(std::move(back));
      return;
    }
    // What was replaced has to come back first, and then the moved value is gone.
    undo_.push_back(operation_value("add", to_string(from), *find(std::as_const(document_), placed.path)));
    record_unplacing(std::move(placed));
  }

  boost::json::value& document_;
  inlay::detail::ValueJournal journal_;
  boost::json::value in_hand_{};  // what was taken from its place and could not be put into another
  Limits const& limits_;
  std::size_t work_left_;
  bool is_recording_;  // the undo patch; else the journal
  Removals removals_{};
  std::size_t copied_bytes_ = 0;
  std::vector<boost::json::value> undo_;  // to be applied from the last one to the first
};

/** The smallest object or array in which everything lies that a valid patch touches; it is there before and after. */
inline Pointer place_around(boost::json::array const& operations) {
  std::optional<std::vector<std::string>> common;
  for (auto const& operation : operations) {
    if (operation.at("op") == "test") continue;
    for (char const* const member : {"path", "from"}) {
      auto const* const text = operation.get_object().if_contains(member);
      if (text == nullptr || !text->is_string()) continue;
      Pointer const place = Pointer::parse(text->get_string()).value();
      Pointer const parent = place.is_root() ? place : parent_of(place);
      auto const& tokens = parent.tokens();
      if (!common) common = tokens;
      auto const [end, other] = std::mismatch(common->begin(), common->end(), tokens.begin(), tokens.end());
      common->erase(end, common->end());
    }
  }
  return Pointer(common ? std::move(*common) : std::vector<std::string>());
}

}  // namespace detail

Result<void> apply(boost::json::value& target, boost::json::value const& patch, Limits const& limits) {
  using detail::Application;
  Application application(target, limits, Application::Records::journal);
  try {
    auto done = application.run(patch);
    if (done.has_error()) application.roll_back();
    return done;
  } catch (...) {
    application.roll_back();
    throw;
  }
}

Result<void> check(boost::json::value const& patch) {
  auto const operations = detail::read_operations(patch);
  if (operations.has_error()) return operations.error();
  for (std::size_t number = 0; number < (*operations)->size(); ++number) {
    auto const operation = detail::read_members(number, (**operations)[number]);
    if (operation.has_error()) return operation.error();
  }
  return {};
}

Result<boost::json::value> invert(boost::json::value const& before, boost::json::value const& patch,
                                  Limits const& limits) {
  using detail::Application;
  boost::json::value changed = before;
  inlay::detail::spread(changed);
  Application application(changed, limits, Application::Records::undo_patch);
  if (auto const done = application.run(patch); done.has_error()) return done.error();
  auto undo = application.take_undo();
  // What undoes a patch can move more than the patch has moved.
  if (Application(changed, limits, Application::Records::journal).run(undo).has_value()) return undo;
  Pointer const around = detail::place_around(patch.get_array());
  boost::json::array whole;
  whole.push_back(detail::operation_value("replace", to_string(around), *find(before, around)));
  return boost::json::value(std::move(whole));
}

}  // namespace inlay::json::json_patch

#endif
