// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_LIVE_FOLLOWER_IMPL_FOLLOWER_IPP
#define INLAY_LIVE_FOLLOWER_IMPL_FOLLOWER_IPP

#include <inlay/live/follower.hpp>
#include <inlay/live/follower/impl/followed_rows.ipp>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

namespace inlay::live {

std::string_view to_string(NewStart start) noexcept {
  switch (start) {
    case NewStart::none: return "none";
    case NewStart::first: return "first";
    case NewStart::compacted: return "compacted";
    case NewStart::forked: return "forked";
    case NewStart::corrupt: return "corrupt";
  }
  return "none";
}

namespace detail {

/** How often a server may be behind what is known before it is believed that the store has gone back. */
inline constexpr unsigned patience = 8;

[[nodiscard]] inline Error of_a_server_behind() {
  return {.kind = ErrorKind::unavailable, .message = "what was read is older than what is known already"};
}

/** A page that a store gives, whatever was asked for. */
[[nodiscard]] inline FollowerOptions within_limits(FollowerOptions options) {
  options.commits_a_page = std::clamp<std::size_t>(options.commits_a_page, 1, ChangesRequest::max_limit);
  options.rows_a_page = std::clamp<std::size_t>(options.rows_a_page, 1, Query<Team>::max_limit);
  return options;
}

/** Whether both are known, and not the same. */
[[nodiscard]] inline bool differ(std::optional<Uuid> const& one, std::optional<Uuid> const& other) noexcept {
  return one && other && *one != *other;
}

/** Whether a page of the log is one that can follow a place. */
[[nodiscard]] inline bool follows(ChangePage const& page, ChangeCursor const& place) {
  Revision last = place.revision();
  for (CommitRecord const& commit : page.commits) {
    if (commit.revision <= last) return false;
    last = commit.revision;
  }
  return page.through >= last && (!page.has_more || page.through > place);
}

/** The token of the commit at a place of the log that a page comes by; nothing where there is no such commit. The token
    that is not known is nil. */
[[nodiscard]] inline std::optional<Uuid> token_at(ChangePage const& page, Revision place) {
  auto const found = std::lower_bound(page.commits.begin(), page.commits.end(), place,
                                      [](CommitRecord const& commit, Revision at) { return commit.revision < at; });
  if (found != page.commits.end() && found->revision == place) return found->token;
  if (page.through.revision() == place) return page.through.token.value_or(Uuid{});
  return std::nullopt;
}

[[nodiscard]] inline Condition one_of(std::string_view field, std::vector<FieldValue> ids) {
  return {std::string(field), Operator::in, std::move(ids)};
}

}  // namespace detail

Follower::Follower(FollowScope scope, FollowerOptions options, std::uint64_t seed)
    : scope_(std::move(scope)),
      options_(detail::within_limits(options)),
      random_(seed),
      idle_(options.poll_after_news),
      rows_(scope_) {
  list_scope();
}

// What to do

Action Follower::next(Moment now) {
  now_ = std::max(now_, now);
  if (asked_) return Wait{};
  while (true) {
    bool const is_news = !published_ || start_ != NewStart::none || (at_ && *published_ != at_->revision());
    if (is_whole() && is_news) return publish();
    if (!page_) break;
    apply_page();
  }
  confirm();
  if (due_ > now_) return Wait{due_};
  if (!log_comes_first_) {
    if (listings_.empty()) list_needed();
    if (!listings_.empty()) return read_rows();
  }
  if (is_whole() && !has_more_ && !is_hurried_ && poll_at_ > now_) return Wait{poll_at_};
  return read_changes();
}

void Follower::hint(std::optional<Revision> revision) {
  if (revision) {
    if (at_ && *revision <= *at_) return;
    hinted_ = std::max(hinted_, *revision);
    hint_tries_ = 0;
  }
  is_hurried_ = true;
}

std::uint64_t Follower::ask() {
  asked_ = Asked{++number_, now_};
  return number_;
}

std::optional<Follower::Asked> Follower::take_asked(std::uint64_t number, Moment now) {
  now_ = std::max(now_, now);
  if (!asked_ || asked_->number != number) return std::nullopt;
  return std::exchange(asked_, std::nullopt);
}

Action Follower::read_changes() {
  is_hurried_ = false;
  log_comes_first_ = false;
  return ReadChanges{ask(), {.after = *at_, .limit = options_.commits_a_page, .row = {}}};
}

Action Follower::read_rows() {
  return std::visit(
      [&]<class Entity>(Query<Entity>& query) -> Action {
        if (at_) query.at_least = *at_;
        return ReadRows<Entity>{ask(), query};
      },
      listings_.front().query);
}

// Starting, and what is to be listed

void Follower::start_anew(NewStart why) {
  start_ = published_ ? why : NewStart::first;
  rows_.start_anew();
  listings_.clear();
  log_comes_first_ = false;
  at_.reset();
  checks_.clear();
  owed_ = {};
  was_owing_ = true;
  page_.reset();
  has_more_ = false;
  end_seen_.reset();
  hinted_ = {};
  behind_ = 0;
  list_scope();
  // Whoever follows this store is told the same at the same time.
  due_ = now_ + drawn({}, options_.restart_within * (1U << std::min(restarts_, 5U)));
  ++restarts_;
}

template <class Entity>
void Follower::list(Query<Entity> query, std::optional<std::unordered_set<Uuid>> ids) {
  query.limit = options_.rows_a_page;
  query.with_cursor = true;
  listings_.push_back({std::move(query), std::move(ids)});
}

void Follower::list_scope() {
  switch (scope_.kind) {
    case FollowScope::Kind::everything:
      list(Query<Team>());
      list(Query<Environment>());
      list(Query<Integration>());
      list(Query<EnvironmentIntegration>());
      return;
    case FollowScope::Kind::environments: {
      auto const& all = scope_.environments;
      std::size_t from = 0;
      do {  // once at least: where the store is has to be read also where there is nothing to list
        std::size_t const end = std::min(all.size(), from + max_ids);
        std::vector<FieldValue> ids;
        for (std::size_t i = from; i < end; ++i) ids.emplace_back(all[i].uuid);
        list(Query<EnvironmentIntegration>{.where = {detail::one_of("environment_id", std::move(ids))}});
        from = end;
      } while (from < all.size());
      return;
    }
    case FollowScope::Kind::team: {
      Condition const of_team{"team_id", Operator::eq, {scope_.team.uuid}};
      list(Query<Environment>{.where = {of_team}});
      list(Query<EnvironmentIntegration>{.scope = Scope::related(std::string(Environment::entity_name), "id",
                                                                 "environment_id", Scope::where(of_team))});
      return;
    }
  }
}

template <class Entity>
void Follower::list_needed_of() {
  auto const& needed = rows_.needed<Entity>();
  if (needed.empty()) return;
  std::vector<FieldValue> values;
  std::unordered_set<Uuid> ids;
  for (auto const& id : needed) {
    if (ids.size() == max_ids) break;
    ids.insert(id.uuid);
    values.emplace_back(id.uuid);
  }
  Query<Entity> query{.where = {detail::one_of("id", std::move(values))}};
  Condition const of_team{"team_id", Operator::eq, {scope_.team.uuid}};
  if constexpr (std::is_same_v<Entity, Environment>) {
    if (scope_.kind == FollowScope::Kind::team) query.where.push_back(of_team);
  } else if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    if (scope_.kind == FollowScope::Kind::team) {
      query.scope =
          Scope::related(std::string(Environment::entity_name), "id", "environment_id", Scope::where(of_team));
    } else if (scope_.kind == FollowScope::Kind::environments) {
      // More than a query can name take() leaves out.
      std::vector<FieldValue> environments;
      for (auto const& id : scope_.environments) environments.emplace_back(id.uuid);
      if (environments.size() + max_ids <= Query<Entity>::max_values) {
        query.where.push_back(detail::one_of("environment_id", std::move(environments)));
      }
    }
  }
  list(std::move(query), std::move(ids));
}

void Follower::list_needed() {
  for (auto const environment : rows_.take_environments_to_list()) {
    list(Query<EnvironmentIntegration>{.where = {{"environment_id", Operator::eq, {environment.uuid}}}});
  }
  list_needed_of<EnvironmentIntegration>();
  list_needed_of<Environment>();
  list_needed_of<Integration>();
  list_needed_of<Team>();
}

// What was read of the log

void Follower::answer(std::uint64_t number, Result<ChangePage> page, Moment now) {
  auto const asked = take_asked(number, now);
  if (!asked) return;
  if (page) {
    take(*std::move(page), asked->at);
    return;
  }
  Error error = std::move(page).error();
  switch (error.kind) {
    case ErrorKind::compacted: start_anew(NewStart::compacted); break;
    case ErrorKind::invalid_argument: start_anew(NewStart::forked); break;
    case ErrorKind::corrupt: start_anew(NewStart::corrupt); break;
    default: failed(std::move(error)); return;
  }
  error_ = std::move(error);
}

void Follower::take(ChangePage page, Moment asked_at) {
  if (!detail::follows(page, *at_)) {
    failed(detail::of_a_server_behind());
    return;
  }
  if (!meets_checks(page)) {
    start_anew(NewStart::forked);
    return;
  }
  failures_ = 0;
  error_.reset();
  if (!is_starting()) restarts_ = 0;  // the log leads on from what was published
  has_more_ = page.has_more;
  bool const has_all = page.through >= hinted_;
  if (has_more_) {
    behind_ = 0;
  } else if (!checks_.empty()) {
    fell_behind();  // rows were read of commits that are not in the log
    if (!at_) return;
  } else {
    behind_ = 0;
    if (has_all) {
      end_seen_ = std::pair(page.through.revision(), asked_at);
    } else if (++hint_tries_ > detail::patience) {
      hinted_ = {};
    }
  }
  plan_poll(!page.commits.empty() || !has_all);
  page_ = std::move(page);
  next_commit_ = 0;
}

/** Whether a page of the log is of the history that the rows are of, as far as can be told. */
bool Follower::meets_checks(ChangePage const& page) {
  if (detail::differ(page.through.store, at_->store)) return false;
  if (page.through == at_->revision() && detail::differ(page.through.token, at_->token)) return false;
  for (ChangeCursor const& place : checks_) {
    if (place > page.through) continue;
    auto const token = detail::token_at(page, place);
    if (place.token && (!token || (!token->is_nil() && *token != *place.token))) return false;
  }
  std::erase_if(checks_, [&](ChangeCursor const& place) { return place <= page.through; });
  return true;
}

// What was read of rows

template <class Entity>
void Follower::answer(std::uint64_t number, Result<RowsRead<Entity>> rows, Moment now) {
  if (!take_asked(number, now)) return;
  if (rows) {
    take(*std::move(rows));
  } else if (rows.error().kind != ErrorKind::corrupt || !find_unreadable<Entity>(rows.error())) {
    failed(std::move(rows).error());
  }
}

/** Takes in the place that a page of rows was read at. @return whether the page can be used. */
bool Follower::take_place(ChangeCursor const& place) {
  if (!at_) {
    at_ = place;
    return true;
  }
  bool is_of_another = detail::differ(place.store, at_->store);
  if (place == at_->revision()) is_of_another = is_of_another || detail::differ(place.token, at_->token);
  auto const known = std::find_if(checks_.begin(), checks_.end(),
                                  [&](ChangeCursor const& check) { return check == place.revision(); });
  if (known != checks_.end()) is_of_another = is_of_another || detail::differ(place.token, known->token);
  if (is_of_another) {
    start_anew(NewStart::forked);
    return false;
  }
  if (place < *at_) {
    // A change between the two is in neither the page nor what of the log is still to come.
    error_ = detail::of_a_server_behind();
    log_comes_first_ = true;  // which tells whether the store has gone back
    fell_behind();
    return false;
  }
  if (known == checks_.end() && place > *at_) checks_.push_back(place);
  return true;
}

template <class Entity>
void Follower::take(RowsRead<Entity> rows) {
  if (!take_place(rows.page.revision)) return;
  failures_ = 0;
  error_.reset();
  Listing& listing = listings_.front();
  bool const names_ids = listing.ids.has_value();
  // A row that is named is the same from its own revision on. Of others it is not known which there were before.
  auto const owe = [&](Revision revision) { owed_ = std::max(owed_, revision); };
  if (!names_ids) owe(rows.page.revision);
  for (Entity& row : rows.page.items) {
    if (!rows_.is_in_named(row)) continue;
    if (names_ids) {
      listing.ids->erase(row.id.uuid);
      owe(row.revision);
    }
    rows_.take(std::move(row));
  }
  for (UnreadableRow const& row : rows.unreadable) {
    if (names_ids) listing.ids->erase(row.id);
    owe(rows.page.revision);  // of an install: what else it may be in the scope for is not known
    rows_.take<Entity>(row);
  }
  if (rows.page.next) {
    auto& query = std::get<Query<Entity>>(listing.query);
    query.after = rows.page.next;
    // What was left out lies before that, as a rule; a query takes only so many conditions.
    std::erase_if(query.where, [](Condition const& condition) { return condition.op == Operator::ne; });
    return;
  }
  if (names_ids) {
    if (!listing.ids->empty()) owe(rows.page.revision);
    for (Uuid const& id : *listing.ids) rows_.is_not_there(Id<Entity>{id});
  }
  listings_.pop_front();
}

/** A page that cannot be read is read without the row that the error names, which is then asked for by its id. A list
    has no other way past it: where it is in the order, nobody can say.
    @return whether that can be done. */
template <class Entity>
bool Follower::leave_out_unreadable(Error const& error) {
  auto const id = parse_uuid(error.row);
  if (!id) return false;
  auto& where = std::get<Query<Entity>>(listings_.front().query).where;
  Condition const is_another{"id", Operator::ne, {*id}};
  if (where.size() == Query<Entity>::max_conditions || std::find(where.begin(), where.end(), is_another) != where.end())
    return false;
  where.push_back(is_another);
  rows_.need(Id<Entity>{*id});
  return true;
}

/** A page that cannot be read, of rows that were named, is read in ever smaller parts, until it is known which row it
   is.
    @return whether that can be done. */
template <class Entity>
bool Follower::find_unreadable(Error const& error) {
  if (!listings_.front().ids) return leave_out_unreadable<Entity>(error);
  if (listings_.front().ids->empty()) return false;
  auto const [any, ids] = std::exchange(listings_.front(), listings_.back());
  listings_.pop_back();
  auto const& query = std::get<Query<Entity>>(any);
  if (ids->size() == 1) {
    rows_.take<Entity>(UnreadableRow{.id = *ids->begin(), .revision = *at_, .birth = {}, .error = error});
    // An error does not say where the store was. It was no further than it is now.
    list(Query<Entity>{.where = {detail::one_of("id", {})}});
    return true;
  }
  std::vector<Uuid> const all(ids->begin(), ids->end());
  auto const middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  for (auto const& [begin, end] : {std::pair(all.begin(), middle), std::pair(middle, all.end())}) {
    Query<Entity> half = query;
    half.where.front().values.assign(begin, end);
    half.after.reset();
    list(std::move(half), std::unordered_set<Uuid>(begin, end));
  }
  return true;
}

// What follows

bool Follower::is_whole() const noexcept {
  return at_ && listings_.empty() && rows_.is_whole() && checks_.empty() && *at_ >= owed_;
}

/** Applies commits of the page that was read: all of them, or up to the first after which the rows can be published
   that could not before, since the next may be in the way of that again. */
void Follower::apply_page() {
  if (!is_whole()) was_owing_ = true;
  while (next_commit_ < page_->commits.size()) {
    CommitRecord const& commit = page_->commits[next_commit_++];
    for (ChangeRecord const& change : commit.changes) rows_.apply(change, commit.revision);
    at_ = ChangeCursor(commit.revision, at_->store, commit.token);
    bool const can_publish = is_whole();
    if (can_publish && was_owing_) return;
    was_owing_ = was_owing_ || !can_publish;
  }
  ChangeCursor const& through = page_->through;
  if (through > *at_) at_ = ChangeCursor(through.revision(), at_->store, through.token);
  if (!at_->store) at_->store = through.store;
  page_.reset();
}

Publication Follower::publish() {
  Publication publication{*at_, std::exchange(start_, NewStart::none), rows_.take_changes()};
  published_ = at_;
  was_owing_ = false;
  confirm();
  return publication;
}

void Follower::confirm() {
  if (start_ != NewStart::none || !published_ || !end_seen_) return;
  if (*published_ != end_seen_->first) return;
  confirmed_ = confirmed_ ? std::max(*confirmed_, end_seen_->second) : end_seen_->second;
}

// When

FollowerOptions::Duration Follower::drawn(FollowerOptions::Duration least, FollowerOptions::Duration most) {
  std::uint64_t z = (random_ += 0x9E3779B97F4A7C15U);  // splitmix64
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  double const part = static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
  return least + std::chrono::duration_cast<FollowerOptions::Duration>((most - least) * part);
}

void Follower::failed(Error error) {
  error_ = std::move(error);
  auto const most = std::min(options_.retry_first * (1U << std::min(failures_, 16U)), options_.retry_last);
  ++failures_;
  due_ = now_ + drawn(most / 2, most);
}

void Follower::fell_behind() {
  if (++behind_ > detail::patience) {
    start_anew(NewStart::forked);
    return;
  }
  auto const most = std::min(options_.retry_first * (1U << std::min(behind_, 16U)), options_.retry_last);
  due_ = now_ + drawn(most / 2, most);
}

void Follower::plan_poll(bool has_found) {
  idle_ = has_found ? options_.poll_after_news : std::min(idle_ * 2, options_.poll_when_idle);
  poll_at_ = now_ + drawn(idle_ * 3 / 4, idle_ * 5 / 4);
}

template void Follower::answer(std::uint64_t, Result<RowsRead<Team>>, Moment);
template void Follower::answer(std::uint64_t, Result<RowsRead<Environment>>, Moment);
template void Follower::answer(std::uint64_t, Result<RowsRead<Integration>>, Moment);
template void Follower::answer(std::uint64_t, Result<RowsRead<EnvironmentIntegration>>, Moment);

}  // namespace inlay::live

#endif
