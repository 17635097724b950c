// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "input.hpp"
#include "near.hpp"
#include "resources.hpp"
#include "text.hpp"
#include "usage.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace inlay::cli {
namespace {

struct HelpArguments {
  std::vector<std::string> command;
  std::string manual;  // a folder
};

struct CompleteArguments {
  std::vector<std::string> words;
};

// What is between the markers is what a shell sources. Names come from a store, and others have chosen them: they are
// quoted before they stand on a command line.

constexpr char const* for_bash = R"sh(# Completion of inlay for bash: source <(inlay completion bash)
_inlay() {
  local line=${COMP_LINE:0:COMP_POINT} character word='' before='' quote='' is_word='' candidate
  local -a words
  local -i i
  # Not COMP_WORDS, which are broken at : and = too. `before` is what stands in the last word before its last break:
  # bash replaces only what is behind that, and there is none within an open quote.
  for ((i = 0; i < ${#line}; ++i)); do
    character=${line:i:1}
    if [[ $quote == "$character" ]]; then
      quote='' before=$word
    elif [[ -n $quote ]]; then
      [[ $quote$character == \"\\ && ${line:i+1:1} == [\"\\\$\`] ]] && character=${line:(++i):1}
      word+=$character
    elif [[ $character == [[:space:]] ]]; then
      [[ -n $is_word ]] && words+=("$word")
      word='' before='' is_word=''
    elif [[ $character == [\'\"] ]]; then
      quote=$character before=$word is_word=1
    else
      is_word=1
      if [[ $character == \\ ]]; then
        word+=${line:(++i):1}
      else
        word+=$character
        [[ $COMP_WORDBREAKS == *"$character"* ]] && before=$word
      fi
    fi
  done
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate=${candidate#"$before"}
    case $quote in
      \') [[ $candidate == *\'* ]] && continue ;;
      \") [[ $candidate == *[\"\\\$\`!]* ]] && continue ;;
      *) printf -v candidate %q "$candidate" ;;
    esac
    COMPREPLY+=("$candidate")
  done < <(inlay complete -- "${words[@]:1}" "$word" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -o bashdefault -o default -F _inlay inlay
)sh";

constexpr char const* for_zsh = R"sh(#compdef inlay
# Completion of inlay for zsh: source <(inlay completion zsh), or this text as _inlay in a folder of $fpath
_inlay() {
  local -a whole open
  local candidate
  # The last word as it is typed, so an open quote is closed to know what it means.
  local word=${(Q)${:-$words[CURRENT]${compstate[quote]}}}
  for candidate in "${(@f)$(inlay complete -- "${(@Q)words[2,CURRENT-1]}" "$word" 2>/dev/null)}"; do
    [[ -z $candidate ]] && continue
    if [[ $candidate == */ ]]; then open+=("$candidate"); else whole+=("$candidate"); fi
  done
  (( $#whole )) && compadd -a whole
  (( $#open )) && compadd -S '' -a open
  (( $#whole + $#open )) || _files
}
if [[ $funcstack[1] == _inlay ]]; then _inlay "$@"; else compdef _inlay inlay; fi
)sh";

constexpr char const* for_fish = R"sh(# Completion of inlay for fish: inlay completion fish | source
function __inlay_complete
  set -l words (commandline -opc)
  # The last word as it is typed, so what it means is asked for: with an open quote closed.
  set -l typed (commandline -ct)
  set -l word ''
  for quote in '' \' \"
    set word (string unescape -- "$typed$quote"); and break
  end
  inlay complete -- $words[2..-1] "$word" 2>/dev/null
end
complete -c inlay -a '(__inlay_complete)'
)sh";

Result<void> completion(Session& session, std::string const& shell) {
  session.output.add_text(shell == "bash" ? for_bash : shell == "zsh" ? for_zsh : for_fish);
  return {};
}

std::string is_shell(std::string const& name) {
  bool const is_one = name == "bash" || name == "zsh" || name == "fish";
  return is_one ? std::string() : "takes bash, zsh or fish, not " + name;
}

Result<void> complete(Session& session, CompleteArguments const& arguments) {
  for (std::string const& candidate : completions_of(session, usage(), arguments.words)) {
    // A line is a candidate, and what a terminal would obey is not put on anybody's command line.
    if (printable(candidate) == candidate) session.output.add_text(candidate + '\n');
  }
  return {};
}

Result<void> write_page(std::string const& folder, std::string_view name) {
  std::string file = folder + "/inlay";
  for (char const c : name) file += c == ' ' ? '-' : c;
  if (!name.empty()) file.insert(folder.size() + 6, "-");
  file += ".1";
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out << manual_page(usage(), name) << std::flush;
  if (out) return {};
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "cannot write " + file + ": " + std::generic_category().message(errno)};
}

Result<void> write_manual(std::string const& folder) {
  if (auto const done = write_page(folder, {}); done.has_error()) return done.error();
  for (CommandUsage const& command : usage().commands) {
    if (command.group == groups::hidden) continue;
    if (auto const done = write_page(folder, command.name); done.has_error()) return done.error();
  }
  return {};
}

Result<void> help(Session& session, HelpArguments const& arguments) {
  if (!arguments.manual.empty()) return write_manual(arguments.manual);
  auto const text = help_text(arguments.command);
  if (text) {
    session.output.add_text(*text);
    return {};
  }
  std::string asked;
  for (std::string const& word : arguments.command) asked += (asked.empty() ? "" : " ") + word;
  std::vector<std::string> names;
  for (CommandUsage const& command : usage().commands) {
    if (command.group != groups::hidden) names.push_back(command.name);
  }
  throw UsageError("there is no command '" + asked + "'" + did_you_mean(asked, std::move(names)));
}

}  // namespace

CommandRows help_commands() {
  CommandRows rows{
      {.name = "help",
       .group = groups::help,
       .help = "Show what a command does and what it is told",
       .example = "help team create",
       .declare = declares<HelpArguments>(
           [](Parameters& command, HelpArguments& into) {
             auto const words = command.add("COMMAND", into.command, "The command; all of them, without")
                                    .shown_as("")
                                    .means(Meaning::command);
             command
                 .add("--manual", into.manual,
                      "Write the manual's pages, inlay.1 and one for each command, into this folder instead")
                 .shown_as("FOLDER")
                 .check(not_empty)
                 .not_with(words);
           },
           help)},
      {.name = "completion",
       .group = groups::help,
       .help = "Print what lets a shell complete commands, options, names and ids",
       .example = "completion bash\n\n"
                  "  bash: source <(inlay completion bash)      in ~/.bashrc\n"
                  "  zsh:  source <(inlay completion zsh)       in ~/.zshrc, after compinit\n"
                  "  fish: inlay completion fish | source       in ~/.config/fish/config.fish\n\n"
                  "Names and ids are those of the store that the line names, else of $INLAY_STORE, else of\n"
                  "sqlite:inlay.db.",
       .declare = declares<std::string>(
           [](Parameters& command, std::string& shell) {
             command.add("SHELL", shell, "bash, zsh or fish").required().check(is_shell).shown_as("");
           },
           completion)},
      {.name = "complete",
       .group = groups::hidden,
       .help = "Print what can stand in the place of the last word",
       .example = "complete -- team g",
       .declare = declares<CompleteArguments>(
           [](Parameters& command, CompleteArguments& into) {
             command.add("WORD", into.words, "The words behind inlay, the last as far as it is typed").shown_as("");
           },
           complete)}};
  for (CommandRow& row : rows) row.heeds_team = row.group == groups::hidden;
  return rows;
}

}  // namespace inlay::cli
