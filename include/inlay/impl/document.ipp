// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_IMPL_DOCUMENT_IPP
#define INLAY_IMPL_DOCUMENT_IPP

#include <inlay/detail/value_arena.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/value.hpp>

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace inlay {

/** What the copies of a Document share. All but `text` is made when somebody asks for it. */
struct Document::State {
  explicit State(std::string canonical)
      : text(std::move(canonical)), arena(text.size()), value(detail::DocumentStorage::instance()) {}
  explicit State(std::size_t text_size) : arena(text_size), value(detail::DocumentStorage::instance()) {}
  State(State const&) = delete;
  State& operator=(State const&) = delete;
  ~State() {}  // NOLINT(modernize-use-equals-default): of the union

  /** The members; nullptr when the text is no JSON object. */
  boost::json::object const* members() const {
    if (!is_parsed.load(std::memory_order_acquire)) {
      std::call_once(parsing, [this] {
        detail::DocumentStorage::Filling const filling(arena);
        if (auto result = json::parse(text, json::no_limits, value.storage())) value = std::move(*result);
        is_parsed.store(true, std::memory_order_release);
      });
    }
    return value.if_object();
  }

  json::MemberSpans const* member_spans() const {
    if (!has_sought_spans.load(std::memory_order_acquire)) {
      std::call_once(finding_spans, [this] {
        spans = json::MemberSpans::of(text);
        has_sought_spans.store(true, std::memory_order_release);
      });
    }
    return spans ? &*spans : nullptr;
  }

  std::string text;
  mutable std::optional<json::MemberSpans> spans;
  mutable detail::ValueArena arena;
  union {
    mutable boost::json::value value;  // never destroyed: all that it has lies in the arena
  };
  mutable std::once_flag finding_spans;
  mutable std::once_flag parsing;
  mutable std::atomic<bool> has_sought_spans = false;
  mutable std::atomic<bool> is_parsed = false;
};

namespace detail {

inline Error no_object_error() {
  return Error{.kind = ErrorKind::invalid_document, .message = "must be a JSON object", .pointer = ""};
}

inline Error canonical_text_too_long(std::size_t size, json::Limits const& limits) {
  return Error{.kind = ErrorKind::invalid_document,
               .message = "the document is " + std::to_string(size) + " bytes long in its canonical form; at most " +
                          std::to_string(limits.max_bytes) + " are allowed",
               .pointer = ""};
}

}  // namespace detail

INLAY_DECL Document::Document() noexcept = default;

INLAY_DECL Result<Document> Document::parse(std::string_view text, json::Limits const& limits) {
  auto const state = std::make_shared<State>(text.size());
  detail::DocumentStorage::Filling const filling(state->arena);
  auto value = json::parse(text, limits, state->value.storage());
  if (value.has_error()) return value.error();
  auto const* members = value->if_object();
  if (members == nullptr) return detail::no_object_error();
  if (members->empty()) return Document();
  state->text.reserve(text.size());
  json::print(*value, state->text);
  if (state->text.size() > limits.max_bytes) return detail::canonical_text_too_long(state->text.size(), limits);
  state->value = std::move(*value);
  state->is_parsed = true;
  return Document(state);
}

INLAY_DECL Result<Document> Document::from(boost::json::object const& values, json::Limits const& limits) {
  // The values are not kept: their storage may belong to the caller, and a 1u that became text comes back as a 1.
  if (auto const checked =
          json::detail::check_object(values, json::Limits{json::no_limits.max_bytes, limits.max_depth});
      checked.has_error()) {
    return checked.error();
  }
  std::string canonical;
  json::detail::print_object(values, canonical);
  if (canonical.size() > limits.max_bytes) return detail::canonical_text_too_long(canonical.size(), limits);
  return from_stored(std::move(canonical));
}

INLAY_DECL Document Document::from_stored(std::string text) {
  if (text == "{}") return Document();
  text.shrink_to_fit();
  return Document(std::make_shared<State const>(std::move(text)));
}

INLAY_DECL std::string_view Document::text() const& noexcept {
  return state_ ? std::string_view(state_->text) : std::string_view("{}");
}

INLAY_DECL Result<boost::json::object const*> Document::values() const& {
  static boost::json::object const no_members;
  if (!state_) return &no_members;
  if (auto const* members = state_->members()) return members;
  Error why = detail::no_object_error();
  if (auto const again = json::parse(state_->text, json::no_limits); again.has_error()) why = again.error();
  why.kind = ErrorKind::corrupt;
  why.message = "the stored text is not a JSON object: " + why.message;
  return why;
}

INLAY_DECL json::MemberSpans const* Document::spans() const& {
  static std::optional<json::MemberSpans> const of_no_members = json::MemberSpans::of("{}");
  return state_ ? state_->member_spans() : &*of_no_members;
}

INLAY_DECL std::ostream& operator<<(std::ostream& out, Document const& document) { return out << document.text(); }

}  // namespace inlay

#endif
