// SPDX-License-Identifier: BSL-1.0
// The ten minutes of support in docs/cli.md, typed again on a terminal of 80 columns.
#include "cli.hpp"

#include <support/temporary_folder.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <utility>

using namespace inlay;
using namespace inlay::test;

namespace {

/** A command of the page, and what it shows. */
struct Typed {
  std::string command;
  std::string shown;
};

std::vector<Typed> transcript_in(std::string const& page) {
  std::vector<Typed> all;
  std::istringstream in(page);
  bool is_inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```console";
    } else if (is_inside && line.starts_with("$ ")) {
      all.push_back({line.substr(2), ""});
    } else if (is_inside && !all.empty() && all.back().command.ends_with('\\') && all.back().shown.empty()) {
      all.back().command.back() = ' ';
      all.back().command += line;
    } else if (is_inside && !all.empty()) {
      all.back().shown += line + '\n';
    }
  }
  return all;
}

/** The words of a command, with quotes as a shell reads them. */
std::vector<std::string> words_of(std::string const& command) {
  std::vector<std::string> words;
  std::string word;
  bool has_word = false;
  char quote = '\0';
  for (char const c : command + ' ') {
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      has_word = true;
    } else if (c != ' ') {
      word += c;
      has_word = true;
    } else if (has_word) {
      words.push_back(std::exchange(word, {}));
      has_word = false;
    }
  }
  return words;
}

std::regex const& id_or_end() {
  static std::regex const one(R"(\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}\b)");
  return one;
}

std::vector<std::string> ids_in(std::string const& text) {
  return {std::sregex_token_iterator(text.begin(), text.end(), id_or_end()), std::sregex_token_iterator()};
}

/** What is the same each time: without ids, ages and the cursor, and without what is only there to pad ages. */
std::string masked(std::string text) {
  static std::regex const age(R"((just now|\d+ (min|h|days?) ago) *)");
  static std::regex const gap("  +");
  text = std::regex_replace(text, id_or_end(), "<id>");
  return std::regex_replace(std::regex_replace(text, age, "<age> "), gap, "  ");
}

std::size_t columns_of(std::string const& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/** The store that support looks at. */
class Store {
 public:
  Store() {
    auto const acme = create("team", R"({"name":"Acme"})");
    auto const globex = create("team", R"({"name":"Globex"})");
    for (auto const& [team, name] : {std::pair(acme, "production"), {acme, "staging"}, {globex, "production"}}) {
      create("environment", R"({"team_id":")" + team + R"(","name":")" + name + R"("})");
    }
    create("integration",
           R"({"team_id":")" + acme +
               R"(","name":"zendesk","category":"helpdesk","sharing":"allow",)"
               R"("config":{"base_url":"https://api.example.com","headers":{"Accept":"application/json"},)"
               R"("timeout":30}})");
    create("integration", R"({"team_id":")" + acme + R"(","name":"hubspot","category":"crm"})");
    for (char const* path : {"Acme/production/zendesk", "Acme/staging/zendesk", "Globex/production/zendesk"}) {
      done({"--actor", "dana", "install", path});
    }
    done({"--actor", "dana", "--reason", "their own proxy", "set", "Globex/production/zendesk", "/base_url", "--string",
          "https://proxy.globex.example"});
    done({"--actor", "alice", "integration", "update", "Acme/zendesk", R"({"config":{"timeout":5}})"});
  }

  [[nodiscard]] std::string type(std::vector<std::string> const& words) const {
    RunOptions const options{.environment = {{"TERM", "dumb"}}, .on_terminal = true, .columns = 80};
    std::string out = folder.run({words.begin() + 1, words.end()}, options).out;
    std::erase(out, '\r');
    return out;
  }

 private:
  void done(std::vector<std::string> const& arguments) const {
    auto const run = folder.run(arguments);
    INFO(run.err);
    REQUIRE(run.status == 0);
  }

  std::string create(std::string const& kind, std::string const& json) const {
    return text_at(answer_of(folder.run({"--actor", "dana", kind, "create", json})), "/id");
  }

  Folder folder;
};

}  // namespace

TEST_CASE("the transcript of support in docs/cli.md is what the program shows at 80 columns") {
  auto const transcript = transcript_in(support::read_file(INLAY_CLI_PAGE));
  REQUIRE(transcript.size() >= 12);
  Store const store;
  std::map<std::string, std::string> actual_ids;  // by those in the page
  for (Typed const& typed : transcript) {
    CAPTURE(typed.command);
    auto words = words_of(typed.command);
    REQUIRE(words.front() == "inlay");
    for (std::string& word : words) {
      if (auto const id = actual_ids.find(word); id != actual_ids.end()) word = id->second;
    }
    std::string const shown = store.type(words);
    CHECK(masked(shown) == masked(typed.shown.substr(0, typed.shown.find_last_not_of('\n') + 1) + '\n'));
    std::istringstream in(shown);
    for (std::string line; std::getline(in, line);) CHECK(columns_of(line) <= 80);
    auto const in_page = ids_in(typed.shown);
    auto const in_answer = ids_in(shown);
    for (std::size_t i = 0; i < std::min(in_page.size(), in_answer.size()); ++i) actual_ids[in_page[i]] = in_answer[i];
  }
}
