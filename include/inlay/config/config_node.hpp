// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_CONFIG_NODE_HPP
#define INLAY_CONFIG_CONFIG_NODE_HPP

#include <inlay/config/detail/fold.hpp>
#include <inlay/config/detail/layer_object.hpp>
#include <inlay/error.hpp>
#include <inlay/json/internal/member_spans.hpp>
#include <inlay/json/internal/read_as.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/reading.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay {

class ConfigMembers;

namespace detail {

/** The layers' objects that one merged object is made of, highest layer first. Six of them need no allocation. */
class ObjectStack {
 public:
  using Object = LayerObject;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Object const* begin() const noexcept { return more_.empty() ? few_.data() : more_.data(); }
  [[nodiscard]] Object const* end() const noexcept { return begin() + size_; }
  [[nodiscard]] Object operator[](std::size_t i) const noexcept { return begin()[i]; }

  void push_back(Object object) {
    if (size_ == few_.size() && more_.empty()) more_.assign(few_.begin(), few_.end());
    if (more_.empty()) {
      few_[size_] = object;
    } else {
      more_.resize(size_);
      more_.push_back(object);
    }
    ++size_;
  }

  void reset(Object object) {
    more_.clear();
    few_[0] = object;
    size_ = 1;
  }

  // Makes room for so many objects, to be written to by put(). A place never has more objects than the place above it,
  // so that this may be the stack of that place: it can be replaced from the front while it is read.
  void prepare(std::size_t count) {
    if (count > few_.size() && more_.size() < count) more_.resize(count);
  }
  void put(std::size_t i, Object object) noexcept { (more_.empty() ? few_.data() : more_.data())[i] = object; }
  void shrink(std::size_t size) noexcept { size_ = static_cast<std::uint32_t>(size); }

 private:
  std::array<Object, 6> few_{};
  std::vector<Object> more_;  // all of them, when there are more than few_ holds
  std::uint32_t size_ = 0;
};

}  // namespace detail

/** What a value of a configuration can be read as. */
template <class T>
concept ConfigReadable = json::Readable<T>;

/** One value of an effective configuration: a leaf, or an object merged from several layers.

    Leaves are scalars and arrays. Inside an array everything is data: an object there is one layer's, its nulls are
    values. A node is a small view, cheap to copy, of the layers' documents: it is good for as long as they live,
    which is as long as any copy of the EffectiveConfig, or of its layers, does. The node itself may go first.
*/
class ConfigNode {
 public:
  /** Whether it is an object, whose members are merged on the way; else it is a leaf. */
  [[nodiscard]] bool is_object() const noexcept { return leaf_ == nullptr; }
  [[nodiscard]] bool is_leaf() const noexcept { return leaf_ != nullptr; }

  /** The value of a leaf as it lies in its layer; nullptr for an object.

      The first call for a layer that was only read as text so far makes the values of its document, which keeps them.
      So do a step into an array, and as() for a string with escapes; everything else does without.
  */
  [[nodiscard]] boost::json::value const* leaf() const {
    return leaf_is_text_ ? value_of_text() : static_cast<boost::json::value const*>(leaf_);
  }

  /** The member of that name; nothing when there is none, or when this is no object. One lookup a layer. */
  [[nodiscard]] std::optional<ConfigNode> find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }

  /** The merged members in the order in which the fold of the layers has them; none for a leaf.

      A range of ConfigMember. Going through it costs one lookup a layer for each member of each layer.
  */
  [[nodiscard]] ConfigMembers members() const;

  /** How many members there are; 0 for a leaf. Linear: it goes through members(). */
  [[nodiscard]] std::size_t size() const;
  /** Whether an object has no members; false for a leaf. */
  [[nodiscard]] bool empty() const;

  /** The value as a C++ type; see json::Readable. A std::string_view is good for as long as the layers are.

      @return invalid_argument when the value is of another type, or does not fit; with the pointer from here to the
      member or element that is, where it is none of this value's own.
  */
  template <ConfigReadable T>
  [[nodiscard]] Result<T> as() const;

  /** Whether both are views of the very same parts of the same documents, and so equal. Others may be equal too. */
  [[nodiscard]] bool is_same_view(ConfigNode const& other) const noexcept;

  /** A copy in the storage given, merged. */
  [[nodiscard]] boost::json::value to_value(boost::json::storage_ptr storage = {}) const;

  /** Appends its canonical text (json::print), written straight from the layers. */
  void write(std::string& out) const;
  /** Its canonical text. */
  [[nodiscard]] std::string text() const;

 private:
  friend class EffectiveConfig;
  friend class ConfigMembers;
  friend class BorrowedConfig;
  friend struct ConfigMember;
  friend struct json::reading::Access<ConfigNode>;

  ConfigNode() = default;

  // Becomes the member of `parent`, which may be this node itself; where there is none, it means nothing afterwards.
  // Gives what detail::fold_member() gives: which object of the parent's stack the member has its place from, or none.
  template <detail::FoldFor wanted>
  std::size_t enter_member(ConfigNode const& parent, std::string_view name);
  template <detail::FoldFor wanted, bool is_of_one_layer>
  std::size_t enter_member_of(ConfigNode const& parent, std::string_view name);
  // Becomes the member or element that one step of a pointer names.
  bool step(ConfigNode const& parent, std::string_view token);
  // Becomes a value of a single layer: any, an object, or a leaf, which is the member of an object.
  void become(boost::json::value const& value, detail::Nulls nulls);
  void become(detail::LayerObject object);
  void become_leaf(boost::json::value const& value);
  void become_leaf(json::MemberSpans::Object object, std::size_t member, std::size_t name_size);

  // Of a leaf that is text.
  [[nodiscard]] std::string_view leaf_text() const noexcept;
  [[nodiscard]] boost::json::value const* value_of_text() const;

  // What as() reads a leaf from.
  [[nodiscard]] json::reading::Kind kind() const;

  // The value that a pointer names below this one, or nothing.
  [[nodiscard]] std::optional<ConfigNode> at(json::Pointer const& pointer) const;
  [[nodiscard]] std::optional<ConfigNode> at(std::string_view pointer) const;
  // This, the root of a configuration, with one object more laid over it.
  [[nodiscard]] ConfigNode under(detail::LayerObject object) const;

  // Of a leaf: its boost::json::value, or the first character of its text; of an object: nullptr.
  void const* leaf_ = nullptr;
  // Empty for a leaf; but where that is text, the object that it is a member of lies behind the end.
  detail::ObjectStack objects_;
  std::uint32_t leaf_member_ = 0;
  bool leaf_is_text_ = false;
};

/** A member of a merged object. */
struct ConfigMember {
  std::string_view name;  ///< good for as long as the layers are
  ConfigNode value;

 private:
  friend class ConfigMembers;
  ConfigMember() = default;
};

/** The members of a merged object, as a range; see ConfigNode::members(). */
class ConfigMembers {
 public:
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = ConfigMember;
    using difference_type = std::ptrdiff_t;

    [[nodiscard]] ConfigMember const& operator*() const noexcept { return current_; }
    [[nodiscard]] ConfigMember const* operator->() const noexcept { return &current_; }
    Iterator& operator++() {
      ++index_;
      settle();
      return *this;
    }
    void operator++(int) { ++*this; }

    friend bool operator==(Iterator const& i, std::default_sentinel_t) noexcept { return i.remaining_objects_ == 0; }

   private:
    friend class ConfigMembers;
    explicit Iterator(ConfigNode const& node);
    void settle();  // goes on to the next member that takes its place here, if it is not at one

    ConfigNode const* node_;
    std::size_t remaining_objects_;  // the objects not yet gone through, the one at hand included; lowest layer first
    std::size_t index_ = 0;
    ConfigMember current_;
  };

  [[nodiscard]] Iterator begin() const& { return Iterator(node_); }
  Iterator begin() const&& = delete;  // an iterator points into its range
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class ConfigNode;
  explicit ConfigMembers(ConfigNode node) : node_(std::move(node)) {}

  ConfigNode node_;
};

/** Reading an object goes through what its layers come to; what lies in an array is one layer's. */
template <>
struct json::reading::Access<ConfigNode> {
  [[nodiscard]] static Kind kind(ConfigNode const& node) { return node.kind(); }
  [[nodiscard]] static boost::json::value whole(ConfigNode const& node) { return node.to_value(); }
  [[nodiscard]] static std::optional<ConfigNode> member(ConfigNode const& node, std::string_view name) {
    return node.find(name);
  }
  [[nodiscard]] static boost::json::array const& elements(ConfigNode const& node) { return node.leaf()->get_array(); }
  template <class Visitor>
  static void for_each_member(ConfigNode const& node, Visitor const& visit) {
    auto const members = node.members();
    for (auto const& member : members) visit(member.name, member.value);
  }
};

template <ConfigReadable T>
Result<T> ConfigNode::as() const {
  return json::reading::read_as<T>(*this);
}

}  // namespace inlay

#endif
