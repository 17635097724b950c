// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_JSON_FORM_HPP
#define INLAY_MODEL_JSON_FORM_HPP

// The JSON form of entities and read models, derived from their description.
//
// A Revision is the store's own business and has no JSON form. An absent member is left out. Ids are their 36
// characters, a birth its 16 digits, times ISO 8601 with milliseconds for callers and microseconds in the change log, a
// document is its own canonical text, copied and never parsed.

#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/model/entities.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace inlay::model {

/** For whom JSON is written. */
enum class JsonUse {
  resource,  ///< for callers: times in milliseconds
  record,    ///< for the change log, export and import: nothing is lost
};

/** What a resource's JSON brings along. */
struct ResourceParts {
  bool with_nested_documents = true;  ///< a nested integration's config
};

/** Appends a row's JSON: its members in the order they were described; of a summary (summary.hpp) what is public. */
template <class Entity>
requires(!is_read_model<Entity>) void write_json(Entity const& row, std::string& out, JsonUse use = JsonUse::resource);

/** Appends a whole resource: the first part's members, then each further part nested in the one before it under its
    name, as the API's description has it: {..., "integration": {..., "environment_ids": [...], "team": {...}}}.

    `environment_ids`, and `environment_ids_truncated` when there are more, follow the integration's own members where
    `installed_in` was read.
*/
template <class ReadModel>
requires(is_read_model<ReadModel>) void write_json(ReadModel const& resource, std::string& out,
                                                   ResourceParts const& parts = {});

/** The JSON as a text of its own. */
template <class Readable>
[[nodiscard]] std::string to_json(Readable const& readable);

/** Reads the row that a caller wants to create.

    `id` may be left out (it stays nil); members with a default may be left out; other ids, required texts and
    documents may not, except that a required document defaults to {}.

    @return invalid_argument with the pointer of the member: unknown, set by the store, missing, of a wrong type, or
    null where it cannot be absent; an id that is no UUID; a text that check_text refuses; an unknown enumerator.
    invalid_document, with the pointer of the place, for a document beyond the limits.
*/
template <class Entity>
[[nodiscard]] Result<Entity> read_new(boost::json::object const& object, json::Limits const& limits = {});

/** Reads a whole row, as write_json wrote it with JsonUse::record; its revision is 0.

    A member that came after the first release, and is named in the entity's `added_members`, may be missing, as in what
    an older inlay exported or logged: the row then has its default; where it is the birth, birth_of_older_row().

    @return invalid_argument, as above.
*/
template <class Entity>
[[nodiscard]] Result<Entity> read_record(boost::json::object const& object);

/** Checks that none of a row's documents was left out when it was read (Query::with_documents).

    @return invalid_argument with the pointer of the member.
*/
template <class Entity>
[[nodiscard]] Result<void> check_whole(Entity const& row);

/** Checks everything about a row that its types leave open: that it is whole, as check_whole does, and its texts with
    check_text.

    @return invalid_argument with the pointer of the member.
*/
template <class Entity>
[[nodiscard]] Result<void> check(Entity const& row);

/** A short text: 1 to 255 characters of UTF-8, no control characters (U+0000 to U+001F, U+007F to U+009F).

    @return invalid_argument.
*/
[[nodiscard]] Result<void> check_text(std::string_view text);

/** Applies a merge patch on a resource to a row: the caller's members only.

    A member that is a document is not patched here, for what patching one means is decided above:
    `patch_document(field, current, given)` is called with a Field const&, the std::optional<Document> that is there and
    the boost::json::object given for it, and returns a Result<std::optional<Document>>. Errors it returns get the
    member's name put before their pointer.

    @return invalid_argument with the pointer of the member: unknown, read-only, of a wrong type, or null where it
    cannot be absent; each says so. What patch_document returns.
*/
template <class Entity, class PatchDocument>
[[nodiscard]] Result<void> apply_merge_patch(Entity& row, boost::json::object const& patch,
                                             PatchDocument&& patch_document);

}  // namespace inlay::model

#include <inlay/model/impl/json_form.hpp>

#endif
