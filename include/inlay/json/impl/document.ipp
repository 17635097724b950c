// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_DOCUMENT_IPP
#define INLAY_JSON_IMPL_DOCUMENT_IPP

#include <inlay/ground/internal/once.hpp>
#include <inlay/json/detail/value_arena.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/internal/document_parts.hpp>
#include <inlay/json/internal/pointer_text.hpp>
#include <inlay/json/internal/too_long.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <utility>

namespace inlay {

/** What the copies of a Document share. All but `text` is made when somebody asks for it: a Document of which nobody
    does is little more than its text. */
struct Document::State {
  struct Values {
    explicit Values(std::size_t text_size) : arena(text_size), value(detail::DocumentStorage::instance()) {}
    Values(Values const&) = delete;
    Values& operator=(Values const&) = delete;
    ~Values() {}  // NOLINT(modernize-use-equals-default): of the union

    /** As json::parse; `value` stays null where there is an error. */
    Result<void> parse(std::string_view source, json::Limits const& limits) {
      detail::DocumentStorage::Filling const filling(arena);
      auto result = json::parse(source, limits, value.storage());
      if (result.has_error()) return result.error();
      value = std::move(*result);
      return {};
    }

    detail::ValueArena arena;
    union {
      boost::json::value value;  // never destroyed: all that it has lies in the arena
    };
  };

  State() = default;
  explicit State(std::string canonical) : text(std::move(canonical)) {}

  /** The members; nullptr when the text is no JSON object. */
  boost::json::object const* members() const {
    if (!parsing.is_done()) {
      parsing.run([this] {
        auto made = std::make_unique<Values>(text.size());
        // whoever wants to know what is wrong parses again
        [[maybe_unused]] auto const parsed = made->parse(text, json::no_limits);
        values = std::move(made);
      });
    }
    return values->value.if_object();
  }

  json::MemberSpans const* member_spans() const {
    if (!finding_spans.is_done()) {
      finding_spans.run([this] { spans = json::MemberSpans::of(text, this); });
    }
    return spans ? &*spans : nullptr;
  }

  std::string text;
  bool is_left_out = false;
  mutable std::unique_ptr<Values> values;
  mutable std::optional<json::MemberSpans> spans;
  mutable detail::Once finding_spans;
  mutable detail::Once parsing;
};

namespace detail {

inline Error no_object_error() {
  return Error{.kind = ErrorKind::invalid_document, .message = "must be a JSON object", .pointer = ""};
}

inline Error canonical_text_too_long(std::size_t size, json::Limits const& limits) {
  return json::too_long("the document in its canonical form", size, limits.max_bytes);
}

}  // namespace detail

Document::Document() noexcept = default;

Result<Document> Document::parse(std::string_view text, json::Limits const& limits) {
  auto values = std::make_unique<State::Values>(text.size());
  if (auto const parsed = values->parse(text, limits); parsed.has_error()) return parsed.error();
  auto const* members = values->value.if_object();
  if (members == nullptr) return detail::no_object_error();
  if (members->empty()) return Document();
  auto const state = std::make_shared<State>();
  state->text.reserve(text.size());
  json::print(values->value, state->text);
  if (state->text.size() > limits.max_bytes) return detail::canonical_text_too_long(state->text.size(), limits);
  state->parsing.run([&] { state->values = std::move(values); });
  return Document(state);
}

Result<Document> Document::from(boost::json::object const& values, json::Limits const& limits) {
  // The values are not kept: their storage may belong to the caller, and a 1u that became text comes back as a 1.
  auto canonical = json::detail::checked_text(values, limits.max_depth);
  if (canonical.has_error()) return canonical.error();
  if (canonical->size() > limits.max_bytes) return detail::canonical_text_too_long(canonical->size(), limits);
  if (values.empty()) return Document();
  // The room for numbers was guessed; where it is much too large, the text is moved into one of its own.
  if (canonical->capacity() - canonical->size() > canonical->size() / 4) canonical->shrink_to_fit();
  return Document(std::make_shared<State const>(std::move(*canonical)));
}

Document Document::from_stored(std::string text) {
  if (text == "{}") return Document();
  text.shrink_to_fit();
  return Document(std::make_shared<State const>(std::move(text)));
}

Document Document::left_out() {
  static auto const state = [] {
    auto const made = std::make_shared<State>();
    made->is_left_out = true;
    return std::shared_ptr<State const>(made);
  }();
  return Document(state);
}

bool Document::is_left_out() const noexcept { return state_ && state_->is_left_out; }

std::string_view Document::text() const& noexcept {
  return state_ ? std::string_view(state_->text) : std::string_view("{}");
}

Result<boost::json::object const*> Document::values() const& {
  static boost::json::object const no_members;
  if (!state_) return &no_members;
  if (state_->is_left_out) {
    return Error{.kind = ErrorKind::invalid_argument, .message = "the document was left out when its row was read"};
  }
  if (auto const* members = state_->members()) return members;
  Error why = detail::no_object_error();
  if (auto const again = json::parse(state_->text, json::no_limits); again.has_error()) why = again.error();
  why.kind = ErrorKind::corrupt;
  why.message = "the stored text is not a JSON object: " + why.message;
  return why;
}

// Of values() that are there.
boost::json::value const& Document::whole() const {
  static boost::json::value const no_members(boost::json::object_kind);
  return state_ ? state_->values->value : no_members;
}

Result<boost::json::value const*> Document::node_at(json::Pointer const& pointer) const {
  if (auto const members = values(); members.has_error()) return members.error();
  return json::find(whole(), pointer);
}

Result<boost::json::value const*> Document::node_at(std::string_view pointer) const {
  if (auto const members = values(); members.has_error()) return members.error();
  auto const* found = &whole();
  if (!json::visit_tokens(pointer,
                          [&](std::string_view token) { return (found = json::step(*found, token)) != nullptr; }))
    return nullptr;
  return found;
}

bool json::DocumentParts::has_values(Document const& document) noexcept {
  return !document.state_ || document.state_->parsing.is_done();
}

Result<void> Document::check() const {
  if (!json::DocumentParts::has_values(*this) && json::DocumentParts::spans(*this) != nullptr) return {};
  if (auto const members = values(); members.has_error()) return members.error();
  return {};
}

boost::json::value const* json::DocumentParts::value_of(MemberSpans::Object object, std::size_t member) {
  auto const& state = *static_cast<Document::State const*>(object.owner());
  auto const* values = state.members();
  for (auto around = state.member_spans()->root(); around != object;) {
    // the spans of an object come before those of the object around it, and after those of the members before it
    std::size_t on_the_way = 0;
    auto inner = around.inner(0);
    while (!inner || inner.words() < object.words()) inner = around.inner(++on_the_way);
    values = &values->begin()[on_the_way].value().get_object();
    around = inner;
  }
  return &values->begin()[member].value();
}

json::MemberSpans const* json::DocumentParts::spans(Document const& document) {
  static std::optional<MemberSpans> const of_no_members = MemberSpans::of("{}");
  return document.state_ ? document.state_->member_spans() : &*of_no_members;
}

std::ostream& operator<<(std::ostream& out, Document const& document) { return out << document.text(); }

}  // namespace inlay

#endif
