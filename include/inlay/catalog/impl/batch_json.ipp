// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_BATCH_JSON_IPP
#define INLAY_CATALOG_IMPL_BATCH_JSON_IPP

#include <inlay/catalog/batch.hpp>
#include <inlay/catalog/detail/batch_run.hpp>
#include <inlay/catalog/internal/batch_json.hpp>
#include <inlay/ground/internal/joined.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay {

namespace detail {

/** Reads the members of an operation's JSON. What is wrong first is kept, and said by result(). */
class OperationReader {
 public:
  OperationReader(Batch& batch, boost::json::object const& object, OperationRules const& rules)
      : batch_(batch), object_(object), rules_(rules) {}

  [[nodiscard]] Result<void> add();

 private:
  void fail(std::string_view member, std::string message) {
    if (error_) return;
    error_ = Error{.kind = ErrorKind::invalid_argument,
                   .message = std::move(message),
                   .pointer = to_string(json::Pointer({std::string(member)}))};
  }

  /** A member that is there and not null. */
  [[nodiscard]] boost::json::value const* find(std::string_view member) {
    known_.push_back(member);
    auto const* const value = object_.if_contains(member);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  [[nodiscard]] std::string text(std::string_view member) {
    auto const* const value = find(member);
    auto const* const text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr) fail(member, "this operation needs a text as its " + std::string(member));
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
  }

  [[nodiscard]] bool flag(std::string_view member) {
    auto const* const value = find(member);
    if (value != nullptr && !value->is_bool()) fail(member, std::string(member) + " is true or false");
    return value != nullptr && value->is_bool() && value->get_bool();
  }

  [[nodiscard]] boost::json::object const& object(std::string_view member) {
    static boost::json::object const none;
    auto const* const value = find(member);
    bool const is_object = value != nullptr && value->is_object();
    if (!is_object) fail(member, "this operation needs a JSON object as its " + std::string(member));
    return is_object ? value->get_object() : none;
  }

  /** The row of the operation. */
  template <class Entity>
  [[nodiscard]] Entity row() {
    auto read = model::read_new<Entity>(object("row"), rules_.limits);
    if (!read && !error_) error_ = read.error();
    return read ? std::move(*read) : Entity();
  }

  template <class Entity>
  [[nodiscard]] Id<Entity> id(std::string_view member) {
    auto const id = Id<Entity>::parse(text(member));
    if (!id) fail(member, std::string(member) + " is a UUID");
    return id ? *id : Id<Entity>();
  }

  [[nodiscard]] std::optional<RowVersion> version() {
    auto const* const value = find("version");
    if (value == nullptr) return std::nullopt;
    if (value->is_int64() && value->get_int64() >= 0) return RowVersion(Version{value->get_int64()});
    auto const* const text = value->if_string();
    auto const read = text == nullptr ? Result<RowVersion>(Error{}) : parse_row_version({text->data(), text->size()});
    if (!read) fail("version", "version is a number, or a text such as \"3-0123456789abcdef\"");
    return read ? std::optional(*read) : std::nullopt;
  }

  [[nodiscard]] UpdateOptions options(bool has_documents) {
    UpdateOptions options{.expected_version = version()};
    options.force = flag("force") || rules_.forces;
    if (!has_documents) return options;
    if (auto const* const value = find("documents")) {
      if (*value == "replace") {
        options.documents = DocumentMode::replace;
      } else if (*value != "merge") {
        fail("documents", "documents is merge or replace");
      }
    }
    return options;
  }

  /** Calls `visit(std::type_identity<Entity>())` for the entity that is named, of those that callers write. */
  template <class Visitor>
  void for_entity(Visitor&& visit) {
    std::string const name = text("entity");
    bool is_known = false;
    std::vector<std::string_view> names;
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity> entity) {
      if constexpr (Writable<Entity>) {
        names.push_back(Entity::entity_name);
        if (name != Entity::entity_name) return;
        is_known = true;
        visit(entity);
      }
    });
    if (!is_known) fail("entity", "entity is one of " + joined(names));
  }

  /** Says that all members are known that the operation may have. @return whether nothing was wrong. */
  [[nodiscard]] bool is_right() {
    for (auto const& member : object_) {
      std::string_view const name(member.key().data(), member.key().size());
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      fail(name, "this operation has no such member; there are " + joined(known_));
    }
    return !error_;
  }

  void create();
  void ensure();
  void update();
  void remove();
  void install();
  void uninstall();
  void set();
  void inherit();
  void ask_for();
  void answer();
  void end();

  Batch& batch_;
  boost::json::object const& object_;
  OperationRules const& rules_;
  std::vector<std::string_view> known_;
  std::optional<Error> error_;

 public:
  /** An operation, by its name. */
  struct Row {
    std::string_view name;
    void (OperationReader::*add)();
  };
  [[nodiscard]] static std::span<Row const> rows() {
    static constexpr std::array<Row, 11> all{{{"create", &OperationReader::create},
                                              {"ensure", &OperationReader::ensure},
                                              {"update", &OperationReader::update},
                                              {"remove", &OperationReader::remove},
                                              {"install", &OperationReader::install},
                                              {"uninstall", &OperationReader::uninstall},
                                              {"set", &OperationReader::set},
                                              {"inherit", &OperationReader::inherit},
                                              {"ask_for", &OperationReader::ask_for},
                                              {"answer", &OperationReader::answer},
                                              {"end", &OperationReader::end}}};
    return all;
  }
};

Result<void> OperationReader::add() {
  std::string const name = text("op");
  auto const row = std::find_if(rows().begin(), rows().end(), [&](Row const& one) { return one.name == name; });
  if (row == rows().end()) {
    std::vector<std::string_view> names;
    for (Row const& one : rows()) names.push_back(one.name);
    fail("op", "op is one of " + joined(names));
  } else {
    (this->*row->add)();
  }
  return error_ ? Result<void>(*error_) : Result<void>();
}

void OperationReader::create() {
  for_entity([&]<class Entity>(std::type_identity<Entity>) {
    auto made = row<Entity>();
    if (is_right()) batch_.create(std::move(made));
  });
}

void OperationReader::ensure() {
  for_entity([&]<class Entity>(std::type_identity<Entity>) {
    if constexpr (std::same_as<Entity, EnvironmentIntegration>) {
      fail("entity", "an install is made by the operation install, which leaves what is there");
    } else {
      auto wanted = row<Entity>();
      if (is_right()) batch_.ensure(std::move(wanted));
    }
  });
}

void OperationReader::update() {
  for_entity([&]<class Entity>(std::type_identity<Entity>) {
    auto const row = id<Entity>("id");
    auto const with = options(true);
    auto const* const patch = find("patch");
    bool const is_patch = patch != nullptr && (patch->is_object() || patch->is_array());
    if (!is_patch) fail("patch", "patch is a JSON object, which is a merge patch, or an array, which is a JSON Patch");
    if (!is_right()) return;
    if (patch->is_array()) {
      batch_.update(row, JsonPatch{*patch}, with);
    } else {
      batch_.update(row, patch->get_object(), with);
    }
  });
}

/** Of a row, or of a place of an override. */
void OperationReader::remove() {
  if (find("pointer") != nullptr) {
    auto const row = id<EnvironmentIntegration>("id");
    auto const place = text("pointer");
    auto const with = options(false);
    if (is_right()) batch_.remove(row, place, with);
    return;
  }
  for_entity([&]<class Entity>(std::type_identity<Entity>) {
    auto const row = id<Entity>("id");
    auto const expected = version();
    if constexpr (std::same_as<Entity, EnvironmentIntegration>) {
      fail("entity", "an install is removed by the operation uninstall; a place of its override needs a pointer");
    } else {
      if (is_right()) batch_.remove(row, expected);
    }
  });
}

void OperationReader::install() {
  auto made = row<EnvironmentIntegration>();
  if (is_right()) batch_.install(std::move(made));
}

void OperationReader::uninstall() {
  auto const row = id<EnvironmentIntegration>("id");
  auto const expected = version();
  if (is_right()) batch_.uninstall(row, expected);
}

void OperationReader::set() {
  auto const row = id<EnvironmentIntegration>("id");
  auto const place = text("pointer");
  auto const with = options(false);
  known_.push_back("value");
  auto const* const value = object_.if_contains("value");  // which may be null, and is refused then for what that means
  if (value == nullptr) fail("value", "this operation needs a value");
  if (is_right()) batch_.set(row, place, *value, with);
}

void OperationReader::inherit() {
  auto const row = id<EnvironmentIntegration>("id");
  auto const place = text("pointer");
  auto const with = options(false);
  if (is_right()) batch_.inherit(row, place, with);
}

void OperationReader::ask_for() {
  auto const integration = id<Integration>("integration_id");
  std::optional<Id<Team>> team;
  if (find("team_id") != nullptr) team = id<Team>("team_id");
  if (is_right()) batch_.ask_for(integration, team);
}

void OperationReader::answer() {
  auto const request = id<Grant>("id");
  auto const status = model::enum_from_name<GrantStatus>(text("status"));
  if (!status) fail("status", "status is granted, denied or revoked");
  auto const expected = version();
  if (is_right()) batch_.answer(request, *status, expected);
}

void OperationReader::end() {
  auto const integration = id<Integration>("id");
  auto const reason = text("reason");
  if (is_right()) batch_.end(integration, reason);
}

std::vector<OperationId> ids_in_operation(boost::json::object const& operation) {
  auto const text_of = [&](std::string_view member) {
    auto const* const value = operation.if_contains(member);
    auto const* const text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
  };
  std::string_view const op = text_of("op");
  if (op == "ask_for") {
    return {{"integration_id", false, Integration::entity_name}, {"team_id", false, Team::entity_name}};
  }
  if (op == "end") return {{"id", false, Integration::entity_name}};
  if (op == "answer") return {{"id", false, Grant::entity_name}};
  auto const* const pointer = operation.if_contains("pointer");
  bool const removes_row = op == "remove" && (pointer == nullptr || pointer->is_null());
  bool const names_entity = op == "create" || op == "ensure" || op == "update" || removes_row;
  std::string_view const entity = names_entity ? text_of("entity") : EnvironmentIntegration::entity_name;
  if (op == "update" || op == "remove" || op == "uninstall" || op == "set" || op == "inherit") {
    return {{"id", false, entity}};
  }
  if (op != "create" && op != "ensure" && op != "install") return {};
  std::vector<OperationId> ids;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (entity != Entity::entity_name) return;
    for (model::Reference const& reference : model::references<Entity>) {
      ids.push_back({reference.member, true, reference.entity});
    }
  });
  return ids;
}

Result<void> add_operation(Batch& batch, boost::json::object const& operation, OperationRules const& rules) {
  return OperationReader(batch, operation, rules).add();
}

}  // namespace detail

namespace answers {

OperationDone OperationDone::of(BatchAnswer const& answer, bool is_dry_run, PageBytes& page) {
  OperationDone done;
  auto const add_resource = [&](auto const& whole) {
    auto const& row = model::part_of<0>(whole);
    done.id = row.id.uuid;
    done.version = row.version;
    done.birth = row.birth;
    std::string text;
    // As in lists: what many rows have in common is not written for each of them.
    if constexpr (model::is_read_model<std::remove_cvref_t<decltype(whole)>>) {
      model::write_json(whole, text, {.with_nested_documents = false});
    } else {
      model::write_json(whole, text);
    }
    if (page.take(text.size())) done.resource = [text = std::move(text)](std::string& out) { out += text; };
  };
  auto const add = [&]<class Answer>(Answer const& given) {
    if constexpr (std::same_as<Answer, RemovedRow>) {
      done.id = given.id;
    } else if constexpr (std::same_as<Answer, inlay::EndedInstalls>) {
      done.ended = given.count;
    } else if constexpr (std::same_as<Answer, Asked>) {
      add_resource(given.grant);
      done.created = given.created;
    } else if constexpr (requires { given.resource; }) {
      add_resource(given.resource);
      if constexpr (requires { given.created; }) done.created = given.created;
      if constexpr (requires { given.changed; }) done.changed = given.changed;
      if constexpr (requires { given.differences; }) {
        // Of what an ensure has left as it is, they say where that is not what was asked for.
        if (is_dry_run || !given.differences.empty()) {
          std::size_t const bytes = inlay::detail::byte_count(given.differences);
          bool const has_room = bytes == 0 || page.take(bytes);
          done.differences = model::ListOf<Difference, ConfigDifference>{};
          if (has_room) done.differences->items = given.differences;
          done.truncated = given.differences_truncated || !has_room;
        }
      }
    } else {
      add_resource(given);
      if constexpr (!std::same_as<Answer, Grant>) done.created = true;
    }
  };
  std::visit(add, answer);
  return done;
}

BatchDone BatchDone::of(CommittedBatch const& done, bool is_dry_run) {
  return {done.changed, [&done, is_dry_run](std::string& out) {
            PageBytes page;
            model::write_list(done.answers, out, [&](BatchAnswer const& answer, std::string& to) {
              model::write_form(OperationDone::of(answer, is_dry_run, page), to);
            });
          }};
}

}  // namespace answers

}  // namespace inlay

#endif
