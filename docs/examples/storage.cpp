// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

//[includes
#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>

#include <iostream>
//]

namespace {

void lists(inlay::Catalog const& catalog) {
  //[lists
  inlay::Query<inlay::InstalledIntegration> query{
      .where = {inlay::parse_condition<inlay::InstalledIntegration>("is_enabled=true").value(),
                inlay::parse_condition<inlay::InstalledIntegration>("integration.category[in]=crm,helpdesk").value()},
      .limit = 100};

  // One page; `next`, when there is one, is where the following page starts.
  auto page = catalog.list(query).value();
  query.after = page.next;

  // Or all of them, page by page.
  auto listed =
      catalog.for_each(inlay::Query<inlay::Team>{}, [](inlay::Team const& team) { std::cout << team.name << "\n"; });
  expect(listed.has_value());
  //]
}

void changes(inlay::Catalog const& catalog) {
  //[changes
  inlay::Revision seen{};  // the empty store
  for (bool has_more = true; has_more;) {
    auto page = catalog.changes({.after = seen}).value();
    for (auto const& commit : page.commits) {
      for (auto const& change : commit.changes) {
        std::cout << commit.revision << ": " << commit.actor << " changed a " << change.entity << "\n";
      }
    }
    seen = page.through;
    has_more = page.has_more;
  }

  // What is kept grows until the host says up to where it is no longer needed.
  auto compacted = catalog.repository().compact({.through = seen});
  expect(compacted.has_value());
  //]
  expect(seen == catalog.repository().revision().value());
}

void tell(inlay::Catalog const& catalog) {
  //[at_least
  // Here, what was written; there, at least that.
  inlay::Revision const written = catalog.repository().revision().value();
  auto teams = catalog.at_least(written).list(inlay::Query<inlay::Team>{}).value();
  //]
  expect(teams.revision >= written);
}

void move(inlay::Repository const& from) {
  //[move
  auto to = inlay::all_backends().open("memory:").value();
  auto moved = to->restore({.fill = [&](inlay::RecordSink const& sink) { return from.dump({.sink = sink}); }});
  expect(moved.has_value());
  //]
  expect(to->revision() == from.revision());
}

}  // namespace

int main() {
  //[open
  auto catalog = inlay::Catalog::open("sqlite::memory:");
  if (!catalog) {
    std::cerr << catalog.error() << "\n";
    return 1;
  }
  //]
  auto const acting = catalog->as({.actor = "alice@example.com"});
  auto const team = acting.create(inlay::Team{.name = "Acme"}).value();
  acting.update(team.id, {.name = "Acme Ltd."}).value();
  lists(acting);
  changes(acting);
  tell(acting);
  move(acting.repository());
}
