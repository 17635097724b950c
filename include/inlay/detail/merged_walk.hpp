// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_DETAIL_MERGED_WALK_HPP
#define INLAY_DETAIL_MERGED_WALK_HPP

// Going through a merged object, all of it, to write it down. Included by .ipp files only.

#include <inlay/detail/find_member.hpp>
#include <inlay/json/member_spans.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::detail {

/** A document whose text is to be copied from; one whose values only are of use has neither. */
struct SpanSource {
  json::MemberSpans const* spans{};
  std::string_view text{};
};

/** One layer's object, as a part of a merged one. */
struct ObjectPart {
  boost::json::object const* object{};
  SpanSource const* source{};  // whose spans there are, or nullptr
  json::MemberSpans::Object spans_object{};
  bool has_tombstones{};  // whether its nulls remove (and there may be some, here or further down)
};

/** Goes through merged objects in the fold's order and tells a sink what to write:

    begin_object(size at least), end_object(), key(name) before an object of a member, and
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
  // Where a member of one of the upper parts meets one of the lowest: positions in their objects.
  struct Meeting {
    std::size_t lowest;
    std::size_t upper;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  static std::size_t position(boost::json::object const& object, boost::json::object::const_iterator member) {
    return static_cast<std::size_t>(member - object.begin());
  }
  static boost::json::object::const_iterator member_at(ObjectPart const& part, std::size_t position) {
    return part.object->begin() + static_cast<std::ptrdiff_t>(position);
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
      while (first != last && member_at(part, first)->value().is_primitive() &&
             !member_at(part, first)->value().is_null())
        ++first;
      if (run != first) sink_.members(part, run, first);
      if (first == last) break;
      write_alone(part, first++);
    }
  }

  // A member that no other part has a say in.
  void write_alone(ObjectPart const& part, std::size_t at) {
    auto const member = member_at(part, at);
    if (member->value().is_object() && part.has_tombstones) {
      sink_.key(member->key());
      write_single(child(part, member));
    } else if (!(member->value().is_null() && part.has_tombstones)) {
      sink_.members(part, at, at + 1);
    }
  }

  void write_single(ObjectPart const& part) {
    sink_.begin_object(part.object->size());
    write_run(part, 0, part.object->size());
    sink_.end_object();
  }

  static ObjectPart child(ObjectPart const& part, boost::json::object::const_iterator member) {
    ObjectPart result = part;
    result.object = &member->value().get_object();
    if (part.source != nullptr) {
      auto const& spans = *part.source->spans;
      result.spans_object = *spans.inner(part.spans_object, position(*part.object, member));
      result.has_tombstones = part.has_tombstones && spans.has_null_members(result.spans_object);
    }
    return result;
  }

  void write_pair(ObjectPart const& upper, ObjectPart const& lowest) {
    sink_.begin_object(lowest.object->size());
    auto const first_meeting = meetings_.size();
    auto expected = lowest.object->begin();  // the layers' members often have the same order
    for (std::size_t i = 0; i != upper.object->size(); ++i) {
      auto const met = find_member(*lowest.object, member_at(upper, i)->key(), expected);
      if (met == lowest.object->end()) continue;
      meetings_.push_back({.lowest = position(*lowest.object, met), .upper = i});
      expected = met + 1;
    }
    auto const met_in_all = meetings_.size() - first_meeting;
    sort_meetings(first_meeting);

    bool revives = false;  // whether the upper part sets what the lowest removed, which then comes last
    std::size_t next = 0;
    for (std::size_t m = first_meeting; m != first_meeting + met_in_all; ++m) {
      auto const meeting = meetings_[m];
      write_run(lowest, next, meeting.lowest);
      next = meeting.lowest + 1;
      auto const below = member_at(lowest, meeting.lowest);
      auto const above = member_at(upper, meeting.upper);
      if (below->value().is_null() && lowest.has_tombstones) {
        revives = true;
      } else if (above->value().is_object() && below->value().is_object()) {
        sink_.key(above->key());
        write_pair(child(upper, above), child(lowest, below));
      } else {
        write_alone(upper, meeting.upper);
      }
    }
    write_run(lowest, next, lowest.object->size());
    meetings_.resize(first_meeting);

    if (met_in_all != upper.object->size() || revives) {
      for (std::size_t i = 0; i != upper.object->size(); ++i) {
        auto const met = find_member(*lowest.object, member_at(upper, i)->key());
        if (met == lowest.object->end() || (met->value().is_null() && lowest.has_tombstones)) write_alone(upper, i);
      }
    }
    sink_.end_object();
  }

  void write_many(std::size_t first) {
    auto const count = parts_.size() - first;
    auto const lowest = parts_.back();
    sink_.begin_object(lowest.object->size());
    auto const first_meeting = meetings_.size();
    for (std::size_t p = first; p != first + count - 1; ++p) {
      for (auto const& member : *parts_[p].object) {
        auto const met = find_member(*lowest.object, member.key());
        if (met != lowest.object->end()) meetings_.push_back({.lowest = position(*lowest.object, met), .upper = 0});
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
    write_run(lowest, next, lowest.object->size());
    meetings_.resize(first_meeting);

    for (std::size_t p = count - 1; p-- != 0;) {
      for (std::size_t i = 0; i != parts_[first + p].object->size(); ++i) write_if_its_place(first, count, p, i);
    }
    sink_.end_object();
  }

  // Writes the member of that name of the merged object if it has its place in the fold from this very part (see
  // ConfigNode::enter_member, which finds members by the same rule).
  void write_if_its_place(std::size_t first, std::size_t count, std::size_t part, std::size_t at) {
    std::string_view const name = member_at(parts_[first + part], at)->key();
    auto const nested = parts_.size();
    std::size_t place = none;
    std::size_t leaf_part = none;
    std::size_t leaf_at = 0;
    bool is_decided = false;
    for (std::size_t p = 0; p != count; ++p) {
      auto const candidate = parts_[first + p];
      auto const member = find_member(*candidate.object, name);
      if (member == candidate.object->end()) continue;
      if (member->value().is_null() && candidate.has_tombstones) break;
      place = p;
      if (is_decided) continue;
      if (member->value().is_object()) {
        parts_.push_back(child(candidate, member));
      } else {
        is_decided = true;
        if (parts_.size() == nested) {
          leaf_part = p;
          leaf_at = position(*candidate.object, member);
        }
      }
    }
    if (place == part) {
      if (leaf_part != none) {
        sink_.members(parts_[first + leaf_part], leaf_at, leaf_at + 1);
      } else {
        sink_.key(name);
        write_object(nested);
      }
    }
    parts_.resize(nested);
  }

  void sort_meetings(std::size_t first) {
    auto const begin = meetings_.begin() + static_cast<std::ptrdiff_t>(first);
    auto const by_lowest = [](Meeting const& a, Meeting const& b) { return a.lowest < b.lowest; };
    if (!std::is_sorted(begin, meetings_.end(), by_lowest)) std::sort(begin, meetings_.end(), by_lowest);
  }

  Sink& sink_;
  std::vector<ObjectPart> parts_;
  std::vector<Meeting> meetings_;
};

/** Writes canonical text. */
class TextSink {
 public:
  explicit TextSink(std::string& out) : out_(out) {}

  void key(std::string_view name) { name_ = name; }
  void begin_object(std::size_t) {
    if (name_) print_name(*name_);
    name_.reset();
    out_ += '{';
    is_first_ = true;
  }
  void end_object() {
    out_ += '}';
    is_first_ = false;
  }
  void members(ObjectPart const& part, std::size_t first, std::size_t last) {
    if (part.source != nullptr) {
      if (!is_first_) out_ += ',';
      out_ += part.source->spans->members(part.source->text, part.spans_object, first, last);
      is_first_ = false;
      return;
    }
    auto const begin = part.object->begin();
    for (auto i = begin + static_cast<std::ptrdiff_t>(first); i != begin + static_cast<std::ptrdiff_t>(last); ++i) {
      print_name(i->key());
      json::print(i->value(), out_);
      is_first_ = false;
    }
  }

 private:
  void print_name(std::string_view name) {
    if (!is_first_) out_ += ',';
    json::print_string(name, out_);
    out_ += ':';
  }

  std::string& out_;
  std::optional<std::string_view> name_;  // of the object that is about to begin
  bool is_first_ = true;
};

/** Builds values. */
class ValueSink {
 public:
  explicit ValueSink(boost::json::value& result) : open_{&result.emplace_object()} {}

  void begin_object(std::size_t size) { open_.back()->reserve(size); }
  void end_object() { open_.pop_back(); }
  void key(std::string_view name) {
    // the outer object stays as it is while the inner one is open, so that pointing into it is safe
    open_.push_back(&open_.back()->emplace(name, nullptr).first->value().emplace_object());
  }
  void members(ObjectPart const& part, std::size_t first, std::size_t last) {
    auto const begin = part.object->begin();
    for (auto i = begin + static_cast<std::ptrdiff_t>(first); i != begin + static_cast<std::ptrdiff_t>(last); ++i)
      open_.back()->emplace(i->key(), i->value());
  }

 private:
  std::vector<boost::json::object*> open_;
};

}  // namespace inlay::detail

#endif
