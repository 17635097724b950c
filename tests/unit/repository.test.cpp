// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>

#include <type_traits>

using namespace inlay;

namespace {

/** A backend of two templates that notes what it was asked for. */
class Noting final : public RepositoryFrom<Noting> {
 public:
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    Readable row;
    if constexpr (model::is_entity<Readable>) row.id = request.id;
    ++finds;
    return row;
  }

  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    ++lists;
    Page<Readable> page;
    page.items.resize(query.limit);
    return page;
  }

  Result<Committed> commit(Commit const&) override { return Committed{}; }
  Result<ChangePage> changes(ChangesRequest const&) const override { return ChangePage{}; }
  Result<void> compact(CompactRequest const&) override { return {}; }
  Result<Revision> revision() const override { return Revision{}; }
  Capabilities const& capabilities() const noexcept override { return own; }

  Capabilities own{.backend = "noting"};
  mutable int finds = 0;
  mutable int lists = 0;
};

}  // namespace

TEST_CASE("a backend's two templates make a reader for everything there is to read") {
  Noting noting;
  Repository& repository = noting;
  int readables = 0;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, model::Readables>>(
      [&]<class Readable>(std::type_identity<Readable>) {
        // Through the interface of one reader, and through the repository, where all of them meet.
        Reader<Readable> const& reader = repository;
        CHECK(reader.find(FindRequest<Readable>{}).has_value());
        CHECK(repository.find(FindRequest<Readable>{}).has_value());
        CHECK(reader.list(Query<Readable>{.limit = 3}).value().items.size() == 3);
        CHECK(repository.list(Query<Readable>{}).value().items.size() == 25);
        ++readables;
      });
  CHECK(noting.finds == 2 * readables);
  CHECK(noting.lists == 2 * readables);
}

TEST_CASE("what was asked for is what the template is given") {
  Noting const noting;
  auto const id = Id<Grant>::generate();
  CHECK(static_cast<Repository const&>(noting).find(FindRequest<Grant>{.id = id}).value().id == id);
}

TEST_CASE("a backend that knows nothing of an identity tells its revision as its state") {
  Noting const noting;
  Repository const& repository = noting;
  CHECK_FALSE(repository.capabilities().has_identity);
  CHECK(repository.state().value() == StoreState{});
}

TEST_CASE("a backend that knows nothing of transfer says so") {
  Noting noting;
  Repository& repository = noting;
  CHECK_FALSE(repository.capabilities().can_transfer);
  auto const dumped = repository.dump({.sink = [](StoreRecord const&) { return Result<void>(); }});
  REQUIRE_FALSE(dumped);
  CHECK(dumped.error().kind == ErrorKind::not_built);
  CHECK(dumped.error().message == "the backend noting can neither give a whole store nor take one");
  auto const restored = repository.restore({.fill = [](RecordSink const&) { return Result<void>(); }});
  REQUIRE_FALSE(restored);
  CHECK(restored.error() == dumped.error());
}

TEST_CASE("a backend that knows nothing of snapshots says so") {
  Noting const noting;
  Repository const& repository = noting;
  CHECK_FALSE(repository.capabilities().can_snapshot);
  auto const read = repository.snapshot({.read = [](Readers const&) { return Result<void>(); }});
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::not_built);
  CHECK(read.error().message == "the backend noting cannot read a store as it was at one moment");
}

TEST_CASE("a backend that knows nothing of vacuum says so") {
  Noting noting;
  Repository& repository = noting;
  CHECK_FALSE(repository.capabilities().can_vacuum);
  auto const vacuumed = repository.vacuum();
  REQUIRE_FALSE(vacuumed);
  CHECK(vacuumed.error().kind == ErrorKind::not_built);
  CHECK_THAT(vacuumed.error().message, Catch::Matchers::Contains("the backend noting does not write its files anew"));
}

TEST_CASE("a backend that knows nothing of what teams have says so") {
  Noting const noting;
  Repository const& repository = noting;
  CHECK_FALSE(repository.capabilities().can_count);
  auto const counted = repository.usage({.team = Id<Team>::generate()});
  REQUIRE(counted.has_error());
  CHECK(counted.error().kind == ErrorKind::not_built);
  CHECK(counted.error().message == "the backend noting cannot tell how much a team has, which quotas need");
}
