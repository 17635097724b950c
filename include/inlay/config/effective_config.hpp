// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_EFFECTIVE_CONFIG_HPP
#define INLAY_CONFIG_EFFECTIVE_CONFIG_HPP

#include <inlay/config/config_node.hpp>
#include <inlay/config/layer.hpp>
#include <inlay/error.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/reading.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

/** What one layer says about a place. */
struct Contribution {
  std::string layer;
  /** Canonical text of the value that it holds there. Absent: it removes it, by a null there (a tombstone) or by a null
      or something else that is no object on the way there. */
  std::optional<std::string> json;

  friend bool operator==(Contribution const&, Contribution const&) = default;
};

/** One leaf (scalar, array, empty object or tombstone) and who set it. */
struct LeafOrigin {
  std::string pointer;
  Contribution winner;                 ///< an object that is left without members counts as {} of its highest layer
  std::vector<Contribution> shadowed;  ///< what the layers below the winner say there, highest layer first

  friend bool operator==(LeafOrigin const&, LeafOrigin const&) = default;
};

/** Where the next page of an explanation or of differences begins. Opaque; to be given back with the same question. */
struct ConfigCursor {
  std::uint64_t place{};   ///< how many entries come before
  std::uint64_t digest{};  ///< of what was asked, and of the layers (FNV-1a): in others the place would be another

  friend bool operator==(ConfigCursor const&, ConfigCursor const&) = default;
};

/** The cursor as text for clients, letters, digits, `-` and `_` (base64url), and back. @return invalid_argument. */
[[nodiscard]] std::string to_string(ConfigCursor const& cursor);
[[nodiscard]] Result<ConfigCursor> parse_config_cursor(std::string_view text);

class BorrowedConfig;

/** Where a value comes from, and everything below it: a page of it. */
struct Explanation {
  bool present{};  ///< whether there is a value at the pointer

  /** The layers that make the value at the pointer what it is, highest first: of an object all whose objects are
      merged into it, of a leaf the one that wins, of something absent the one that removed it. Empty: nobody has it. */
  std::vector<std::string> contributors;

  /** Everything at and below the pointer that some layer has or removes: what there is in the fold's order, and what
      was removed at the place that its lowest layer gave it. What is removed as a whole is one leaf. Where an object
      took the place of something else, it stands before its members as its layer has it, with what it shadows.

      Their JSON comes to max_page_bytes (4 MiB) at most, or there is one leaf alone. */
  std::vector<LeafOrigin> leaves;

  std::optional<ConfigCursor> next{};  ///< for explain(), where there are more leaves
};

namespace detail {

struct keep_the_configuration_in_a_variable_as_what_find_returns_looks_into_it;  // what a compiler says of find()

}  // namespace detail

/** What a configuration comes to when its layers are laid over each other: a view that merges nothing.

    The value is the fold of RFC 7396 over the layers, lowest first. The view holds the layers, shares their documents,
    and looks values up in them; a copy copies a pointer, and any number of threads may read one.

    Objects merge; anything else replaces what is below it, arrays included. A null in a layer of kind merge_patch
    removes, a null in the base is a value. Members have the order that the fold gives them: the base's, then each
    layer's new ones in turn; one that a layer removed and a higher one sets again comes last.

    Values are read by their pointers with get() and get_or(), as json::Reading has them.
*/
class EffectiveConfig : public json::Reading<EffectiveConfig> {
 public:
  /** Holds the layers, lowest first. Goes through those documents that were never looked at before: of the base it
      makes values, a patch is read and copied from as text where that is canonical.

      @return invalid_argument when there is no layer, or when the lowest is not the one and only of kind base;
      corrupt, naming the layer, when the stored text of a document is no JSON object.

      Complexity: linear in the number of layers, whatever the documents' size, once these have been looked at.
  */
  [[nodiscard]] static Result<EffectiveConfig> from(std::vector<Layer> layers);

  /** The layers, lowest first. */
  [[nodiscard]] std::vector<Layer> const& layers() const& noexcept;
  std::vector<Layer> const& layers() const&& = delete;

  /** The whole configuration. */
  [[nodiscard]] ConfigNode const& root() const& noexcept;
  ConfigNode const& root() const&& = delete;

  /** The value that the pointer names; nothing when there is none. An index goes into an array.

      The node looks into this configuration's layers and does not keep them, so find() does not compile on a temporary.
      Keep the configuration in a variable, or take a copy with get(), which may be done at once:
      `catalog.effective_config(id).value().config.get<std::string>("/a")`. (Behind the `->` of a temporary Result
      find() does compile, and its node dangles at the end of the statement.) The same goes for root(), layers(), and
      get<std::string_view>().

      Complexity: one lookup a token and layer, in as many layers as still have an object there.
  */
  [[nodiscard]] std::optional<ConfigNode> find(json::Pointer const& pointer) const&;
  template <class Why = detail::keep_the_configuration_in_a_variable_as_what_find_returns_looks_into_it>
  std::optional<ConfigNode> find(json::Pointer const& pointer) const&& = delete;

  /** The same for a pointer's string form (RFC 6901, section 3), parsed in place, without allocating.

      Text that is no pointer names nothing.
  */
  [[nodiscard]] std::optional<ConfigNode> find(std::string_view pointer) const&;
  template <class Why = detail::keep_the_configuration_in_a_variable_as_what_find_returns_looks_into_it>
  std::optional<ConfigNode> find(std::string_view pointer) const&& = delete;

  /** The same with one more layer on top, for who keeps it. It shares the documents, and copies the list of layers.

      @return as from(). Complexity: as from().
  */
  [[nodiscard]] Result<EffectiveConfig> with(Layer layer) const;

  /** The same for a request that only reads: it counts no references, and allocates only for a seventh layer and
      beyond, and at the first look at the layer's document, so that threads which lay their own layers over one
      configuration do not slow each other down.

      What is given looks into this configuration and the layer, and keeps neither of them: it does not compile on
      temporaries. (Behind the `->` of a temporary Result it does compile, and dangles at the end of the statement.)
      Whatever is to outlive the request is read out of it, or made by with().

      @return as from(). Complexity: as from().
  */
  [[nodiscard]] Result<BorrowedConfig> borrowed_with(Layer const& layer) const&;
  Result<BorrowedConfig> borrowed_with(Layer const&& layer) const& = delete;
  Result<BorrowedConfig> borrowed_with(Layer const& layer) const&& = delete;

  /** Where the value at the pointer, and every leaf below it, comes from, and what each of them shadows.

      An absent value is explained too: by the layer that removed it, or as nobody's. A pointer into an array names a
      leaf, whatever is there. This is the first page: a leaf has its whole pointer, so that all of them can come to
      many times what the layers do.

      Complexity: a page looks at every member of what is at the pointer, and makes no text but that of its own leaves.
  */
  [[nodiscard]] Explanation explain(json::Pointer const& pointer = {}) const;

  /** The same, for a pointer that is written out: `explain("/headers")`. (Other text may be no pointer:
      json::Pointer::parse says so.) */
  [[nodiscard]] Explanation explain(json::PointerLiteral pointer) const { return explain(pointer.pointer()); }

  /** The page after another one. @return invalid_argument for a cursor that is of other layers or another pointer, and
      for text that is no pointer. */
  [[nodiscard]] Result<Explanation> explain(json::PointerView pointer, ConfigCursor const& after) const;

  /** A copy in the storage given, merged: exactly the fold. */
  [[nodiscard]] boost::json::value to_value(boost::json::storage_ptr storage = {}) const;

  /** The canonical text of the fold, written straight from the layers. */
  [[nodiscard]] std::string text() const;
  /** Appends what text() gives. */
  void write(std::string& out) const;

 private:
  struct State {
    std::vector<Layer> layers;
    ConfigNode root;
  };
  friend class BorrowedConfig;
  friend class json::Reading<EffectiveConfig>;

  [[nodiscard]] std::optional<ConfigNode> node_at(auto const& pointer) const { return find(pointer); }

  // What a layer lays over those below it.
  [[nodiscard]] static Result<detail::LayerObject> object_of(Layer const& layer);

  explicit EffectiveConfig(std::shared_ptr<State const> state) noexcept : state_(std::move(state)) {}

  std::shared_ptr<State const> state_;
};

/** One place where two effective configurations differ: canonical texts, absent where there is no value. */
struct ConfigDifference {
  std::string pointer;
  std::optional<std::string> before;
  std::optional<std::string> after;

  friend bool operator==(ConfigDifference const&, ConfigDifference const&) = default;
};

/** A page of differences: their JSON comes to max_page_bytes (4 MiB) at most, or there is one alone. */
struct ConfigDifferences {
  std::vector<ConfigDifference> items;
  std::optional<ConfigCursor> next{};  ///< for differences(), where there are more
};

/** Where two effective configurations differ, for somebody who looks at a change before or after it is made.

    A place is named as high up as it differs as a whole: where two objects stand against each other their members are
    compared, one by one; an object that appears, disappears, or stands against something else is one difference. An
    array that differs is one difference. Numbers differ when their canonical texts do: 1 is not 1.0. The order of
    members does not count.

    @return the first page; in the end there is first what is different or new, in the order of `after`, then, for each
    object, what is gone.

    Complexity: linear in both; what both have from the same documents is passed over.
*/
[[nodiscard]] ConfigDifferences differences(EffectiveConfig const& before, EffectiveConfig const& after);

/** The page after another one. @return invalid_argument for a cursor that is of other configurations. */
[[nodiscard]] Result<ConfigDifferences> differences(EffectiveConfig const& before, EffectiveConfig const& after,
                                                    ConfigCursor const& from);

}  // namespace inlay

#include <inlay/config/borrowed_config.hpp>

#endif
