// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_DOCUMENT_HPP
#define INLAY_JSON_DOCUMENT_HPP

#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/json/reading.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace inlay {

namespace json {
struct DocumentParts;
}

/** A JSON object that never changes: what `config` and `override` are.

    A Document is shared: a copy copies a pointer, and any number of threads may read one. It knows its canonical
    text (compact, numbers as json::print writes them, members in the order given), and its values, which are parsed
    when they are first asked for. Two Documents are equal when their canonical texts are: the order of members counts.

    Values are read by their pointers, `document.get<int>("/rate_limit")`, as Reading has it; get() and get_or() return
    what values() does where there are none.
*/
class Document : public json::Reading<Document> {
 public:
  /** The empty object. Does not allocate. */
  Document() noexcept;

  /** Reads the text of one JSON object by the rules of json::parse.

      @return what json::parse returns; invalid_document at "" for a value that is no object.
  */
  [[nodiscard]] static Result<Document> parse(std::string_view text, json::Limits const& limits = {});

  /** Takes values that a program has built.

      @return what json::check returns.
  */
  [[nodiscard]] static Result<Document> from(boost::json::object const& values, json::Limits const& limits = {});

  /** Takes text that text() of a Document once gave, such as a row's, without looking at it.

      If it is no JSON object after all, values() says so.
  */
  [[nodiscard]] static Document from_stored(std::string text);

  /** What stands where a document was left out of a row that was read (Query::with_documents), so that it is not taken
      for one: it has neither text nor values, JSON of a row goes without it, and no store takes it. It equals nothing
      but itself. */
  [[nodiscard]] static Document left_out();
  [[nodiscard]] bool is_left_out() const noexcept;

  /** The canonical text; nothing of a document that was left out. */
  [[nodiscard]] std::string_view text() const& noexcept;
  std::string_view text() const&& = delete;

  /** The members; parsed by the first call, which other threads wait for. A copy of them may outlive the Document.

      @return corrupt when this Document was made from stored text that is not a JSON object; invalid_argument when it
      was left out. Never null.
  */
  [[nodiscard]] Result<boost::json::object const*> values() const&;
  Result<boost::json::object const*> values() const&& = delete;

  /** Whether the text is a JSON object: what values() would say, without making values of text that is canonical. */
  [[nodiscard]] Result<void> check() const;

  /** Whether the object has no members. Does not parse. */
  [[nodiscard]] bool empty() const noexcept { return text() == "{}"; }

  friend bool operator==(Document const& a, Document const& b) noexcept {
    if (a.state_ == b.state_) return true;
    return a.text() == b.text() && !a.is_left_out() && !b.is_left_out();
  }

 private:
  friend struct json::DocumentParts;
  friend class json::Reading<Document>;

  struct State;

  // Null where there is no such value.
  [[nodiscard]] Result<boost::json::value const*> node_at(json::Pointer const& pointer) const;
  [[nodiscard]] Result<boost::json::value const*> node_at(std::string_view pointer) const;
  [[nodiscard]] boost::json::value const& whole() const;

  explicit Document(std::shared_ptr<State const> state) noexcept : state_(std::move(state)) {}

  std::shared_ptr<State const> state_;
};

std::ostream& operator<<(std::ostream& out, Document const& document);

}  // namespace inlay

#endif
