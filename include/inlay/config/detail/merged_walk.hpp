// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_DETAIL_MERGED_WALK_HPP
#define INLAY_CONFIG_DETAIL_MERGED_WALK_HPP

// Going through a merged object, all of it, to write it down. Included by .ipp files only.

#include <inlay/json/internal/find_member.hpp>
#include <inlay/json/internal/member_spans.hpp>
#include <inlay/json/internal/value_in_text.hpp>
#include <inlay/json/internal/wide_object.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::detail {

/** One layer's object, as a part of a merged one: its values, or its spans, or, where these are not searchable, both.
    Members are looked up in the values, where there are any, and copied from the spans. */
struct ObjectPart {
  boost::json::object const* object{};
  json::MemberSpans::Object spans{};
  bool has_tombstones{};  // whether its nulls remove (and there may be some, here or further down)

  [[nodiscard]] std::string_view name(std::size_t member) const noexcept {
    if (object == nullptr) return spans.name(member);
    return object->begin()[static_cast<std::ptrdiff_t>(member)].key();
  }
};

/** Goes through merged objects in the fold's order and tells a sink what to write:

    begin_object(size at least), end_object(), key(part, member) before an object that has this member's name, and
    members(part, first, last) for a run of members of one part, which are to be taken over as they are.

    What only one layer has a say in comes in long runs, so that the work to be done is that of the smaller layers.
*/
template <class Sink>
class MergedWalk {
 public:
  explicit MergedWalk(Sink& sink) : sink_(sink) {}

  /** Writes the object that the parts (highest layer first) come to. */
  void write(std::vector<ObjectPart> parts) {
    parts_ = std::move(parts);
    write_object(0);
  }

 private:
  // Where a member of one of the upper parts meets one of the lowest: positions in their objects. `none` in the lowest:
  // it meets nothing there.
  struct Meeting {
    std::size_t lowest;
    std::size_t upper;
  };
  static constexpr std::size_t none = json::MemberSpans::Object::none;

  static std::size_t size(ObjectPart const& part) {
    return part.object != nullptr ? part.object->size() : part.spans.size();
  }
  static boost::json::key_value_pair const& member_at(ObjectPart const& part, std::size_t at) {
    return part.object->begin()[static_cast<std::ptrdiff_t>(at)];
  }
  static bool is_null(ObjectPart const& part, std::size_t at) {
    return part.object != nullptr ? member_at(part, at).value().is_null() : part.spans.is_null(at);
  }
  static bool is_object(ObjectPart const& part, std::size_t at) {
    return part.object != nullptr ? member_at(part, at).value().is_object() : static_cast<bool>(part.spans.inner(at));
  }
  // The member's place, or `none`; a member at `hint` or soon after it is found faster.
  static std::size_t find(ObjectPart const& part, std::string_view name, std::size_t hint = 0) {
    if (part.object == nullptr) return part.spans.find(name, hint);
    auto const begin = part.object->begin();
    auto const found = find_member(*part.object, name, begin + static_cast<std::ptrdiff_t>(hint));
    return found == part.object->end() ? none : static_cast<std::size_t>(found - begin);
  }

  // The object is made of parts_ from `first` to the end. These stacks serve all levels, so that a level costs no
  // allocation; they grow meanwhile, so what is in them is looked at by index.
  void write_object(std::size_t first) {
    // copies, as parts_ may move
    auto const count = parts_.size() - first;
    auto const highest = parts_[first];
    if (count == 1) return write_single(highest);
    auto const second = parts_[first + 1];
    if (count == 2) return write_pair(highest, second);
    write_many(first);
  }

  // The members first to last of an object that no other part has a say in.
  void write_run(ObjectPart const& part, std::size_t first, std::size_t last) {
    if (!part.has_tombstones) {
      if (first != last) sink_.members(part, first, last);
      return;
    }
    for (auto run = first; first != last; run = first) {
      while (first != last && !is_null(part, first) && !is_object(part, first)) ++first;
      if (run != first) sink_.members(part, run, first);
      if (first == last) break;
      write_alone(part, first++);
    }
  }

  // A member that no other part has a say in.
  void write_alone(ObjectPart const& part, std::size_t at) {
    if (part.has_tombstones && is_object(part, at)) {
      sink_.key(part, at);
      write_single(child(part, at));
    } else if (!(part.has_tombstones && is_null(part, at))) {
      sink_.members(part, at, at + 1);
    }
  }

  void write_single(ObjectPart const& part) {
    sink_.begin_object(size(part));
    write_run(part, 0, size(part));
    sink_.end_object();
  }

  static ObjectPart child(ObjectPart const& part, std::size_t at) {
    ObjectPart result = part;
    if (part.object != nullptr) result.object = &member_at(part, at).value().get_object();
    if (part.spans) {
      result.spans = part.spans.inner(at);
      result.has_tombstones = part.has_tombstones && result.spans.has_null_members();
    }
    return result;
  }

  void write_pair(ObjectPart const& upper, ObjectPart const& lowest) {
    sink_.begin_object(size(lowest));
    auto const first_meeting = meetings_.size();
    find_meetings(upper, lowest);
    sort_meetings(first_meeting);

    std::size_t next = 0;
    auto const end = meetings_.size();
    auto m = first_meeting;
    for (; m != end && meetings_[m].lowest != none; ++m) {
      auto const meeting = meetings_[m];
      write_run(lowest, next, meeting.lowest);
      next = meeting.lowest + 1;
      if (is_object(upper, meeting.upper) && is_object(lowest, meeting.lowest)) {
        sink_.key(lowest, meeting.lowest);
        write_pair(child(upper, meeting.upper), child(lowest, meeting.lowest));
      } else {
        write_alone(upper, meeting.upper);
      }
    }
    write_run(lowest, next, size(lowest));
    // what the lowest part does not have, or removed
    for (; m != end; ++m) write_alone(upper, meetings_[m].upper);
    meetings_.resize(first_meeting);
    sink_.end_object();
  }

  // One for each member of the upper part, in any order.
  void find_meetings(ObjectPart const& upper, ObjectPart const& lowest) {
    if (lie_side_by_side(upper, lowest)) return join(upper.spans, lowest);
    std::size_t expected = 0;  // the layers' members often have the same order
    auto const upper_size = size(upper);
    for (std::size_t i = 0; i != upper_size; ++i) {
      auto const met = find(lowest, upper.name(i), expected);
      if (met != none) expected = met + 1;
      add_meeting(i, lowest, met);
    }
  }

  void add_meeting(std::size_t upper, ObjectPart const& lowest, std::size_t met) {
    bool const is_removed = met != none && lowest.has_tombstones && is_null(lowest, met);
    meetings_.push_back({.lowest = is_removed ? none : met, .upper = upper});
  }

  // Whether to go through both by name takes fewer steps than to search for each name of the upper.
  static bool lie_side_by_side(ObjectPart const& upper, ObjectPart const& lowest) {
    return upper.object == nullptr && lowest.object == nullptr && upper.spans.is_sorted() && lowest.spans.is_sorted() &&
           lowest.spans.size() / upper.spans.size() < 8 && upper.spans.size() > 1'000;
  }

  void join(json::MemberSpans::Object upper, ObjectPart const& lowest) {
    auto const lowest_size = lowest.spans.size();
    std::size_t place = 0;
    for (std::size_t i = 0; i != upper.size(); ++i) {
      auto const wanted = upper.name(upper.sorted(i));
      auto order = std::strong_ordering::less;
      while (place != lowest_size) {
        order = lowest.spans.name(lowest.spans.sorted(place)) <=> wanted;
        if (order >= 0) break;
        ++place;
      }
      bool const is_met = place != lowest_size && order == 0;
      add_meeting(upper.sorted(i), lowest, is_met ? lowest.spans.sorted(place) : none);
    }
  }

  void write_many(std::size_t first) {
    auto const count = parts_.size() - first;
    auto const lowest = parts_.back();
    sink_.begin_object(size(lowest));
    auto const first_meeting = meetings_.size();
    for (std::size_t p = first; p != first + count - 1; ++p) {
      for (std::size_t i = 0; i != size(parts_[p]); ++i) {
        auto const met = find(lowest, parts_[p].name(i));
        if (met != none) meetings_.push_back({.lowest = met, .upper = 0});
      }
    }
    sort_meetings(first_meeting);

    std::size_t next = 0;
    for (std::size_t m = first_meeting; m != meetings_.size(); ++m) {
      auto const met = meetings_[m].lowest;
      if (met < next) continue;  // several of the upper parts name it
      write_run(lowest, next, met);
      next = met + 1;
      write_if_its_place(first, count, count - 1, met);
    }
    write_run(lowest, next, size(lowest));
    meetings_.resize(first_meeting);

    for (std::size_t p = count - 1; p-- != 0;) {
      for (std::size_t i = 0; i != size(parts_[first + p]); ++i) write_if_its_place(first, count, p, i);
    }
    sink_.end_object();
  }

  // Writes the member of that name of the merged object if it has its place in the fold from this very part (see
  // ConfigNode::enter_member, which finds members by the same rule).
  void write_if_its_place(std::size_t first, std::size_t count, std::size_t part, std::size_t at) {
    std::string_view const member = parts_[first + part].name(at);
    auto const nested = parts_.size();
    std::size_t place = none;
    std::size_t leaf_part = none;
    std::size_t leaf_at = 0;
    bool is_decided = false;
    for (std::size_t p = 0; p != count; ++p) {
      auto const candidate = parts_[first + p];
      auto const found = find(candidate, member);
      if (found == none) continue;
      if (candidate.has_tombstones && is_null(candidate, found)) break;
      place = p;
      if (is_decided) continue;
      if (is_object(candidate, found)) {
        parts_.push_back(child(candidate, found));
      } else {
        is_decided = true;
        if (parts_.size() == nested) {
          leaf_part = p;
          leaf_at = found;
        }
      }
    }
    if (place == part) {
      if (leaf_part != none) {
        sink_.members(parts_[first + leaf_part], leaf_at, leaf_at + 1);
      } else {
        sink_.key(parts_[first + part], at);
        write_object(nested);
      }
    }
    parts_.resize(nested);
  }

  void sort_meetings(std::size_t first) {
    auto const begin = meetings_.begin() + static_cast<std::ptrdiff_t>(first);
    auto const by_place = [](Meeting const& a, Meeting const& b) {
      return a.lowest != b.lowest ? a.lowest < b.lowest : a.upper < b.upper;
    };
    if (!std::is_sorted(begin, meetings_.end(), by_place)) std::sort(begin, meetings_.end(), by_place);
  }

  Sink& sink_;
  std::vector<ObjectPart> parts_;
  std::vector<Meeting> meetings_;
};

/** Writes canonical text.

    Pieces that follow each other in a layer's text, a `,` or a `}` between two members too, are copied as one: most of
    what there is to write around a change stands there already.
*/
class TextSink {
 public:
  explicit TextSink(std::string& out) : out_(out) {}

  /** Afterwards all is in the string. */
  void finish() {
    out_ += piece_;
    piece_ = {};
  }

  void key(ObjectPart const& part, std::size_t at) {
    if (part.object != nullptr) {
      print_name(part.name(at));
    } else {
      separate();
      add(part.spans.label(at));
    }
  }
  void begin_object(std::size_t) {
    add_one("{");
    is_first_ = true;
  }
  void end_object() {
    add_one("}");
    is_first_ = false;
  }
  void members(ObjectPart const& part, std::size_t first, std::size_t last) {
    if (part.spans) {
      separate();
      add(part.spans.members(first, last));
      return;
    }
    auto const begin = part.object->begin();
    for (auto i = begin + static_cast<std::ptrdiff_t>(first); i != begin + static_cast<std::ptrdiff_t>(last); ++i) {
      print_name(i->key());
      json::print(i->value(), out_);
    }
  }

 private:
  void print_name(std::string_view name) {
    separate();
    finish();
    json::print_string(name, out_);
    out_ += ':';
  }
  void separate() {
    if (!is_first_) add_one(",");
    is_first_ = false;
  }
  void add(std::string_view text) {
    if (piece_.data() + piece_.size() == text.data()) {
      piece_ = {piece_.data(), piece_.size() + text.size()};
    } else {
      out_ += piece_;
      piece_ = text;
    }
  }
  // One character, in text that outlives the sink. What follows a piece of a layer's text is a character of that text.
  void add_one(char const* character) {
    if (!piece_.empty() && piece_.data()[piece_.size()] == *character) {
      piece_ = {piece_.data(), piece_.size() + 1};
    } else {
      add({character, 1});
    }
  }

  std::string& out_;
  std::string_view piece_;  // yet to be written; in a layer's text, or in add_one()'s
  bool is_first_ = true;
};

/** Builds values. */
class ValueSink {
 public:
  explicit ValueSink(boost::json::value& result) : open_{&result.emplace_object()} {}

  void begin_object(std::size_t size) { reserve(*open_.back(), size); }
  void end_object() { open_.pop_back(); }
  void key(ObjectPart const& part, std::size_t at) {
    auto const name = part.name(at);
    // the outer object stays as it is while the inner one is open, so that pointing into it is safe
    open_.push_back(&open_.back()->emplace(name, nullptr).first->value().emplace_object());
  }
  void members(ObjectPart const& part, std::size_t first, std::size_t last) {
    auto& object = *open_.back();
    if (part.object == nullptr) {
      for (; first != last; ++first) {
        auto const name = part.spans.name(first);
        object.emplace(name, value_in_text(part.spans.value(first, name.size()), object.storage()));
      }
      return;
    }
    auto const begin = part.object->begin();
    for (auto i = begin + static_cast<std::ptrdiff_t>(first); i != begin + static_cast<std::ptrdiff_t>(last); ++i)
      object.emplace(i->key(), i->value());
  }

 private:
  std::vector<boost::json::object*> open_;
};

}  // namespace inlay::detail

#endif
