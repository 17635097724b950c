// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_TRANSFER_HPP
#define INLAY_STORAGE_TRANSFER_HPP

// A whole store as a row of records, for moving it into another one or into a file: Repository::dump gives them,
// Repository::restore takes them. A move from store to store is one call:
//
//   to.restore({.fill = [&](inlay::RecordSink const& sink) { return from.dump({.sink = sink}); }})

#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/chain.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/query.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <variant>

namespace inlay {

/** The first record: what the others cannot say, and how many there are, so that what was cut off is noticed. */
struct StoreHeader {
  static constexpr std::int64_t current_format = 2;
  static constexpr std::int64_t oldest_format = 1;  ///< that is still read: inlay 0.1's

  std::int64_t format = current_format;
  Revision revision{};           ///< of the last commit
  Revision compacted_through{};  ///< the change log holds the commits after this one

  /** How many rows follow of each of model::Entities, in that order. */
  std::array<std::size_t, boost::mp11::mp_size<model::Entities>::value> rows{};
  std::size_t commits{};  ///< how many commits follow

  // What StoreState has. With a store_id, every commit that follows has its moment and its link of the chain, too.
  // Without, as in format 1, nothing is told of all this, and who takes the records gives it to them.
  Uuid store_id{};
  Uuid token{};
  Timestamp moment{};
  Digest chain{};
  Uuid compacted_token{};
  Timestamp compacted_moment{};
  Digest compacted_chain{};

  [[nodiscard]] LogEnd newest() const noexcept { return {revision, token, moment, chain}; }
  [[nodiscard]] LogEnd compacted() const noexcept {
    return {compacted_through, compacted_token, compacted_moment, compacted_chain};
  }

  /** That of a store; how many records follow is not known yet. */
  [[nodiscard]] static StoreHeader of(StoreState const& state) {
    StoreHeader header{.revision = state.newest.revision, .compacted_through = state.compacted.revision};
    header.store_id = state.store_id;
    header.token = state.newest.token;
    header.moment = state.newest.moment;
    header.chain = state.newest.chain;
    header.compacted_token = state.compacted.token;
    header.compacted_moment = state.compacted.moment;
    header.compacted_chain = state.compacted.chain;
    return header;
  }

  /** How many records follow. */
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t sum = commits;
    for (std::size_t const count : rows) sum += count;
    return sum;
  }

  friend bool operator==(StoreHeader const&, StoreHeader const&) = default;
};

/** One record of a store. They come in a fixed order: the header; the rows, entity by entity as model::Entities has
    them, each in the order of lists; the commits that the change log holds, oldest first. */
using StoreRecord = boost::mp11::mp_push_back<
    boost::mp11::mp_append<std::variant<StoreHeader>, boost::mp11::mp_rename<model::Entities, std::variant>>,
    CommitRecord>;

/** Takes one record after the other. An error that it returns stops the dump or the read. */
using RecordSink = std::function<Result<void>(StoreRecord const& record)>;

/** Give all records of a store. */
struct DumpRequest {
  RecordSink sink{};
};

/** Make a store hold these records. */
struct RestoreRequest {
  /** Called once: gives all records to the sink, in their order, and returns what the sink returned when that is an
      error. An error that it returns is the restore's, and nothing is written. It must not use the repository. */
  std::function<Result<void>(RecordSink const& sink)> fill{};

  /** Throw away what the store holds, its revision and change log too, if all goes well. Without, a store that was ever
      written is refused.

      It is another store then, with an id of its own: whoever followed its changes, or kept versions of its rows,
      starts anew. Without, the store is from then on the one whose records it took, and has that one's id.
  */
  bool replace = false;
};

namespace storage {

/** Holds records to their order and to what the header says of them. Every restore asks it before it takes a record. */
class RecordCheck {
 public:
  /** @return invalid_argument for a format that this inlay doesn't know, a record out of order or one too many, a row
      or commit that contradicts the header, a change of what is no entity. */
  [[nodiscard]] Result<void> accept(StoreRecord const& record);

  /** @return invalid_argument when fewer records came than the header says. */
  [[nodiscard]] Result<void> finish() const;

  /** The header; its revision is 0 before it came. */
  [[nodiscard]] StoreHeader const& header() const noexcept { return header_; }

 private:
  static constexpr std::size_t kinds = boost::mp11::mp_size<StoreRecord>::value;

  [[nodiscard]] std::size_t announced(std::size_t kind) const noexcept;

  StoreHeader header_{};
  std::array<std::size_t, kinds> seen_{};
  std::size_t kind_{};  // of the record before: its place in StoreRecord
  Cursor last_row_{};   // of that kind
  Revision last_commit_{};
};

/** Appends a record as a line of JSON, its end included; nothing is lost:

        {"inlay_format":2,"store_id":"…","revision":7,"token":"…","moment":"…","chain":"…","compacted_through":2,
         "compacted_token":"…","compacted_moment":"…","compacted_chain":"…","rows":{"team":1,…},"commits":5}
        {"entity":"team","revision":3,"row":{…}}
        {"commit":{"revision":3,"token":"…","actor":"…","reason":"…","time":"…","moment":"…","chain":"…","changes":[…]}}

    (The first one is broken here only.) In format 1 there are none of store_id, token, moment and chain but the token
   of a commit.

    Rows are as write_json has them with JsonUse::record, and changes as the log does.
*/
void append_line(StoreRecord const& record, std::string& out);

/** Reads one line.

    @return what json::parse returns; invalid_argument with the pointer of a member that is unknown, missing or wrong.
*/
[[nodiscard]] Result<StoreRecord> parse_line(std::string_view line);

/** How long a line may be unless something else is said: a commit of eight changes, each of a row whose document is as
    large as json::Limits lets one be, with all that is around it, before and after the change. What a catalogue
    puts into one commit beyond that is bounded by a page of 4 MiB. A host that lets in larger documents, or puts more
    of them into one commit, says so. */
inline constexpr std::size_t max_line_bytes = 8 * 2 * (json::Limits{}.max_bytes + (std::size_t{64} << 10U));

/** What to read lines from. */
struct LinesRequest {
  std::istream& in;
  RecordSink sink;
  std::string_view source{};  ///< what messages call it: "inlay.jsonl"
  std::size_t max_line_bytes = storage::max_line_bytes;
};

/** Reads line after line and gives their records to the sink; what a restore is filled with from a file. Of a line that
    is too long no more is read than to see that.

    @return what parse_line returns, or the sink finds wrong with a record, with the source and the line's number in the
    message; invalid_document for a line that is too long; unavailable when the stream breaks; what the sink returns.
*/
[[nodiscard]] Result<void> read_lines(LinesRequest const& request);

}  // namespace storage

}  // namespace inlay

#endif
