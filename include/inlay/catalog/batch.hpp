// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_BATCH_HPP
#define INLAY_CATALOG_BATCH_HPP

// Many changes as one commit.

#include <inlay/birth.hpp>
#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/requests.hpp>
#include <inlay/config/override.hpp>
#include <inlay/error.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/revision.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay {

class Catalog;

/** What an operation of a batch answers that takes a row away. */
struct RemovedRow {
  Uuid id{};
};

/** What an operation of a batch answers: what the call of its name does. */
using BatchAnswer =
    std::variant<RemovedRow, Team, Environment, OwnedIntegration, InstalledIntegration, Updated<Team>,
                 Updated<Environment>, Updated<Integration>, Updated<EnvironmentIntegration>, Ensured<Team>,
                 Ensured<Environment>, Ensured<Integration>, Installed, Asked, Grant, EndedInstalls>;

/** An operation that was added to a batch: what its answer is asked by, and what later operations call its row. */
template <class Entity, class Answer>
struct Planned {
  /** The row's. That of a row which the operation makes is known from here on. Where an install, ensure or request that
      was given none finds that its row is there already, this id stands for that row's in the operations after it. */
  Id<Entity> id{};

  std::size_t number{};  ///< from 0: which of the batch's operations it is
};

/** What Batch::commit() returns. */
struct CommittedBatch {
  Revision revision{};  ///< the commit's; where there was nothing to write, and in a dry run, the store's current one
  bool changed{};       ///< false: all was so already, so nothing was written; in a dry run, whether something would be

  /** Of each operation, in their order. A row is as the commit has left it, with its version and revision, whichever
      operation it is the answer of; one that a later operation has removed is as it was before that. As in lists,
      resources are without `installed_in`. */
  std::vector<BatchAnswer> answers{};

  template <class Entity, class Answer>
  [[nodiscard]] Answer const& get(Planned<Entity, Answer> const& operation) const& {
    return std::get<Answer>(answers.at(operation.number));
  }
  template <class Entity, class Answer>
  Answer const& get(Planned<Entity, Answer> const& operation) const&& = delete;
};

/** How a batch is committed. */
struct BatchOptions {
  /** Nothing is written, and no operation needs a version or force; what else the commit would be refused for is
      refused here too. */
  bool dry_run = false;
};

namespace detail {

class BatchRun;

/** An operation, to be done over what those before it have left. */
struct BatchOperation {
  std::function<Result<BatchAnswer>(BatchRun&)> run{};
  Uuid id{};                  ///< of its row
  std::size_t reads_first{};  ///< as what it reads that row first, a place among model::Readables; beyond them: not
};

}  // namespace detail

/** Many changes that become one commit: all of them happen or nothing does, with one revision.

        auto batch = catalog.batch();
        auto const zendesk = batch.create(Integration{.name = "zendesk", .team_id = acme});
        batch.install({.integration_id = zendesk.id, .environment_id = production});
        auto const done = batch.commit().value();
        done.get(zendesk).version();

    Its operations are the calls of Catalog that write, for the same caller: each takes what the call takes and answers
    what the call answers, by the same rules. They are done in their order, and each sees what those before it have
    done. The change log has one record for each row that is another in the end: a row that is made and changed is
    inserted, one that is changed twice is updated once, and one that is made and removed again was never there.

    An expected version is what the row had before the batch, at whichever operation it stands: the version moves once,
    when the batch is committed. A row that the batch itself has made is at version 1.

    An operation that ends or removes what else is written in several commits does it here in this one.

    Nothing is looked at before commit(), which may be called again, and by one thread at a time. What is given to the
    operations is kept until then.

    What they write is counted as records of the change log, of what a row was and each time that it is written; with
    it the documents of rows that they find to be so already, and each config that is shown beside installs.
*/
class Batch {
 public:
  static constexpr std::size_t max_changes = 10'000;                ///< operations, and rows that they change
  static constexpr std::size_t max_bytes = std::size_t{16} << 20U;  ///< of what they are given, and what they write

  /** See Catalog::create. */
  template <Writable Entity>
  Planned<Entity, Resource<Entity>> create(Entity row);
  template <Writable Entity>
  Planned<Entity, Resource<Entity>> create_from(boost::json::object const& object);

  /** See Catalog::ensure. */
  template <Writable Entity>
  requires(!std::same_as<Entity, EnvironmentIntegration>) Planned<Entity, Ensured<Entity>> ensure(Entity row);

  /** See Catalog::update. */
  template <Writable Entity, std::same_as<boost::json::object> Object>
  Planned<Entity, Updated<Entity>> update(Id<Entity> id, Object const& patch, UpdateOptions const& options = {});
  template <Writable Entity>
  Planned<Entity, Updated<Entity>> update(Id<Entity> id, ChangeOf<Entity> const& change,
                                          UpdateOptions const& options = {});
  template <Writable Entity>
  Planned<Entity, Updated<Entity>> update(Id<Entity> id, JsonPatch const& patch, UpdateOptions const& options = {});

  /** See Catalog::remove. */
  template <Writable Entity>
  requires(!std::same_as<Entity, EnvironmentIntegration>) Planned<Entity, RemovedRow> remove(
      Id<Entity> id, std::optional<RowVersion> expected_version = {});

  /** See Catalog::install. */
  Planned<EnvironmentIntegration, Installed> install(EnvironmentIntegration row);

  /** See Catalog::uninstall. */
  Planned<EnvironmentIntegration, RemovedRow> uninstall(Id<EnvironmentIntegration> id,
                                                        std::optional<RowVersion> expected_version = {});

  /** See Catalog::ask_for. */
  Planned<Grant, Asked> ask_for(Id<Integration> integration, std::optional<Id<Team>> team = {});

  /** See Catalog::answer. */
  Planned<Grant, Grant> answer(Id<Grant> id, GrantStatus status, std::optional<RowVersion> expected_version = {});

  /** See Catalog::end. */
  Planned<Integration, EndedInstalls> end(Id<Integration> integration, std::string_view reason);

  /** See Catalog::set. */
  Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> set(Id<EnvironmentIntegration> id,
                                                                       json::PointerView pointer,
                                                                       boost::json::value const& value,
                                                                       UpdateOptions const& options = {});
  template <config::StandardText Text>
  Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> set(Id<EnvironmentIntegration> id,
                                                                       json::PointerView pointer, Text const& text,
                                                                       UpdateOptions const& options = {}) {
    return set(id, pointer, config::to_value(text), options);
  }

  /** See Catalog::remove, of a place of the override. */
  Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> remove(Id<EnvironmentIntegration> id,
                                                                          json::PointerView pointer,
                                                                          UpdateOptions const& options = {});

  /** See Catalog::inherit. */
  Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> inherit(Id<EnvironmentIntegration> id,
                                                                           json::PointerView pointer,
                                                                           UpdateOptions const& options = {});

  /** How many operations there are. */
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /** invalid_argument where there are more operations, or they are given more, than there may be: commit() says the
      same, whatever else is added. */
  [[nodiscard]] Result<void> check() const { return refused_ ? Result<void>(*refused_) : Result<void>(); }

  /** Does all of it, or nothing. Where others change what it was decided on meanwhile, it is decided anew.

      It reads as often as the calls would, but for rows that several of its operations name by their ids, which are
      read many at a time; and it commits once.

      @return what the call of an operation returns, with the operation's number before its pointer: "/3/override/x" for
      the fourth; already_exists for rows that exchange a unique name; invalid_argument for more than max_changes or
      max_bytes; conflict where others have changed its rows each of a hundred times; what a commit returns that is
      about none of them, such as quota_exceeded.
  */
  [[nodiscard]] Result<CommittedBatch> commit(BatchOptions const& options = {}) const;

 private:
  friend class Catalog;  // which makes them

  explicit Batch(detail::CatalogSession session) : session_(std::move(session)) {}

  template <class Answer, class Readable, class Entity, class Run>
  Planned<Entity, Answer> add(Id<Entity> id, std::size_t bytes, Run run);
  template <class Entity, class Update>
  Planned<Entity, Updated<Entity>> add_update(Id<Entity> id, std::size_t bytes, UpdateOptions const& options,
                                              Update update);
  template <class Verb>
  Planned<EnvironmentIntegration, Updated<EnvironmentIntegration>> add_verb(Id<EnvironmentIntegration> id,
                                                                            json::PointerView place, std::size_t bytes,
                                                                            UpdateOptions const& options, Verb verb);

  detail::CatalogSession session_;
  std::vector<detail::BatchOperation> operations_{};
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::optional<Error> refused_{};  // what is too much
};

}  // namespace inlay

#endif
