// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_DETAIL_VALUE_JOURNAL_HPP
#define INLAY_JSON_DETAIL_VALUE_JOURNAL_HPP

#include <inlay/json/internal/wide_object.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inlay::detail {

/** What was done to a document, step by step, so that it can be undone: all members and elements in their places again.

    Each function is told of a change that has just been made. Values are kept, not copied.
*/
class ValueJournal {
 public:
  /** A member of an object by its place, which is what the order of members is told by. */
  struct Member {
    std::size_t position{};
    std::string name{};
  };

  explicit ValueJournal(boost::json::value& document) : document_(document) {}

  /** The value at `path` was another one before. */
  void exchanged(json::Pointer path, boost::json::value before) {
    steps_.push_back({.kind = Kind::exchanged, .path = std::move(path), .value = std::move(before)});
  }

  /** The object at `parent` has a new last member. */
  void appended(json::Pointer parent, std::string name) {
    steps_.push_back({.kind = Kind::appended, .path = std::move(parent), .name = std::move(name)});
  }

  /** The array at `parent` has a new element. */
  void inserted(json::Pointer parent, std::size_t index) {
    steps_.push_back({.kind = Kind::inserted, .path = std::move(parent), .position = index});
  }

  /** The object or array at `parent` has lost a member (`name`) or an element; with keep_taken() this keeps its value,
      without, that is put elsewhere by the next step. */
  void taken(json::Pointer parent, std::string name, std::size_t position) {
    steps_.push_back({.kind = Kind::taken, .path = std::move(parent), .name = std::move(name), .position = position});
  }
  void keep_taken(boost::json::value value) { steps_.back().value = std::move(value); }

  /** Members of the object at `parent` are gone, which were null; in the order of their places. */
  void swept(json::Pointer parent, std::vector<Member> members) {
    steps_.push_back({.kind = Kind::swept, .path = std::move(parent), .members = std::move(members)});
  }

  /** Undoes all steps, the last one first. `in_hand` is a value that was taken and could not be put anywhere. */
  void roll_back(boost::json::value in_hand) {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) undo(*step, in_hand);
    steps_.clear();
  }

 private:
  enum class Kind { exchanged, appended, inserted, taken, swept };

  struct Step {
    Kind kind{};
    json::Pointer path{};  // of an exchanged value; else of what it is or was in
    std::string name{};
    std::optional<boost::json::value> value{};
    std::size_t position{};
    std::vector<Member> members{};
  };

  /** In what was the document after this step, and before all later ones. */
  void undo(Step& step, boost::json::value& in_hand) {
    boost::json::value& place = *json::find(document_, step.path);
    auto const element = [&step](boost::json::array& array) {
      return array.begin() + static_cast<std::ptrdiff_t>(step.position);
    };
    switch (step.kind) {
      case Kind::exchanged: in_hand = std::exchange(place, std::move(*step.value)); return;
      case Kind::appended:
        in_hand = std::move(place.get_object().at(step.name));
        place.get_object().erase(step.name);  // the last one, so that no other takes its place
        return;
      case Kind::inserted:
        in_hand = std::move(*element(place.get_array()));
        place.get_array().erase(element(place.get_array()));
        return;
      case Kind::swept: put_back(place.get_object(), step.members); return;
      case Kind::taken: break;
    }
    boost::json::value value = step.value ? std::move(*step.value) : std::move(in_hand);
    if (auto* const array = place.if_array()) {
      array->insert(element(*array), std::move(value));
      return;
    }
    put_back(place.get_object(), {{step.position, step.name}});
    place.get_object()[step.name] = std::move(value);
  }

  static void put_back(boost::json::object& object, std::vector<Member> const& members) {
    boost::json::object whole(object.storage());
    reserve(whole, object.size() + members.size());
    auto missing = members.begin();
    auto const put_missing = [&] {
      for (; missing != members.end() && missing->position == whole.size(); ++missing)
        whole.emplace(missing->name, nullptr);
    };
    for (auto& member : object) {
      put_missing();
      whole.emplace(member.key(), std::move(member.value()));
    }
    put_missing();
    object = std::move(whole);
  }

  boost::json::value& document_;
  std::vector<Step> steps_;
};

}  // namespace inlay::detail

#endif
