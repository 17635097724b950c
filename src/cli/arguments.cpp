// SPDX-License-Identifier: BSL-1.0
// The only file that includes CLI11, which takes seconds to compile.
#include "arguments.hpp"

#include "commands.hpp"
#include "input.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>
#include <boost/mp11/algorithm.hpp>
#include <inlay/model/entities.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::cli {
namespace {

constexpr char const* catalogue_group = "Catalogue";
constexpr char const* install_group = "Installed integrations";
constexpr char const* config_group = "Effective configuration";
constexpr char const* store_group = "The store";
constexpr char const* other_group = "Without a store";

constexpr char const* installed = "installed integration, which install and list show";
constexpr char const* json_forms = "as text, @FILE, or - for standard input";

// One argument block for all commands: only the chosen one's are read, and CLI11 keeps references to where they go.
struct Arguments {
  std::string id;
  std::string json;
  std::string other_json;
  std::string pointer;
  std::string integration;
  std::string team;
  std::string end_reason;
  std::string entity;
  ListArguments list;
  WriteArguments write;
  InstallArguments install;
  ServeArguments serve;
  CompactArguments compact;
  TransferArguments transfer;
  ReportArguments report;
  bool wants_report = false;
  bool wants_json_patch = false;
  std::vector<std::string> layers;
  std::int64_t after = 0;
  std::size_t limit = 100;
};

std::map<std::string, Format> const formats{
    {"auto", Format::automatic}, {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}};

// Not $USER, which says whatever somebody has put there.
std::string system_user() {
  uid_t const id = ::getuid();
  passwd const* const entry = ::getpwuid(id);  // NOLINT(concurrency-mt-unsafe): there is one thread
  bool const has_name = entry != nullptr && entry->pw_name != nullptr && *entry->pw_name != '\0';
  return has_name ? entry->pw_name : "uid:" + std::to_string(id);
}

/** Reads a whole number of seconds, minutes, hours or days, and gives it as seconds. */
std::string read_duration(std::string& text) {
  std::int64_t number = 0;
  char const* const last = text.data() + text.size();
  auto const [end, failure] = std::from_chars(text.data(), last, number);
  std::string_view const unit(end, static_cast<std::size_t>(last - end));
  std::int64_t const seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3'600 : unit == "d" ? 86'400 : 0;
  constexpr std::int64_t longest = std::int64_t{100} * 366 * 86'400;
  if (failure != std::errc() || seconds == 0 || number < 0 || number > longest / seconds) {
    return "a duration is a number with s, m, h or d, such as 12h or 30d; this is " + text;
  }
  text = std::to_string(number * seconds);
  return {};
}

class Program {
 public:
  Program() : app_("A catalogue of integrations and of what their configuration really is in each environment.") {
    app_.name("inlay");
    app_.require_subcommand(1);
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app_.get_formatter()->label("Positionals", "Arguments");
    app_.get_formatter()->label("REQUIRED", "(required)");
    app_.get_formatter()->label("Excludes", "not with");
    app_.get_formatter()->label("Needs", "only with");
    app_.set_help_flag("-h,--help", "Print this help and exit");
    add_options();
    add_resource("team", Kind::team, R"('{"name": "Example"}')", R"('{"domain": "example.com"}')", "name=Example");
    add_resource("environment", Kind::environment, R"('{"team_id": "TEAM", "name": "production"}')",
                 R"('{"name": "staging"}')", "name=production");
    add_resource("integration", Kind::integration, "@zendesk.json", R"('{"config": {"label": "Help desk"}}')",
                 "category=helpdesk");
    add_sharing();
    add_install();
    add_install_rows();
    add_verbs();
    add_config();
    add_history();
    add_json();
    add_store();
    add_transfer();
    app_.footer(
        "JSON arguments are given as text, @FILE, or - for standard input. A command's own options are in\n"
        "`inlay COMMAND --help`; those above stand before the command.\n\n"
        "Answers are tables on a terminal and one line of JSON elsewhere. Exit status: 0; 1 for an error, with its\n"
        "kind, message and pointer on standard error (as {\"error\": ...} with --output json, or when standard\n"
        "error is no terminal); 2 for wrong usage.\n\n"
        "Example:\n"
        "  inlay --store sqlite:inlay.db team create '{\"name\": \"Example\"}'");
  }

  Invocation read(int argc, char const* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (CLI::Success const& success) {
      return {.options = {}, .command = {}, .name = {}, .exit_status = app_.exit(success)};
    } catch (CLI::ParseError const& error) {
      auto const [what, name] = problem(error);
      return {.options = {}, .command = {}, .name = name, .exit_status = wrong_usage(what, name)};
    }
    fill_defaults();
    auto const [command, name] = deepest();
    if (!options_.team.empty() && knows_no_team_.contains(command)) {
      std::string const what = name.substr(app_.get_name().size() + 1) + " is not done on behalf of a team";
      return {
          .options = {}, .command = {}, .name = name, .exit_status = wrong_usage(what + ": leave out --team", name)};
    }
    if (options_.output == Format::csv && !arguments_.wants_report) {
      return {.options = {},
              .command = {},
              .name = name,
              .exit_status = wrong_usage("--output csv is a form of `inlay config --all` only", name)};
    }
    return {.options = options_, .command = commands_.at(command), .name = name, .exit_status = {}};
  }

 private:
  CLI::App* add(CLI::App& parent, std::string const& name, std::string const& what, std::string const& example) {
    auto* command = parent.add_subcommand(name, what);
    command->set_help_flag("-h,--help", "Print this help and exit");
    command->group("Commands");
    command->footer("Example:\n  inlay " + example);
    return command;
  }

  void runs(CLI::App const* command, Command run) { commands_[command] = std::move(run); }

  // What concerns the whole store, or none: a team given for it would not be heeded.
  void runs_without_team(CLI::App const* command, Command run) {
    runs(command, std::move(run));
    knows_no_team_.insert(command);
  }

  void add_options() {
    app_.add_option("--store", options_.store, "The store's URL; else $INLAY_STORE, else sqlite:inlay.db")
        ->type_name("URL")
        ->check(not_empty);
    add_output(app_, "table, json, or auto: table on a terminal, json elsewhere; csv for `config --all`");
    app_.add_option("--actor", options_.actor,
                    "Who makes the change, for the change log; else the name of the system's user")
        ->type_name("NAME")
        ->check(not_empty);
    app_.add_option("--reason", options_.reason, "Why, for the change log")->type_name("TEXT")->check(not_empty);
    app_.add_option("--team", options_.team,
                    "Act on behalf of this team: see and do what it may, and no more; else you are the host's own\n"
                    "administration, which may do everything")
        ->type_name("ID|NAME")
        ->check(not_empty);
    app_.set_version_flag("--version", "inlay " INLAY_VERSION, "Print the version and exit");
  }

  void add_output(CLI::App& command, std::string const& what) {
    command.add_option("--output", output_, what)->type_name("FORMAT")->check([](std::string const& name) {
      return formats.contains(name) ? std::string() : "takes auto, table, json or csv, not " + name;
    });
  }

  // What a shell makes of a variable that is not set must not pass for an option that was left out: without --team or
  // --tokens one is the host's own administration.
  static std::string not_empty(std::string const& text) { return text.empty() ? "must not be empty" : std::string(); }

  // CLI11 would say that it "could not convert".
  static std::string whole_number(std::string const& text) {
    bool const is_one = !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), [](char character) {
      return std::isdigit(static_cast<unsigned char>(character)) != 0;
    });
    return is_one ? std::string() : "takes a whole number from 0 on, not " + text;
  }

  static std::string octal_mode(std::string const& text) {
    bool const is_one = text.size() >= 3 && text.size() <= 4 &&
                        text.find_first_not_of("01234567") == std::string::npos &&
                        (text.size() == 3 || text.front() == '0');
    return is_one ? std::string() : "takes a mode such as 0660, not " + text;
  }

  static std::string entity_name(std::string const& text) {
    bool is_one = false;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, model::Entities>>(
        [&](auto identity) { is_one = is_one || text == decltype(identity)::type::entity_name; });
    return is_one ? std::string() : "there is no kind of row called " + text;
  }

  void add_id(CLI::App* command, std::string const& of_what) {
    command->add_option("ID", arguments_.id, "The id of the " + of_what)->required()->check(not_empty)->type_name("");
  }

  void add_json_argument(CLI::App* command, std::string const& name, std::string& into, std::string const& what) {
    command->add_option(name, into, what + ", " + json_forms)->required()->type_name("");
  }

  void add_if_version(CLI::App* command) {
    command
        ->add_option_function<std::string>(
            "--if-version",
            [this](std::string const& text) {
              auto const version = parse_row_version(text);
              if (version.has_error())
                throw CLI::ValidationError("--if-version", text + " is " + version.error().message);
              arguments_.write.if_version = *version;
            },
            "Only if the row is at this version, and with its birth still the row that had it:\n"
            "\"version\" and \"birth\" as get and list show them")
        ->type_name("VERSION[-BIRTH]");
  }

  void add_dry_run(CLI::App* command, Kind kind) {
    command->add_flag(
        "--dry-run", arguments_.write.dry_run,
        kind == Kind::environment_integration
            ? "Write nothing; show the resource as it would be and what would differ in its effective\n"
              "configuration: {\"resource\", \"changed\", \"differences\": [{\"pointer\", \"before\", \"after\"}],\n"
              "\"truncated\"} (true: these are the first 4 MiB of the differences)"
            : "Write nothing; show the resource as it would be: {\"resource\", \"changed\", \"differences\": [],\n"
              "\"truncated\": false} (differences are those of an install's effective configuration)");
  }

  // `replace_flag` is nothing where there is no document.
  void add_ways_to_update(CLI::App* command, std::string const& replace_flag, std::string const& document) {
    auto* json_patch = command->add_flag("--json-patch", arguments_.write.is_json_patch,
                                         "PATCH is a JSON Patch (RFC 6902); needs --if-version or --force");
    if (!replace_flag.empty()) {
      command
          ->add_flag(replace_flag, arguments_.write.replaces_documents,
                     "Store the " + document + " as it is given instead of merging it; needs --if-version or --force")
          ->excludes(json_patch);
    }
    command->add_flag("--force", arguments_.write.force,
                      "Do that without --if-version, though it may undo what somebody else has just written");
  }

  static void add_patchable_members(CLI::App* command, Kind kind) {
    command->footer(command->get_footer() + "\n\nMembers that a patch may touch:\n" + patchable_members(kind));
  }

  void add_list_arguments(CLI::App* command, Kind kind) {
    command->footer(command->get_footer() + "\n\nFields to filter by:\n" + filter_fields(kind));
    command->add_option("FILTER", arguments_.list.conditions, "field=value, or field[ne|in|lt|lte|gt|gte]=value")
        ->type_name("");
    command
        ->add_option("--limit", arguments_.list.limit,
                     "Rows at most, 1 to 1000 (25); documents end a page too, at 4 MiB")
        ->type_name("N")
        ->check(whole_number);
    command->add_option("--cursor", arguments_.list.cursor, "The next_cursor of the page before")
        ->type_name("TEXT")
        ->check(not_empty);
    if (kind == Kind::integration) add_exclude(command, "config");
    if (kind == Kind::environment_integration) add_exclude(command, "override");
  }

  void add_exclude(CLI::App* command, std::string const& document) {
    add_member(command, "--exclude", arguments_.list.exclude, document, "leave it out");
  }

  static void add_member(CLI::App* command, std::string const& option, std::vector<std::string>& into,
                         std::string const& known, std::string const& what) {
    command->add_option(option, into, known + ": " + what)
        ->check([known](std::string const& member) {
          return member == known ? std::string() : "takes " + known + ", not " + member;
        })
        ->allow_extra_args(false)
        ->type_name("MEMBER");
  }

  void add_resource(std::string const& name, Kind kind, std::string const& body, std::string const& patch,
                    std::string const& filter) {
    auto* group = add(app_, name, "Create, read, change and delete " + name + "s", name + " create " + body);
    group->group(catalogue_group);
    group->require_subcommand(1);

    auto* create_it = add(*group, "create", "Create one", name + " create " + body);
    add_json_argument(create_it, "JSON", arguments_.json, "The " + name);
    create_it->footer(create_it->get_footer() + "\n\nMembers of the JSON object:\n" + new_members(kind));
    runs(create_it, [this, kind](Session& session) { return create(session, kind, arguments_.json); });

    auto* get_it = add(*group, "get", "Show one", name + " get ID");
    add_id(get_it, name);
    runs(get_it, [this, kind](Session& session) { return get(session, kind, arguments_.id); });

    auto* list_them = add(*group, "list", "List them", name + " list " + filter + " --limit 100");
    add_list_arguments(list_them, kind);
    runs(list_them, [this, kind](Session& session) { return list(session, kind, arguments_.list); });

    auto* update_it =
        add(*group, "update", "Change one by a merge patch (RFC 7396) or a JSON Patch", name + " update ID " + patch);
    add_id(update_it, name);
    add_json_argument(update_it, "PATCH", arguments_.json, "The patch");
    add_if_version(update_it);
    add_ways_to_update(update_it, kind == Kind::integration ? "--replace-config" : "", "config");
    add_dry_run(update_it, kind);
    add_patchable_members(update_it, kind);
    runs(update_it, [this, kind](Session& session) {
      return update(session, kind, arguments_.id, arguments_.json, arguments_.write);
    });

    auto* delete_it = add(*group, "delete", "Delete one that is not in use", name + " delete ID");
    add_id(delete_it, name);
    add_if_version(delete_it);
    runs(delete_it, [this, kind](Session& session) {
      return remove_row(session, kind, arguments_.id, arguments_.write.if_version);
    });
  }

  void add_answer(CLI::App& group, std::string const& name, std::string const& what, GrantStatus status) {
    auto* command = add(group, name, what, "sharing " + name + " ID");
    add_id(command, "request");
    add_if_version(command);
    runs(command, [this, status](Session& session) {
      return answer_request(session, arguments_.id, status, arguments_.write.if_version);
    });
  }

  void add_sharing() {
    auto* group = add(app_, "sharing", "Ask to install other teams' integrations, and answer",
                      "sharing ask --integration zendesk --team Acme");
    group->group(catalogue_group);
    group->require_subcommand(1);

    auto* ask = add(*group, "ask", "Ask on behalf of a team for an integration whose sharing is ask",
                    "sharing ask --integration zendesk --team Acme");
    ask->add_option("--integration", arguments_.integration, "Its id, or its name if only one has it")
        ->required()
        ->type_name("ID|NAME")
        ->check(not_empty);
    ask->add_option("--team", arguments_.team,
                    "The id of the team that asks, or its name if only one has it (required, unless --team stands\n"
                    "before the command)")
        ->type_name("ID|NAME")
        ->check(not_empty);
    runs(ask, [this](Session& session) { return ask_for(session, arguments_.integration, arguments_.team); });

    auto* list_them = add(*group, "list", "List requests and their answers", "sharing list status=pending");
    add_list_arguments(list_them, Kind::grant);
    runs(list_them, [this](Session& session) { return list(session, Kind::grant, arguments_.list); });

    auto* get_it = add(*group, "get", "Show a request", "sharing get ID");
    add_id(get_it, "request");
    runs(get_it, [this](Session& session) { return get(session, Kind::grant, arguments_.id); });

    auto* end_them = add(app_, "end", "End the installs that other teams have of an integration, for its owner",
                         "end --integration zendesk \"the API is switched off on 1 March\"");
    end_them->group(catalogue_group);
    end_them->add_option("--integration", arguments_.integration, "Its id, or its name if only one has it")
        ->required()
        ->type_name("ID|NAME")
        ->check(not_empty);
    end_them->add_option("REASON", arguments_.end_reason, "Why, for the teams that have it installed")
        ->required()
        ->check(not_empty);
    end_them->add_flag("--dry-run", arguments_.write.dry_run, "Say how many there are, and end none");
    runs(end_them, [this](Session& session) {
      return end_installs(session, arguments_.integration, arguments_.end_reason, arguments_.write.dry_run);
    });

    add_answer(*group, "grant", "Let the team install the integration", GrantStatus::granted);
    add_answer(*group, "deny", "Refuse a request that is pending", GrantStatus::denied);
    add_answer(*group, "revoke", "Take a grant back; what is installed stays", GrantStatus::revoked);
  }

  void add_install() {
    auto* command = add(app_, "install", "Install an integration into an environment; what is there is left as it is",
                        "install --integration zendesk --environment production");
    command->group(install_group);
    command->add_option("--integration", arguments_.install.integration, "Its id, or its name if only one has it")
        ->required()
        ->type_name("ID|NAME")
        ->check(not_empty);
    command->add_option("--environment", arguments_.install.environment, "Its id, or its name if only one has it")
        ->required()
        ->type_name("ID|NAME")
        ->check(not_empty);
    command->add_option("--override", arguments_.install.override, std::string("The config override, ") + json_forms)
        ->type_name("JSON")
        ->check(not_empty);
    runs(command, [this](Session& session) { return install(session, arguments_.install); });
  }

  void add_install_rows() {
    constexpr Kind kind = Kind::environment_integration;
    auto* get_it = add(app_, "get", "Show an installed integration", "get ID");
    get_it->group(install_group);
    add_id(get_it, installed);
    runs(get_it, [this](Session& session) { return get(session, kind, arguments_.id); });

    auto* list_them =
        add(app_, "list", "List installed integrations", "list integration.name=zendesk is_enabled=true --limit 100");
    list_them->group(install_group);
    add_list_arguments(list_them, kind);
    add_member(list_them, "--expand", arguments_.list.expand, "integration.config", "bring it along");
    runs(list_them, [this](Session& session) { return list(session, kind, arguments_.list); });

    auto* update_it =
        add(app_, "update", "Change show_in_catalog, is_enabled or override by a merge patch or a JSON Patch",
            R"(update ID '{"is_enabled": false, "override": {"headers": {"X-Team": "a"}}}')"
            "\n\nIn a merged override null inherits the default again; with --replace-override null\n"
            "removes the default's member.");
    update_it->group(install_group);
    add_id(update_it, installed);
    add_json_argument(update_it, "PATCH", arguments_.json, "The patch");
    add_ways_to_update(update_it, "--replace-override", "override");
    add_if_version(update_it);
    add_dry_run(update_it, Kind::environment_integration);
    add_patchable_members(update_it, kind);
    runs(update_it,
         [this](Session& session) { return update(session, kind, arguments_.id, arguments_.json, arguments_.write); });

    auto* uninstall_it = add(app_, "uninstall", "Remove an installed integration", "uninstall ID");
    uninstall_it->group(install_group);
    add_id(uninstall_it, installed);
    add_if_version(uninstall_it);
    runs(uninstall_it,
         [this](Session& session) { return remove_row(session, kind, arguments_.id, arguments_.write.if_version); });
  }

  void add_verb(Verb verb, std::string const& name, std::string const& what, std::string const& example) {
    auto* command = add(app_, name, what, example);
    command->group(install_group);
    add_id(command, installed);
    command->add_option("POINTER", arguments_.pointer, "Where in the config (RFC 6901), such as /headers/Accept")
        ->required()
        ->type_name("");
    if (verb == Verb::set) add_json_argument(command, "JSON", arguments_.json, "The value");
    add_if_version(command);
    if (verb != Verb::remove) {
      command->add_flag("--force", arguments_.write.force,
                        "With the pointer '', which is the whole override: do it without --if-version, though it may\n"
                        "undo what somebody else has just written");
    }
    add_dry_run(command, Kind::environment_integration);
    runs(command, [this, verb](Session& session) {
      return write_value(session, verb, arguments_.id, arguments_.pointer, arguments_.json, arguments_.write);
    });
  }

  void add_verbs() {
    add_verb(Verb::set, "set", "Override one value", R"(set ID /base_url '"https://eu.example.com"')");
    add_verb(Verb::remove, "remove", "Make one value absent, whatever the default says",
             "remove ID /headers/User-Agent");
    add_verb(Verb::inherit, "inherit", "Let one value be the default's again", "inherit ID /base_url");
  }

  CLI::App* add_question(std::string const& name, std::string const& what, std::string const& example) {
    auto* command = add(app_, name, what, example);
    command->group(config_group);
    add_id(command, installed);
    command->add_option("POINTER", arguments_.pointer, "Only what is there (RFC 6901), such as /pagination/format")
        ->type_name("");
    command
        ->add_option("--layer", arguments_.layers,
                     "One more layer on top, a merge patch; may be repeated, the last is the highest")
        ->allow_extra_args(false)
        ->type_name("NAME=JSON");
    return command;
  }

  void add_config() {
    auto* config_of = add_question(
        "config", "Show what the configuration is, or one value of it; with --all, of everything installed",
        "config ID /base_url --layer request='{\"base_url\": \"http://localhost\"}'\n"
        "  inlay config --all --environment production --pointer /base_url --pointer /headers --output csv\n\n"
        "With --all there is a row for each installed integration that one sees, enabled or not, in the order of\n"
        "lists, all as they were at one revision. Rows are written as they are read: after an error (exit status 1)\n"
        "the report ends too early. Team is the environment's.\n"
        "JSON is an object a line (JSON Lines), where a value that is absent has no member:\n"
        "  {\"id\", \"environment_id\", \"environment_name\", \"integration_id\", \"integration_name\", \"team_id\",\n"
        "   \"team_name\", \"is_enabled\", \"version\", \"config\": {...}}\n"
        "with \"values\": {\"/base_url\": ...} in place of \"config\" where there is a --pointer.\n"
        "CSV (RFC 4180) has the same columns, then config, or one for each pointer: what is absent is empty, null is\n"
        "null, a text is as it is, anything else is JSON. A text that is empty or `null` has quotes.");
    auto* id = config_of->get_option("ID");
    id->required(false);
    auto* all = config_of->add_flag("--all", arguments_.wants_report, "Of everything installed, instead of ID");
    for (char const* const other : {"ID", "POINTER", "--layer"}) all->excludes(config_of->get_option(other));
    config_of->add_option("--environment", arguments_.report.environment, "Only in this environment")
        ->type_name("ID|NAME")
        ->check(not_empty)
        ->needs(all);
    config_of->add_option("--integration", arguments_.report.integration, "Only of this integration")
        ->type_name("ID|NAME")
        ->check(not_empty)
        ->needs(all);
    config_of->add_option("--pointer", arguments_.report.pointers, "Only what is there; may be repeated")
        ->allow_extra_args(false)
        ->type_name("POINTER")
        ->check(not_empty)
        ->needs(all);
    add_output(*config_of, "As before the command; with --all also csv");
    runs(config_of, [this, id](Session& session) {
      if (arguments_.wants_report) return report(session, arguments_.report);
      if (id->count() == 0) throw UsageError("ID is required, or --all");
      return config(session, arguments_.id, arguments_.pointer, arguments_.layers);
    });

    auto* explain_it = add_question(
        "explain", "Show where each value comes from and what it shadows",
        "explain ID /headers\n\n"
        "JSON: {\"result\": [...], \"next_cursor\": TEXT or null}, with an object for each leaf (scalar, array, empty\n"
        "object, or removed value):\n"
        "  {\"pointer\": \"/headers/Accept\", \"layer\": \"environment\", \"value\": \"text/csv\",\n"
        "   \"shadows\": [{\"layer\": \"integration\", \"value\": \"application/json\"}]}\n"
        "with \"removed\": true in place of \"value\" where a layer removes it. None when no layer says anything.\n"
        "A page ends at 4 MiB.");
    explain_it->add_option("--cursor", arguments_.list.cursor, "The next_cursor of the page before")
        ->type_name("TEXT")
        ->check(not_empty);
    runs(explain_it, [this](Session& session) {
      return explain(session, arguments_.id, arguments_.pointer, arguments_.layers, arguments_.list.cursor);
    });
  }

  CLI::App* add_log(std::string const& name, std::string const& what, std::string const& example) {
    auto* command = add(app_, name, what,
                        example +
                            "\n\nJSON: {\"result\": [{\"revision\", \"time\", \"actor\", \"reason\"?, \"changes\": "
                            "[{\"entity\", \"id\",\n\"kind\", \"before\"?, \"after\"?}]}], \"through\": REVISION, "
                            "\"has_more\": BOOLEAN}");
    command->group(store_group);
    command->add_option("--after", arguments_.after, "Only commits after this revision; through of the page before")
        ->type_name("REVISION")
        ->check(whole_number);
    command
        ->add_option("--limit", arguments_.limit,
                     "Commits at most, 1 to 1000 (100); their rows end a page too, at 4 MiB")
        ->type_name("N")
        ->check(whole_number);
    return command;
  }

  void add_history() {
    auto* history_of = add_log("history", "Show what happened to one row, who did it and why", "history ID");
    add_id(history_of, "row, of any kind");
    history_of
        ->add_option("--kind", arguments_.entity,
                     "Only of a row of this kind, should several have the id: environment_integration, integration,\n"
                     "environment, team or grant")
        ->check(entity_name)
        ->type_name("KIND");
    runs(history_of, [this](Session& session) {
      return history(session, arguments_.id, arguments_.entity, arguments_.after, arguments_.limit);
    });
    auto* all_changes = add_log("changes", "Show what happened in the store, oldest first", "changes --after 120");
    runs(all_changes, [this](Session& session) { return changes(session, arguments_.after, arguments_.limit); });
  }

  void add_json() {
    auto* group = add(app_, "json", "Patch and compare documents", R"(json merge '{"a": 1}' '{"b": 2}')");
    group->group(other_group);
    group->require_subcommand(1);

    auto* merge = add(*group, "merge", "Apply a merge patch (RFC 7396)", R"(json merge @config.json '{"a": null}')");
    add_json_argument(merge, "TARGET", arguments_.json, "The document");
    add_json_argument(merge, "PATCH", arguments_.other_json, "The merge patch");
    runs_without_team(merge,
                      [this](Session& session) { return json_merge(session, arguments_.json, arguments_.other_json); });

    auto* patch = add(*group, "patch", "Apply a JSON Patch (RFC 6902), all of it or nothing",
                      R"(json patch @config.json '[{"op": "remove", "path": "/headers/Accept"}]')");
    add_json_argument(patch, "TARGET", arguments_.json, "The document");
    add_json_argument(patch, "PATCH", arguments_.other_json, "The JSON Patch");
    runs_without_team(patch,
                      [this](Session& session) { return json_patch(session, arguments_.json, arguments_.other_json); });

    auto* diff = add(*group, "diff", "Find the merge patch, or JSON Patch, from one document to another",
                     R"(json diff @before.json @after.json)");
    add_json_argument(diff, "FROM", arguments_.json, "The document before");
    add_json_argument(diff, "TO", arguments_.other_json, "The document after");
    diff->add_flag("--json-patch", arguments_.wants_json_patch, "Give a JSON Patch (RFC 6902)");
    runs_without_team(diff, [this](Session& session) {
      return json_diff(session, arguments_.json, arguments_.other_json,
                       arguments_.wants_json_patch ? PatchKind::json_patch : PatchKind::merge_patch);
    });
  }

  void add_store() {
    auto* migrate_it = add(app_, "migrate", "Create the store, or bring its tables up to date",
                           "--store sqlite:/var/lib/host/inlay.db migrate");
    migrate_it->group(store_group);
    runs_without_team(migrate_it, [](Session& session) { return migrate(session); });

    add_compact();

    add_serve();

    auto* show_version = add(app_, "version", "Show the version and the backends of this build", "version");
    show_version->group(other_group);
    runs_without_team(show_version, [](Session& session) { return version(session); });
  }

  void add_serve() {
    ServeArguments& into = arguments_.serve;
    auto* command =
        add(app_, "serve", "Serve the store over HTTP",
            "serve --listen 127.0.0.1:8080 --tokens tokens.txt\n\n"
            "The tokens file has lines of\n"
            "  TOKEN|sha256:HEX ACTOR admin|TEAM_ID [expires=TIME]\n"
            "and nobody else may read it (chmod 600). A token has 32 characters or more (`openssl rand -hex 32`);\n"
            "HEX is its SHA-256 (`printf %s TOKEN | sha256sum`); admin is the host's own administration. A caller\n"
            "sends \"Authorization: Bearer TOKEN\". Without a file every caller is the administration, and only\n"
            "loopback is listened on, or a path of mode 0600.\n\n"
            "GET /healthz needs no token. Each request is a line on standard error. SIGTERM lets what has begun\n"
            "come to its end, for ten seconds; a second one ends it at once. SIGHUP reads the tokens file anew.\n"
            "A socket that systemd hands over is listened at in place of an address, and systemd is told when it\n"
            "is ready, reloads and stops.");
    command->group(store_group);
    command
        ->add_option("--listen", into.listen,
                     "Where to listen (127.0.0.1:8080): ADDRESS:PORT, port 0 being a free one, or unix:PATH")
        ->type_name("WHERE")
        ->check(not_empty);
    command
        ->add_option("--health", into.health,
                     "Answer GET /healthz there as well, and nothing else, whatever the rest is busy with")
        ->type_name("WHERE")
        ->check(not_empty);
    command
        ->add_option("--socket-mode", into.socket_mode,
                     "Who may connect at unix:PATH (0600), here and there, as for chmod")
        ->type_name("MODE")
        ->check(octal_mode);
    command->add_option("--tokens", into.tokens_file, "Who may call")->type_name("FILE")->check(not_empty);
    command
        ->add_option("--max-strangers", into.max_strangers_of_address,
                     "Connections at most of one IP address without a token so far (half of all)")
        ->type_name("N")
        ->check(whole_number);
    command->add_option("--proxy", into.proxies, "An IP address for which that does not hold; may be repeated")
        ->allow_extra_args(false)
        ->type_name("ADDRESS")
        ->check(not_empty);
    command
        ->add_option("--base-path", into.base_path, "Serve below this path, such as /api, which a proxy in front keeps")
        ->type_name("PATH")
        ->check(not_empty);
    command
        ->add_option("--public-path", into.public_path,
                     "What Location and Link show in place of the base path, which a proxy in front\n"
                     "takes off or puts before paths; / for none")
        ->type_name("PATH")
        ->check(not_empty);
    command
        ->add_option("--ask-again-after", into.ask_again_after,
                     "How long a team waits, after a request was denied or revoked, until it may ask\n"
                     "again, such as 12h or 30d; without it, it may at once")
        ->type_name("DURATION")
        ->transform(CLI::Validator(&read_duration, ""));
    add_team_quota(command);
    runs_without_team(command, [this](Session& session) { return serve(session, arguments_.serve); });
  }

  void add_team_quota(CLI::App* command) {
    ServeArguments& into = arguments_.serve;
    command
        ->add_option("--team-rows", into.team_rows,
                     "How many rows each team may have: environments, integrations, installs and requests")
        ->type_name("N")
        ->check(whole_number);
    command
        ->add_option("--team-bytes", into.team_bytes, "How many bytes the configs and overrides of each team may have")
        ->type_name("N")
        ->check(whole_number);
    command
        ->add_option("--team-log-bytes-a-day", into.team_log_bytes_a_day,
                     "How many bytes of rows before and after changes each team may add to the change\n"
                     "log in a day in UTC")
        ->type_name("N")
        ->check(whole_number);
  }

  void add_compact() {
    auto* command = add(app_, "compact", "Forget the oldest part of the change log; rows stay as they are",
                        "compact --keep-days 30\n\n"
                        "One of --through, --keep-days and --vacuum is needed; the last goes with either.\n\n"
                        "An SQLite store also writes over what it forgets, and empties the -wal file beside it. Where\n"
                        "somebody reads the store as it was before, that cannot be done: exit status 1, and the same\n"
                        "command again does it later.");
    command->group(store_group);
    auto* through = command
                        ->add_option("--through", arguments_.compact.through,
                                     "Forget all up to this revision, which the store must have reached")
                        ->type_name("REVISION")
                        ->check(whole_number);
    command
        ->add_option("--keep-days", arguments_.compact.keep_days,
                     "Forget all before the first commit of the last N days; 0 forgets everything")
        ->type_name("N")
        ->check(whole_number)
        ->excludes(through);
    command->add_flag("--vacuum", arguments_.compact.vacuum,
                      "Write an SQLite store's file anew, so that nothing at all is left in it of what was removed;\n"
                      "needs as much room again, and writers wait");
    runs_without_team(command, [this](Session& session) { return compact(session, arguments_.compact); });
  }

  void add_replace_all(CLI::App* command) {
    command->add_flag("--replace", arguments_.transfer.replace,
                      "Throw away what is there, change log and all; without, only an empty store is filled");
  }

  void add_transfer() {
    auto* copy_it = add(app_, "copy", "Copy a whole store into another: rows, ids, versions, times and change log",
                        "copy sqlite:inlay.db postgresql://host/db\n\n"
                        "What is copied is the store at one moment, whatever others write meanwhile. All of it is\n"
                        "copied, or nothing. Both sides export the same bytes then.");
    copy_it->group(store_group);
    copy_it->add_option("FROM", arguments_.transfer.from, "The URL of the store to read; it must be there")
        ->required()
        ->check(not_empty)
        ->type_name("");
    copy_it->add_option("TO", arguments_.transfer.to, "The URL of the store to fill; made if it is not there")
        ->required()
        ->check(not_empty)
        ->type_name("");
    add_replace_all(copy_it);
    runs_without_team(copy_it, [this](Session& session) { return copy(session, arguments_.transfer); });

    auto* export_it = add(app_, "export", "Write the whole store to standard output, a line of JSON for each record",
                          "export > inlay.jsonl\n\n"
                          "The first line says how many follow; rows come entity by entity, then the commits of the\n"
                          "change log. It is the store at one moment, whatever others write meanwhile.");
    export_it->group(store_group);
    runs_without_team(export_it, [](Session& session) { return export_store(session); });

    auto* import_it = add(app_, "import", "Fill the store with what export wrote; all of it, or nothing",
                          "--store sqlite:new.db import inlay.jsonl");
    import_it->group(store_group);
    import_it->add_option("FILE", arguments_.transfer.from, "The file, or - for standard input")
        ->required()
        ->check(not_empty)
        ->type_name("");
    add_replace_all(import_it);
    import_it
        ->add_option("--max-line-bytes", arguments_.transfer.max_line_bytes,
                     "How long a line may be (" + std::to_string(storage::max_line_bytes) +
                         "): more for a store with larger documents, or larger commits")
        ->type_name("N")
        ->check(whole_number);
    runs_without_team(import_it, [this](Session& session) { return import_store(session, arguments_.transfer); });
  }

  void fill_defaults() {
    auto const from_environment = [](char const* name) {
      char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
      return std::string(value == nullptr ? "" : value);
    };
    options_.output = formats.at(output_);
    if (options_.store.empty()) options_.store = from_environment("INLAY_STORE");
    if (options_.store.empty()) options_.store = "sqlite:inlay.db";
    if (options_.actor.empty()) options_.actor = system_user();
  }

  // The command that was named, and how it is called.
  std::pair<CLI::App const*, std::string> deepest() const {
    CLI::App const* at = &app_;
    std::string name = app_.get_name();
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      name.append(1, ' ').append(at->get_name());
    }
    return {at, name};
  }

  // What is wrong with the usage, in words of ours where CLI11 knows only its own, and whose help says what is right.
  std::pair<std::string, std::string> problem(CLI::ParseError const& error) const {
    auto const [at, name] = deepest();
    auto const is = [&](CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); };
    bool const is_too_much = is(CLI::ExitCodes::ExtrasError);
    bool const is_too_little = is(CLI::ExitCodes::RequiredError);
    if (is_too_much || is_too_little) {
      for (auto const& [level, level_name] : {std::pair<CLI::App const*, std::string>{&app_, app_.get_name()},
                                              std::pair<CLI::App const*, std::string>{at, name}}) {
        std::vector<std::string> const rest = level->remaining();
        auto const option = std::find_if(rest.begin(), rest.end(), [](std::string const& argument) {
          return argument.size() > 1 && argument.front() == '-';
        });
        if (option != rest.end()) return {unknown_option(option->substr(0, option->find('=')), level_name), level_name};
        if (rest.empty()) continue;
        if (level->get_require_subcommand_min() > 0) {
          return {"there is no command '" + rest.front() + "' here", level_name};
        }
        if (is_too_much) return {"'" + rest.front() + "' is one argument too many", level_name};
      }
      if (is_too_little && at->get_require_subcommand_min() > 0) return {"a command is missing", name};
    }
    if (is(CLI::ExitCodes::ArgumentMismatch)) {
      std::string const what = error.what();
      std::string const option_name = what.substr(0, what.find(':'));
      auto const* option = at->get_option_no_throw(option_name);
      if (option == nullptr) option = app_.get_option_no_throw(option_name);
      if (option != nullptr) {
        return {option_name +
                    (option->count() > 1 ? " is given more than once" : " needs a value: " + option->get_type_name()),
                where_the_help_is(option_name)};
      }
    }
    std::string const what = error.what();
    if (is(CLI::ExitCodes::ValidationError)) return {what, where_the_help_is(what.substr(0, what.find(':')))};
    return {what, name};
  }

  // The command whose help has the option: the program itself for those that stand before the command.
  std::string where_the_help_is(std::string const& option) const {
    auto const [at, name] = deepest();
    return at->get_option_no_throw(option) == nullptr && app_.get_option_no_throw(option) != nullptr ? app_.get_name()
                                                                                                     : name;
  }

  std::string unknown_option(std::string const& option, std::string const& command) const {
    bool const is_before_command = command == app_.get_name();
    if (!is_before_command && app_.get_option_no_throw(option) != nullptr) {
      return option + " stands before the command: inlay " + option + " ..." + command.substr(app_.get_name().size());
    }
    return "there is no option " + option + (is_before_command ? " before the command" : " here");
  }

  CLI::App app_;
  Options options_;
  std::string output_ = "auto";
  Arguments arguments_;
  std::map<CLI::App const*, Command> commands_;
  std::set<CLI::App const*> knows_no_team_;
};

}  // namespace

int wrong_usage(std::string_view what, std::string_view name) {
  std::cerr << "inlay: " << printable(what) << "\nTry `" << name << " --help`.\n";
  return 2;
}

Invocation read_arguments(int argc, char const* const* argv) {
  // The commands refer to their arguments, which live as long as the program does.
  static Program program;
  return program.read(argc, argv);
}

}  // namespace inlay::cli
