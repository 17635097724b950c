// SPDX-License-Identifier: BSL-1.0
// What the program says of itself: help, the manual, completion, and what somebody may have meant.
#include "cli.hpp"

#include <support/temporary_folder.hpp>

#include <cstdlib>
#include <filesystem>
#include <sstream>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

using Arguments = std::vector<std::string>;

Arguments lines_of(std::string const& text) {
  Arguments lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Arguments completed(Catalogue const& catalogue, Arguments words) {
  words.insert(words.begin(), {"complete", "--"});
  auto const run = catalogue.run(words);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  return lines_of(run.out);
}

bool has_shell(std::string const& shell) { return std::system((shell + " --version > /dev/null 2>&1").c_str()) == 0; }

/** The lines that a script of that shell prints, which has inlay's completion in the file `completion`. */
Arguments said_by(std::string const& shell, Catalogue const& catalogue, std::string const& script) {
  catalogue.folder.write("completion", catalogue.run({"completion", shell}).out);
  catalogue.folder.write("script", script);
  std::string const command = "cd " + catalogue.folder.path() +
                              " && PATH=" + std::filesystem::path(INLAY_PROGRAM).parent_path().string() +
                              ":$PATH HOME=$PWD " + shell + " script > out.txt 2> err.txt";
  CHECK(std::system(command.c_str()) == 0);
  CHECK(support::read_file(catalogue.folder.path() + "/err.txt").empty());
  return lines_of(support::read_file(catalogue.folder.path() + "/out.txt"));
}

constexpr char const* complete_in_bash = R"sh(
source ./completion
compopt() { :; } # which bash knows only while somebody types
complete_line() {
  COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:' COMPREPLY=()
  _inlay
  printf '%s\n' "${COMPREPLY[@]}"
}
)sh";

}  // namespace

TEST_CASE("help COMMAND says what COMMAND --help says") {
  Folder const folder;
  for (Arguments const& command :
       std::vector<Arguments>{{}, {"team"}, {"team", "create"}, {"config"}, {"sharing", "ask"}, {"help"}}) {
    CAPTURE(command);
    Arguments help{"help"};
    help.insert(help.end(), command.begin(), command.end());
    Arguments option = command;
    option.emplace_back("--help");
    CHECK(folder.run(help).out == folder.run(option).out);
  }
  auto const unknown = folder.run({"help", "team", "crate"});
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, Contains("there is no command 'team crate'; did you mean 'team create'"));
}

TEST_CASE("a command or an option with a slip in it is answered with what is near") {
  Folder const folder;
  struct Case {
    Arguments arguments;
    std::string says;
  };
  for (auto const& [arguments, says] : std::vector<Case>{{{"lsit"}, "did you mean 'list'?"},
                                                         {{"teams", "list"}, "did you mean 'team'?"},
                                                         {{"team", "lst"}, "did you mean 'list'?"},
                                                         {{"team", "--limit", "1", "lst"}, "did you mean 'list'?"},
                                                         {{"team", "lst", "--limit", "1"}, "did you mean 'list'?"},
                                                         {{"--limit", "1", "lsit"}, "did you mean 'list'?"},
                                                         {{"list", "--limt", "3"}, "did you mean '--limit'?"},
                                                         {{"list", "--outptu", "json"}, "did you mean '--output'?"}}) {
    CAPTURE(arguments);
    auto const run = folder.run(arguments);
    CHECK(run.status == 2);
    CHECK_THAT(run.err, Contains(says));
  }
  CHECK_THAT(folder.run({"frobnicate"}).err, !Contains("did you mean"));
  CHECK_THAT(folder.run({"complet"}).err, !Contains("'complete'"));
}

TEST_CASE("options can stand anywhere on the line, those of the program and those of the command") {
  Catalogue const catalogue;
  std::string const expected = catalogue.run({"--output", "json", "list", "--limit", "1"}).out;
  for (Arguments const& line : std::vector<Arguments>{{"list", "--limit", "1", "--output", "json"},
                                                      {"--limit", "1", "list"},
                                                      {"--limit=1", "--output=json", "list"},
                                                      {"list", "is_enabled=true", "--output", "json", "--limit", "1"},
                                                      {"list", "--store", "sqlite:inlay.db", "--limit", "1"}}) {
    CAPTURE(line);
    auto const run = catalogue.run(line);
    CHECK(run.status == 0);
    CHECK(run.out == expected);
  }
  std::string const teams = catalogue.run({"team", "list", "--limit", "1", "--sort", "name"}).out;
  for (Arguments const& line :
       std::vector<Arguments>{{"team", "--limit", "1", "list", "--sort", "name"},
                              {"--sort", "name", "team", "--limit=1", "list"},
                              {"team", "--output", "json", "--limit", "1", "--sort", "name", "list"}}) {
    CAPTURE(line);
    auto const run = catalogue.run(line);
    CHECK(run.status == 0);
    CHECK(run.out == teams);
  }
  CHECK(catalogue.run({"team", "--limit", "1"}).status == 2);
  CHECK(catalogue.fault({"list", "--store", "sqlite:none.db"}) == "unavailable");
  CHECK(text_at(catalogue.answer({"team", "--actor", "alice", "create", "--reason", "why", R"({"name":"T"})"}),
                "/name") == "T");
  CHECK_THAT(catalogue.everything(), Contains(R"("actor":"alice","reason":"why")"));
  CHECK(catalogue.run({"export", "--team", catalogue.team}).status == 2);
}

TEST_CASE("the manual has a page for the program and one for each command") {
  Folder const folder;
  std::filesystem::create_directory(folder.path() + "/man");
  REQUIRE(folder.run({"help", "--manual", "man"}).status == 0);
  auto const page = [&](std::string const& name) { return support::read_file(folder.path() + "/man/" + name); };
  CHECK_THAT(page("inlay.1"),
             Contains(".SH COMMANDS") && Contains("inlay\\-explain(1)") && Contains("\\-\\-store URL"));
  CHECK_THAT(page("inlay-set.1"), Contains("Override one value") && Contains("\\-\\-string TEXT") &&
                                      Contains("inlay set [OPTIONS] ID POINTER [JSON]"));
  std::size_t pages = 0;
  for (auto const& file : std::filesystem::directory_iterator(folder.path() + "/man")) {
    pages += 1;
    CHECK(support::read_file(file.path()).starts_with(".TH inlay"));
  }
  CHECK(pages > 45);
  CHECK_FALSE(folder.has("man/inlay-complete.1"));
  CHECK(fault_of(folder.run({"help", "--manual", "nowhere"})) == "invalid_argument");
}

TEST_CASE("the last word is completed by commands, options, names level by level, and ids") {
  Catalogue const catalogue;
  CHECK(completed(catalogue, {"te"}) == Arguments{"team"});
  CHECK(completed(catalogue, {"team", "c"}) == Arguments{"create"});
  CHECK(completed(catalogue, {"help", "team", "c"}) == Arguments{"create"});
  CHECK(completed(catalogue, {"set", "--str"}) == Arguments{"--string"});
  CHECK(completed(catalogue, {"set", "--act"}) == Arguments{"--actor"});
  CHECK(completed(catalogue, {"get", ""}) == Arguments{"My Awesome Team/"});
  CHECK(completed(catalogue, {"get", "My Awesome Team/p"}) == Arguments{"My Awesome Team/production/"});
  CHECK(completed(catalogue, {"get", "My Awesome Team/production/"}) ==
        Arguments{"My Awesome Team/production/zendesk"});
  CHECK(completed(catalogue, {"integration", "get", "My Awesome Team/"}) == Arguments{"My Awesome Team/zendesk"});
  CHECK(completed(catalogue, {"--team", "M"}) == Arguments{"My Awesome Team"});
  CHECK(completed(catalogue, {"install", "--environment", "My Awesome Team/"}) ==
        Arguments{"My Awesome Team/production"});
  CHECK(completed(catalogue, {"get", catalogue.install.substr(0, 20)}) == Arguments{catalogue.install});
  CHECK(completed(catalogue, {"--store", "sqlite:none.db", "get", ""}).empty());
  CHECK(completed(catalogue, {"team", "get", "My Awesome Team", ""}).empty());
  CHECK_FALSE(catalogue.folder.has("none.db"));
  CHECK(catalogue.run({"completion", "csh"}).status == 2);
}

TEST_CASE("a name that would be obeyed as an option is completed behind -- only") {
  Catalogue const catalogue;
  catalogue.create("team", R"({"name":"--force"})");
  CHECK(completed(catalogue, {"team", "get", ""}) == Arguments{"My Awesome Team"});
  CHECK(completed(catalogue, {"--team", ""}) == Arguments{"My Awesome Team"});
  CHECK(completed(catalogue, {"get", ""}) == Arguments{"My Awesome Team/"});
  CHECK(completed(catalogue, {"team", "get", "--fo"}).empty());
  CHECK(completed(catalogue, {"team", "get", "--", "--fo"}) == Arguments{"--force"});
}

TEST_CASE("bash completes a name as one word, whatever a shell would make of what is in it") {
  if (!has_shell("bash")) return;
  Catalogue const catalogue;
  catalogue.create("team", R"({"name":"$(touch pwned); 'x' & \"y\""})");
  auto const lines = said_by("bash", catalogue, std::string(complete_in_bash) + R"sh(
complete_line 'inlay team ge'
complete_line 'inlay get My\ Awesome\ Team/prod'
complete_line "inlay team get '"
complete_line 'inlay team get $'
complete_line 'inlay team get \$'
eval "set -- $(complete_line 'inlay team get \$')"
printf '%s\n' "$#" "$1"
)sh");
  REQUIRE(lines.size() >= 7);
  CHECK(lines[0] == "get");
  CHECK(lines[1] == "My\\ Awesome\\ Team/production/");
  CHECK(lines[2] == "My Awesome Team");
  CHECK(lines[lines.size() - 2] == "1");
  CHECK(lines.back() == "$(touch pwned); 'x' & \"y\"");
  CHECK_FALSE(catalogue.folder.has("pwned"));
}

TEST_CASE("bash completes a name in quotes as one word, and only what stands behind the last break of it") {
  if (!has_shell("bash")) return;
  Catalogue const catalogue;
  catalogue.create("team", R"({"name":"a:b c=d"})");
  CHECK(said_by("bash", catalogue, std::string(complete_in_bash) + R"sh(
complete_line "inlay get 'My Awesome Team/prod"
complete_line 'inlay get "My Awesome Team/prod'
complete_line "inlay --reason 'a b' get My\\ Aw"
complete_line 'inlay team get a:b\ c'
complete_line "inlay team get 'a:b"
complete_line "inlay team get a:b' c"
complete_line "inlay team get 'a:'b"
)sh") == Arguments{"My Awesome Team/production/", "My Awesome Team/production/", "My\\ Awesome\\ Team/", "b\\ c=d",
                   "a:b c=d", " c=d", "b\\ c=d"});
}

TEST_CASE("zsh completes a name with blanks, escaped or in quotes that are open yet") {
  if (!has_shell("zsh")) {
    WARN("zsh is not installed, which tests/run gets on Debian 12: its completion IS NOT TESTED");
    return;
  }
  Catalogue const catalogue;
  // What a line becomes by the key that completes, in a shell on a terminal of its own.
  auto const lines = said_by("zsh", catalogue, R"sh(
zmodload zsh/zpty
: > lines
zpty shell "PS1= zsh -f -i"
say() { zpty -w shell "$1"; }
say 'autoload -Uz compinit; compinit -u -d dump; source ./completion'
say 'setopt no_beep; unsetopt zle_bracketed_paste; show() { print -r -- "<$BUFFER>" >> lines; BUFFER= }; zle -N show'
say 'bindkey "^G" show; print ready >> ready'
repeat 200 { [[ -s ready ]] && break; while zpty -r -t shell ignored; do :; done; sleep 0.05 }
for typed in 'My\ Aw' "'My Awesome Team/prod" '"My Awesome Team/prod' 'My\ Awesome\ Team/prod'; do
  before=$(wc -l < lines)
  zpty -n -w shell "inlay get $typed"$'\t\a'
  repeat 200 { [[ $(wc -l < lines) != "$before" ]] && break; while zpty -r -t shell ignored; do :; done; sleep 0.05 }
done
zpty -d shell
cat lines
)sh");
  CHECK(lines == Arguments{"<inlay get My\\ Awesome\\ Team/>", "<inlay get 'My Awesome Team/production/>",
                           "<inlay get \"My Awesome Team/production/>", "<inlay get My\\ Awesome\\ Team/production/>"});
}

TEST_CASE("fish completes a name with blanks, escaped or in quotes") {
  if (!has_shell("fish")) {
    WARN("fish is not installed, which tests/run gets on Debian 12: its completion IS NOT TESTED");
    return;
  }
  Catalogue const catalogue;
  auto const lines = said_by("fish", catalogue, R"sh(
source completion
for typed in 'My\\ Aw' '\'My Awesome Team/prod' '"My Awesome Team/prod' 'My\\ Awesome\\ Team/prod'
  complete -C (string collect -- "inlay get $typed")
end
)sh");
  CHECK(lines == Arguments{"My Awesome Team/", "My Awesome Team/production/", "My Awesome Team/production/",
                           "My Awesome Team/production/"});
}
