// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_TRANSFER_IPP
#define INLAY_STORAGE_IMPL_TRANSFER_IPP

#include <inlay/ground/internal/joined.hpp>
#include <inlay/json/internal/too_long.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/internal/change_json.hpp>
#include <inlay/storage/transfer.hpp>
#include <inlay/timestamp.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <exception>
#include <ios>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay::storage {

namespace detail {

inline bool is_entity_name(std::string_view name) {
  bool is_known = false;
  model::for_each_entity(
      [&]<class Entity>(std::type_identity<Entity>) { is_known = is_known || name == Entity::entity_name; });
  return is_known;
}

/** What the records of a kind are called, by its place in StoreRecord. */
inline std::string record_name(std::size_t kind) {
  std::string name = kind == 0 ? "header" : "commit";
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (model::entity_number<Entity> + 1 == kind) name = Entity::entity_name;
  });
  return name;
}

inline Error record_fault(std::string message, std::optional<std::string> pointer = {}) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .pointer = std::move(pointer)};
}

/** The last version and revision that are let in: those after it must never run out, whatever is written. */
inline constexpr std::int64_t last_restorable_number = std::int64_t{1} << 62U;

inline Error too_great(std::string what, std::string pointer) {
  return record_fault(
      std::move(what) + " must be at most " + std::to_string(last_restorable_number) + ", so that others can follow",
      std::move(pointer));
}

inline Error time_without_text(std::string pointer) {
  return record_fault("a time must be in the years 0000 to 9999 in UTC", std::move(pointer));
}

inline Result<void> check_changes(CommitRecord const& commit) {
  for (ChangeRecord const& change : commit.changes) {
    if (!is_entity_name(change.entity)) return record_fault("a commit has a change of what is no entity");
    bool const is_whole = change.before.has_value() == (change.kind != ChangeKind::inserted) &&
                          change.after.has_value() == (change.kind != ChangeKind::removed);
    if (!is_whole) return record_fault("a change has the row before it unless inserted, and after it unless removed");
  }
  return {};
}

// Reading

inline Error below(std::string const& pointer, Error error) {
  error.pointer = pointer + error.pointer.value_or("");
  return error;
}

/** Refuses an object that has members which the form of what it is to be does not have. */
template <class Form>
Result<void> check_members(boost::json::object const& object, std::string const& pointer) {
  auto const& known = model::form_members<Form>;
  for (auto const& member : object) {
    std::string const name(member.key());
    auto const is_it = [&](model::FormMember const& one) { return one.name == name; };
    if (std::any_of(known.begin(), known.end(), is_it)) continue;
    auto const names = inlay::detail::joined(known, ", ", [](model::FormMember const& one) { return one.name; });
    std::string at = pointer;
    json::append_token(at, name);
    return record_fault("there is no member of this name here; there are " + names, std::move(at));
  }
  return {};
}

inline Result<boost::json::value const*> get_member(boost::json::object const& object, std::string const& pointer,
                                                    std::string_view name) {
  auto const* value = object.if_contains(name);
  if (!value) return record_fault("the member " + std::string(name) + " is missing", pointer);
  return value;
}

inline Result<std::int64_t> get_count(boost::json::object const& object, std::string const& pointer,
                                      std::string_view name) {
  auto const value = get_member(object, pointer, name);
  if (!value) return value.error();
  std::int64_t const* number = (*value)->if_int64();
  if (!number || *number < 0) {
    return record_fault(std::string(name) + " must be a whole number from 0 on", pointer + '/' + std::string(name));
  }
  return *number;
}

inline Result<std::string> get_text(boost::json::object const& object, std::string const& pointer,
                                    std::string_view name) {
  auto const value = get_member(object, pointer, name);
  if (!value) return value.error();
  auto const* text = (*value)->if_string();
  std::string const at = pointer + '/' + std::string(name);
  if (!text) return record_fault(std::string(name) + " must be a string", at);
  if (text->find('\0') != boost::json::string::npos) return record_fault(std::string(name) + " has U+0000 in it", at);
  return std::string(text->data(), text->size());
}

inline Result<boost::json::object const*> get_object(boost::json::object const& object, std::string const& pointer,
                                                     std::string_view name) {
  auto const value = get_member(object, pointer, name);
  if (!value) return value.error();
  auto const* found = (*value)->if_object();
  if (!found) return record_fault(std::string(name) + " must be an object", pointer + '/' + std::string(name));
  return found;
}

inline Result<Uuid> get_uuid(boost::json::object const& object, std::string const& pointer, std::string_view name) {
  auto const text = get_text(object, pointer, name);
  if (!text) return text.error();
  auto const uuid = parse_uuid(*text);
  if (!uuid) return below(pointer + '/' + std::string(name), uuid.error());
  return *uuid;
}

inline Result<std::optional<Document>> get_document(boost::json::object const& object, std::string const& pointer,
                                                    std::string_view name) {
  if (!object.contains(name)) return std::optional<Document>();
  auto const found = get_object(object, pointer, name);
  if (!found) return found.error();
  auto document = Document::from(**found, json::no_limits);
  if (!document) return below(pointer + '/' + std::string(name), document.error());
  return std::optional<Document>(*std::move(document));
}

inline Result<Timestamp> get_time(boost::json::object const& object, std::string const& pointer,
                                  std::string_view name) {
  auto const text = get_text(object, pointer, name);
  if (!text) return text.error();
  auto const time = parse_timestamp(*text);
  if (!time) return below(pointer + '/' + std::string(name), time.error());
  return *time;
}

inline Result<Digest> get_digest(boost::json::object const& object, std::string const& pointer, std::string_view name) {
  auto const text = get_text(object, pointer, name);
  if (!text) return text.error();
  auto const digest = parse_digest(*text);
  if (!digest) return below(pointer + '/' + std::string(name), digest.error());
  return *digest;
}

/** Puts what was read where it belongs, if it could be. */
template <class Value>
Result<void> take_read(Result<Value> const& read, Value& place) {
  if (!read) return read.error();
  place = *read;
  return {};
}

inline bool is_known_format(std::int64_t format) noexcept {
  return format >= StoreHeader::oldest_format && format <= StoreHeader::current_format;
}

/** Which store it is, and between which commits its log is. */
inline Result<void> take_ends(boost::json::object const& line, StoreHeader& header) {
  Result<void> taken = take_read(get_uuid(line, "", "store_id"), header.store_id);
  if (taken && line.contains("token")) taken = take_read(get_uuid(line, "", "token"), header.token);
  if (taken) taken = take_read(get_time(line, "", "moment"), header.moment);
  if (taken) taken = take_read(get_digest(line, "", "chain"), header.chain);
  if (taken && line.contains("compacted_token")) {
    taken = take_read(get_uuid(line, "", "compacted_token"), header.compacted_token);
  }
  if (taken) taken = take_read(get_time(line, "", "compacted_moment"), header.compacted_moment);
  if (taken) taken = take_read(get_digest(line, "", "compacted_chain"), header.compacted_chain);
  return taken;
}

inline Result<StoreRecord> read_header(boost::json::object const& line) {
  auto const format = get_count(line, "", "inlay_format");
  if (!format) return format.error();
  if (!is_known_format(*format)) {
    return record_fault("this inlay reads the formats " + std::to_string(StoreHeader::oldest_format) + " to " +
                            std::to_string(StoreHeader::current_format) + " and no other",
                        "/inlay_format");
  }
  auto const checked = check_members<answers::HeaderLine>(line, "");
  if (!checked) return checked.error();
  auto const revision = get_count(line, "", "revision");
  if (!revision) return revision.error();
  auto const compacted_through = get_count(line, "", "compacted_through");
  if (!compacted_through) return compacted_through.error();
  auto const commits = get_count(line, "", "commits");
  if (!commits) return commits.error();
  auto const rows = get_object(line, "", "rows");
  if (!rows) return rows.error();

  StoreHeader header;
  header.format = *format;
  if (line.contains("store_id")) {
    if (auto const taken = take_ends(line, header); !taken) return taken.error();
  }
  header.revision.value = *revision;
  header.compacted_through.value = *compacted_through;
  header.commits = static_cast<std::size_t>(*commits);
  for (auto const& member : **rows) {
    if (!is_entity_name(member.key())) {
      std::string at = "/rows";
      json::append_token(at, member.key());
      return record_fault("there is no entity of this name", std::move(at));
    }
  }
  Result<void> result;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    // An entity that the writing inlay did not know yet has no rows.
    if (!result || !(*rows)->contains(Entity::entity_name)) return;
    auto const count = get_count(**rows, "/rows", Entity::entity_name);
    if (count) {
      header.rows[model::entity_number<Entity>] = static_cast<std::size_t>(*count);
    } else {
      result = count.error();
    }
  });
  if (!result) return result.error();
  return StoreRecord(header);
}

inline Result<StoreRecord> read_row(boost::json::object const& line) {
  if (auto const checked = check_members<answers::RowLine>(line, ""); !checked) return checked.error();
  auto const entity = get_text(line, "", "entity");
  if (!entity) return entity.error();
  auto const revision = get_count(line, "", "revision");
  if (!revision) return revision.error();
  auto const object = get_object(line, "", "row");
  if (!object) return object.error();
  Result<StoreRecord> result = record_fault("there is no entity of this name", "/entity");
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (*entity != Entity::entity_name) return;
    auto row = model::read_record<Entity>(**object);
    if (!row) {
      result = below("/row", row.error());
      return;
    }
    row->revision.value = *revision;
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) disable_ended(*row);
    result = StoreRecord(*std::move(row));
  });
  return result;
}

inline Result<ChangeRecord> read_change(boost::json::value const& value, std::string const& pointer) {
  auto const* object = value.if_object();
  if (!object) return record_fault("a change is an object", pointer);
  auto const checked = check_members<answers::Change>(*object, pointer);
  if (!checked) return checked.error();
  auto entity = get_text(*object, pointer, "entity");
  if (!entity) return entity.error();
  if (!is_entity_name(*entity)) return record_fault("there is no entity of this name", pointer + "/entity");
  auto const id = get_uuid(*object, pointer, "id");
  if (!id) return id.error();
  auto const name = get_text(*object, pointer, "kind");
  if (!name) return name.error();
  auto const kind = model::enum_from_name<ChangeKind>(*name);
  if (!kind) return record_fault("kind must be inserted, updated or removed", pointer + "/kind");
  auto before = get_document(*object, pointer, "before");
  if (!before) return before.error();
  auto after = get_document(*object, pointer, "after");
  if (!after) return after.error();
  return ChangeRecord{*std::move(entity), *id, *kind, *std::move(before), *std::move(after)};
}

inline Result<StoreRecord> read_commit(boost::json::object const& line) {
  if (auto const checked = check_members<answers::CommitLine>(line, ""); !checked) return checked.error();
  auto const object = get_object(line, "", "commit");
  if (!object) return object.error();
  auto const checked = check_members<answers::WholeCommit>(**object, "/commit");
  if (!checked) return checked.error();
  auto const revision = get_count(**object, "/commit", "revision");
  if (!revision) return revision.error();
  auto const token = get_uuid(**object, "/commit", "token");
  if (!token) return token.error();
  auto actor = get_text(**object, "/commit", "actor");
  if (!actor) return actor.error();
  auto const time = get_time(**object, "/commit", "time");
  if (!time) return time.error();

  CommitRecord commit{.revision = Revision{*revision}, .token = *token, .actor = *std::move(actor), .time = *time};
  if ((*object)->contains("moment")) {
    auto taken = take_read(get_time(**object, "/commit", "moment"), commit.moment);
    if (taken) taken = take_read(get_digest(**object, "/commit", "chain"), commit.chain);
    if (!taken) return taken.error();
  }
  if ((*object)->contains("reason")) {
    auto reason = get_text(**object, "/commit", "reason");
    if (!reason) return reason.error();
    commit.reason = *std::move(reason);
  }
  auto const changes = get_member(**object, "/commit", "changes");
  if (!changes) return changes.error();
  auto const* array = (*changes)->if_array();
  if (!array) return record_fault("changes must be an array", "/commit/changes");
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto change = read_change((*array)[i], "/commit/changes/" + std::to_string(i));
    if (!change) return change.error();
    commit.changes.push_back(*std::move(change));
  }
  return StoreRecord(std::move(commit));
}

// Writing

inline void append_record(StoreHeader const& header, std::string& out) {
  model::write_form(answers::HeaderLine::of(header), out);
}

template <class Entity>
void append_record(Entity const& row, std::string& out) {
  auto const write_row = [&row](std::string& to) { model::write_json(row, to, model::JsonUse::record); };
  model::write_form(answers::RowLine{Entity::entity_name, row.revision, write_row}, out);
}

inline void append_record(CommitRecord const& commit, std::string& out) {
  model::write_form(answers::CommitLine{answers::WholeCommit::of(commit)}, out);
}

}  // namespace detail

std::size_t RecordCheck::announced(std::size_t kind) const noexcept {
  return kind == 0 ? 1 : kind + 1 == kinds ? header_.commits : header_.rows[kind - 1];
}

Result<void> RecordCheck::accept(StoreRecord const& record) {
  std::size_t const kind = record.index();
  if (seen_[0] == 0 && kind != 0) return detail::record_fault("the header must be the first record");
  if (kind < kind_) {
    return detail::record_fault("every " + detail::record_name(kind) + " record comes before those of " +
                                detail::record_name(kind_));
  }
  if (++seen_[kind] > announced(kind)) {
    return detail::record_fault("there are more records of " + detail::record_name(kind) + " than the header says");
  }
  if (kind != kind_) last_row_ = {};
  bool const is_first = seen_[kind] == 1;
  kind_ = kind;
  return std::visit(
      [&]<class Record>(Record const& given) -> Result<void> {
        if constexpr (std::is_same_v<Record, StoreHeader>) {
          if (!detail::is_known_format(given.format)) {
            return detail::record_fault("the records have a format that this inlay does not know");
          }
          for (auto const& [name, moment] :
               {std::pair("moment", given.moment), std::pair("compacted_moment", given.compacted_moment)}) {
            if (!has_text(moment)) return detail::time_without_text("/" + std::string(name));
          }
          if (given.revision.value > detail::last_restorable_number) {
            return detail::too_great("the store's revision", "/revision");
          }
          if (given.compacted_through.value < 0 || given.compacted_through > given.revision) {
            return detail::record_fault("the change log cannot be compacted through a revision that was not reached");
          }
          header_ = given;
          last_commit_ = given.compacted_through;
        } else if constexpr (std::is_same_v<Record, CommitRecord>) {
          if (given.revision.value > detail::last_restorable_number) {
            return detail::too_great("a commit's revision", "/commit/revision");
          }
          if (given.revision <= last_commit_ || given.revision > header_.revision) {
            return detail::record_fault(
                "the revisions of commits must grow, from the one compacted through up to the "
                "store's");
          }
          last_commit_ = given.revision;
          if (!has_text(given.time)) return detail::time_without_text("/commit/time");
          if (!has_text(given.moment)) return detail::time_without_text("/commit/moment");
          if (!header_.store_id.is_nil() && given.moment < Timestamp{1}) {
            return detail::record_fault("a commit must have a moment after 1970 began, where the header has a store_id",
                                        "/commit/moment");
          }
          for (auto const& [name, text] :
               {std::pair("actor", &given.actor), std::pair("reason", given.reason ? &*given.reason : nullptr)}) {
            if (text == nullptr || json::check(boost::json::value(*text), json::no_limits)) continue;
            return detail::record_fault(std::string(name) + " must be UTF-8", "/commit/" + std::string(name));
          }
          return detail::check_changes(given);
        } else {
          Cursor const place{given.created_at, given.id.uuid};
          if (!is_first && place <= last_row_) {
            return detail::record_fault("the rows of an entity must be in the order of created_at and id");
          }
          last_row_ = place;
          if (given.version.value < 1) return detail::record_fault("a row's version must be 1 or more");
          if (given.version.value > detail::last_restorable_number) {
            return detail::too_great("a row's version", "/row/version");
          }
          if (given.birth == Birth{}) return detail::record_fault("a row must have a birth", "/row/birth");
          if (given.revision.value < 1 || given.revision > header_.revision) {
            return detail::record_fault("a row's revision must be from 1 to the store's");
          }
          if (!has_text(given.created_at)) return detail::time_without_text("/row/created_at");
          if (!has_text(given.updated_at)) return detail::time_without_text("/row/updated_at");
        }
        return {};
      },
      record);
}

Result<void> RecordCheck::finish() const {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    if (seen_[kind] == announced(kind)) continue;
    return detail::record_fault(kind == 0 ? "there are no records at all; the header must be the first"
                                          : "the records end too early: of " + std::to_string(announced(kind)) + ' ' +
                                                detail::record_name(kind) + " records " + std::to_string(seen_[kind]) +
                                                " came");
  }
  return {};
}

void append_line(StoreRecord const& record, std::string& out) {
  std::visit([&](auto const& given) { detail::append_record(given, out); }, record);
  out += '\n';
}

Result<StoreRecord> parse_line(std::string_view line) {
  auto const value = json::parse(line, json::no_limits);
  if (!value) return value.error();
  auto const* object = value->if_object();
  if (object && object->contains("inlay_format")) return detail::read_header(*object);
  if (object && object->contains("entity")) return detail::read_row(*object);
  if (object && object->contains("commit")) return detail::read_commit(*object);
  return detail::record_fault("this is no record: one is an object with a member inlay_format, entity or commit", "");
}

namespace detail {

enum class LineEnd { none, there, too_long, failed };

/** Reads a line, as std::getline does, if it is no longer than that. None: there is no more. */
inline LineEnd read_line(std::istream& in, std::size_t max_bytes, std::string& line) {
  using Traits = std::istream::traits_type;
  line.clear();
  if (in.bad() || in.rdbuf() == nullptr) return LineEnd::failed;
  try {
    std::streambuf& buffer = *in.rdbuf();
    for (auto c = buffer.sbumpc();; c = buffer.sbumpc()) {
      if (Traits::eq_int_type(c, Traits::eof())) return line.empty() ? LineEnd::none : LineEnd::there;
      if (Traits::to_char_type(c) == '\n') return LineEnd::there;
      if (line.size() == max_bytes) return LineEnd::too_long;
      line += Traits::to_char_type(c);
    }
  } catch (std::bad_alloc const&) {
    throw;
  } catch (std::exception const&) {  // how a file, or a host's stream, says that it can't be read
    return LineEnd::failed;
  }
}

}  // namespace detail

Result<void> read_lines(LinesRequest const& request) {
  std::string const source = request.source.empty() ? std::string() : std::string(request.source) + ", ";
  auto const in_line = [&source](std::size_t number, Error error) {
    error.message = source + "line " + std::to_string(number) + ": " + error.message;
    return error;
  };
  std::string line;
  std::size_t number = 0;
  std::size_t last_record = 0;
  auto end = detail::LineEnd::none;
  while ((end = detail::read_line(request.in, request.max_line_bytes, line)) == detail::LineEnd::there) {
    ++number;
    // Blank lines at the end are what editors leave behind; elsewhere something may be missing.
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (number != ++last_record) {
      return in_line(last_record, Error{.kind = ErrorKind::invalid_argument, .message = "the line is blank"});
    }
    auto const record = parse_line(line);
    if (!record) return in_line(number, record.error());
    if (auto const taken = request.sink(*record); !taken) {
      return taken.error().kind == ErrorKind::invalid_argument ? in_line(number, taken.error()) : taken.error();
    }
  }
  if (end == detail::LineEnd::too_long) {
    Error error = json::too_long("the line", request.max_line_bytes);
    error.pointer.reset();  // a line is no document
    return in_line(number + 1, std::move(error));
  }
  if (end == detail::LineEnd::failed) {
    return Error{.kind = ErrorKind::unavailable,
                 .message = source + "reading failed after line " + std::to_string(number)};
  }
  return {};
}

}  // namespace inlay::storage

#endif
