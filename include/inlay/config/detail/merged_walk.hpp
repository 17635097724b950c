// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_DETAIL_MERGED_WALK_HPP
#define INLAY_CONFIG_DETAIL_MERGED_WALK_HPP

// Going through a merged object, all of it, to write it down. Included by .ipp files only.

#include <inlay/config/detail/fold.hpp>
#include <inlay/config/detail/layer_object.hpp>
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

/** A layer's object that is written. Where its text is known, that is what is copied, also where members are looked up
    in values, because the text is not searchable. */
struct WrittenObject {
  LayerObject object;
  json::MemberSpans::Object text{};

  WrittenObject(LayerObject layer_object) noexcept
      : object(layer_object), text(layer_object.is_text() ? layer_object.spans() : json::MemberSpans::Object()) {}
  WrittenObject(LayerObject layer_object, json::MemberSpans::Object its_text) noexcept
      : object(layer_object), text(its_text) {}

  /** Whether something in it removes: only then are its members looked at one by one. */
  [[nodiscard]] bool has_tombstones() const noexcept {
    return object.nulls() == Nulls::remove && !(text && !text.has_null_members());
  }
  /** The object that is the member's value. @pre its decision is to descend. */
  [[nodiscard]] WrittenObject inner(LayerMember const& member) const noexcept {
    if (object.is_text() || !text) return member.inner;
    return {member.inner, text.inner(member.index)};
  }
};

/** Goes through merged objects in the fold's order and tells a sink what to write:

    begin_object(size at least), end_object(), key(object, member) before an object that has this member's name, and
    members(object, first, last) for a run of members of one layer, which are to be taken over as they are.

    What only one layer has a say in comes in long runs, so that the work to be done is that of the smaller layers.
*/
template <class Sink>
class MergedWalk {
 public:
  explicit MergedWalk(Sink& sink) : sink_(sink) {}

  /** Writes what the objects, highest layer first, come to. */
  void write(std::vector<WrittenObject> objects) {
    objects_ = std::move(objects);
    objects_.reserve(objects_.size() + 16);  // those of the levels below follow them
    write_object(0);
  }

 private:
  // A member of one of the upper objects, and the one that it meets in the lowest: positions there. `unmet`: the lowest
  // does not have it, or removes it, which comes to the same, as nothing is below that.
  struct Meeting {
    std::uint32_t lowest;
    std::uint32_t layer;
    std::uint32_t member;
  };
  static constexpr std::uint32_t unmet = static_cast<std::uint32_t>(-1);

  // The object is made of objects_ from `first` to the end. These stacks serve all levels, so that a level costs no
  // allocation; they grow meanwhile, so what is in them is copied, or looked at by index.
  void write_object(std::size_t first) {
    auto const lowest = objects_.back();
    sink_.begin_object(lowest.object.size());
    if (objects_.size() - first == 1) {
      write_run(lowest, 0, lowest.object.size());
    } else {
      write_merged(first, lowest);
    }
    sink_.end_object();
  }

  // The members first to last of an object, which no other layer has a say in.
  void write_run(WrittenObject const& object, std::size_t first, std::size_t last) {
    if (!object.has_tombstones()) {
      if (first != last) sink_.members(object, first, last);
      return;
    }
    for (auto run = first; first != last; run = ++first) {
      LayerMember member;
      while (first != last && (member = object.object[first]).decision == Decision::replace) ++first;
      if (run != first) sink_.members(object, run, first);
      if (first == last) break;
      if (member.decision == Decision::descend) {
        sink_.key(object, first);
        objects_.push_back(object.inner(member));
        write_object(objects_.size() - 1);
        objects_.pop_back();
      }
    }
  }

  void write_merged(std::size_t first, WrittenObject const& lowest) {
    auto const lowest_layer = objects_.size() - first - 1;
    auto const first_meeting = meetings_.size();
    for (std::size_t layer = 0; layer != lowest_layer; ++layer) {
      find_meetings(objects_[first + layer].object, layer, lowest.object);
    }
    sort_meetings(first_meeting);
    auto const end = meetings_.size();

    std::size_t next = 0;
    auto m = first_meeting;
    for (; m != end && meetings_[m].lowest != unmet; ++m) {
      auto const meeting = meetings_[m];
      if (meeting.lowest < next) continue;  // several of the upper layers name it
      if (next != meeting.lowest) write_run(lowest, next, meeting.lowest);
      next = std::size_t{meeting.lowest} + 1;
      auto const place = write_if_its_place(first, lowest_layer, lowest_layer, meeting);
      if (place == lowest_layer || place == no_layer) continue;
      // one layer removed it, and a higher one set it again
      auto again = m;
      while (meetings_[again].layer != place) ++again;
      auto moved = meetings_[again];
      moved.lowest = unmet;
      meetings_.push_back(moved);
    }
    write_run(lowest, next, lowest.object.size());
    if (meetings_.size() != end) sort_meetings(m);
    for (auto const unmet_end = meetings_.size(); m != unmet_end; ++m) {
      auto const meeting = meetings_[m];
      write_if_its_place(first, lowest_layer, meeting.layer, meeting);
    }
    meetings_.resize(first_meeting);
  }

  // Writes a member of the merged object if it has its place from this very layer. Gives the layer that it has it from.
  std::size_t write_if_its_place(std::size_t first, std::size_t lowest_layer, std::size_t here,
                                 Meeting const& meeting) {
    auto const nested = objects_.size();
    auto replacing_layer = no_layer;
    auto replacing_member = LayerMember::none;
    auto const place = fold_member<FoldFor::place>(
        lowest_layer + 1,
        [&](std::size_t layer) {
          auto const object = objects_[first + layer].object;
          if (layer == lowest_layer) return meeting.lowest == unmet ? LayerMember() : object[meeting.lowest];
          return layer == meeting.layer ? object[meeting.member] : find(object, name_of(first, meeting));
        },
        [&](std::size_t layer, LayerMember const& member) {
          objects_.push_back(objects_[first + layer].inner(member));
        },
        [&](std::size_t layer, LayerMember const& member) {
          replacing_layer = layer;
          replacing_member = member.index;
        });
    if (place == here) {
      if (replacing_layer != no_layer) {
        sink_.members(objects_[first + replacing_layer], replacing_member, replacing_member + 1);
      } else {
        sink_.key(objects_[first + here], here == lowest_layer ? meeting.lowest : meeting.member);
        write_object(nested);
      }
    }
    while (objects_.size() != nested) objects_.pop_back();
    return place;
  }

  // Of a third layer and further ones. Not inlined, as most members have a say in two at most.
  [[nodiscard, gnu::noinline]] static LayerMember find(LayerObject object, std::string_view name) noexcept {
    return object.find(name);
  }

  [[nodiscard]] std::string_view name_of(std::size_t first, Meeting const& meeting) const {
    return objects_[first + meeting.layer].object.name(meeting.member);
  }

  // One for each member of the upper object, in any order.
  void find_meetings(LayerObject upper, std::size_t layer, LayerObject lowest) {
    if (lie_side_by_side(upper, lowest)) return join(upper.spans(), layer, lowest);
    std::size_t expected = 0;  // the layers' members often have the same order
    auto const upper_size = upper.size();
    for (std::size_t i = 0; i != upper_size; ++i) {
      auto const met = lowest.find(upper.name(i), expected);
      if (met.decision != Decision::keep) expected = met.index + 1;
      add_meeting(layer, i, met);
    }
  }

  void add_meeting(std::size_t layer, std::size_t member, LayerMember const& met) {
    bool const is_met = met.decision == Decision::replace || met.decision == Decision::descend;
    meetings_.push_back({.lowest = is_met ? static_cast<std::uint32_t>(met.index) : unmet,
                         .layer = static_cast<std::uint32_t>(layer),
                         .member = static_cast<std::uint32_t>(member)});
  }

  // Whether to go through both by name takes fewer steps than to search for each name of the upper.
  static bool lie_side_by_side(LayerObject upper, LayerObject lowest) {
    if (!upper.is_text() || !lowest.is_text()) return false;
    return upper.spans().is_sorted() && lowest.spans().is_sorted() && lowest.size() / upper.size() < 8 &&
           upper.size() > 1'000;
  }

  void join(json::MemberSpans::Object upper, std::size_t layer, LayerObject lowest) {
    auto const spans = lowest.spans();
    auto const lowest_size = spans.size();
    std::size_t place = 0;
    for (std::size_t i = 0; i != upper.size(); ++i) {
      auto const wanted = upper.name(upper.sorted(i));
      auto order = std::strong_ordering::less;
      while (place != lowest_size) {
        order = spans.name(spans.sorted(place)) <=> wanted;
        if (order >= 0) break;
        ++place;
      }
      bool const is_met = place != lowest_size && order == 0;
      add_meeting(layer, upper.sorted(i), is_met ? lowest[spans.sorted(place)] : LayerMember());
    }
  }

  // By place in the lowest object; then those that are unmet, as they follow it: lower layers first.
  void sort_meetings(std::size_t first) {
    auto const begin = meetings_.begin() + static_cast<std::ptrdiff_t>(first);
    auto const by_place = [](Meeting const& a, Meeting const& b) {
      if (a.lowest != b.lowest) return a.lowest < b.lowest;
      return a.layer != b.layer ? a.layer > b.layer : a.member < b.member;
    };
    if (!std::is_sorted(begin, meetings_.end(), by_place)) std::sort(begin, meetings_.end(), by_place);
  }

  Sink& sink_;
  std::vector<WrittenObject> objects_;
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

  void key(WrittenObject const& written, std::size_t at) {
    if (written.object.is_text()) {
      separate();
      add(written.text.label(at));
    } else {
      print_name(written.object.name(at));
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
  void members(WrittenObject const& written, std::size_t first, std::size_t last) {
    if (written.text) {
      separate();
      add(written.text.members(first, last));
      return;
    }
    for (; first != last; ++first) {
      print_name(written.object.name(first));
      json::print(*written.object[first].value, out_);
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
  void key(WrittenObject const& written, std::size_t at) {
    auto const name = written.object.name(at);
    // the outer object stays as it is while the inner one is open, so that pointing into it is safe
    open_.push_back(&open_.back()->emplace(name, nullptr).first->value().emplace_object());
  }
  void members(WrittenObject const& written, std::size_t first, std::size_t last) {
    auto& object = *open_.back();
    for (; first != last; ++first) {
      auto const name = written.object.name(first);
      if (written.object.is_text()) {
        object.emplace(name, value_in_text(written.text.value(first, name.size()), object.storage()));
      } else {
        object.emplace(name, *written.object[first].value);
      }
    }
  }

 private:
  std::vector<boost::json::object*> open_;
};

}  // namespace inlay::detail

#endif
