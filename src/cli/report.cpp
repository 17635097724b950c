// SPDX-License-Identifier: BSL-1.0
// `config --all`: the configuration of every install, row by row.
#include "report.hpp"

#include "answers.hpp"
#include "input.hpp"
#include "streamed_answer.hpp"

#include <inlay/json/print.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::cli {
namespace {

/** One place of a configuration, as it was asked for. */
struct Place {
  std::string name;
  json::Pointer pointer;
};

Result<std::vector<Place>> read_places(std::vector<std::string> const& arguments) {
  std::vector<Place> places;
  for (std::string const& argument : arguments) {
    auto pointer = json::Pointer::parse(argument);
    if (pointer.has_error()) return pointer.error();
    for (Place const& place : places) {
      if (place.name == argument) throw UsageError("--pointer " + argument + " is given more than once");
    }
    places.push_back({argument, std::move(*pointer)});
  }
  return places;
}

/** What stands before the configuration in each row. */
struct Column {
  std::string_view name;
  std::string (*text)(ReportedConfig const& row);
  bool is_text;  // in JSON
};

constexpr std::array columns{
    Column{"id", [](ReportedConfig const& row) { return to_string(row.installed.id); }, true},
    Column{"environment_id", [](ReportedConfig const& row) { return to_string(row.environment.id); }, true},
    Column{"environment_name", [](ReportedConfig const& row) { return row.environment.name; }, true},
    Column{"integration_id", [](ReportedConfig const& row) { return to_string(row.integration_id); }, true},
    Column{"integration_name", [](ReportedConfig const& row) { return row.installed.integration_name; }, true},
    Column{"team_id", [](ReportedConfig const& row) { return to_string(row.team.id); }, true},
    Column{"team_name", [](ReportedConfig const& row) { return row.team.name; }, true},
    Column{"is_enabled",
           [](ReportedConfig const& row) { return std::string(row.installed.is_enabled ? "true" : "false"); }, false},
    Column{"version", [](ReportedConfig const& row) { return std::to_string(row.installed.version.value); }, false},
};

constexpr std::string_view whole = "config";

/** Turns rows into one of the forms of an answer. */
class Form {
 public:
  explicit Form(std::vector<Place> places) : places_(std::move(places)) {}
  virtual ~Form() = default;
  Form(Form const&) = delete;
  Form& operator=(Form const&) = delete;

  virtual void begin(std::string& out) { static_cast<void>(out); }
  virtual void add(ReportedConfig const& row, std::string& out) = 0;
  virtual void end(std::string& out) { static_cast<void>(out); }

 protected:
  std::vector<Place> places_;
};

class Lines final : public Form {
 public:
  using Form::Form;

  void add(ReportedConfig const& row, std::string& out) override {
    char separator = '{';
    for (Column const& column : columns) {
      out += std::exchange(separator, ',');
      json::print_string(column.name, out);
      out += ':';
      if (column.is_text) {
        json::print_string(column.text(row), out);
      } else {
        out += column.text(row);
      }
    }
    EffectiveConfig const& config = row.installed.config;
    if (places_.empty()) {
      out.append(",\"").append(whole).append("\":").append(config.text()).append("}\n");
      return;
    }
    out += R"(,"values":{)";
    std::string_view next;
    for (Place const& place : places_) {
      auto const node = config.find(place.pointer);
      if (!node) continue;
      out += std::exchange(next, ",");
      json::print_string(place.name, out);
      out.append(":").append(node->text());
    }
    out += "}}\n";
  }
};

/** RFC 4180. What is absent is an empty field without quotes, and null the word without quotes; a text that is empty,
    or that word, has them. */
class Csv final : public Form {
 public:
  using Form::Form;

  void begin(std::string& out) override {
    std::string_view next;
    for (Column const& column : columns) {
      out += std::exchange(next, ",");
      add_text(column.name, out);
    }
    if (places_.empty()) out.append(",").append(whole);
    for (Place const& place : places_) {
      out += ',';
      add_text(place.name, out);
    }
    out += line_end;
  }

  void add(ReportedConfig const& row, std::string& out) override {
    std::string_view next;
    for (Column const& column : columns) {
      out += std::exchange(next, ",");
      add_text(column.text(row), out);
    }
    EffectiveConfig const& config = row.installed.config;
    if (places_.empty()) {
      out += ',';
      add_field(config.text(), out);
    }
    for (Place const& place : places_) {
      out += ',';
      auto const node = config.find(place.pointer);
      if (!node) continue;
      if (auto const text = node->as<std::string>(); text.has_value()) {
        add_text(*text, out);
      } else {
        add_field(node->text(), out);
      }
    }
    out += line_end;
  }

 private:
  static constexpr std::string_view line_end = "\r\n";

  static void add_quoted(std::string_view text, std::string& out) {
    out += '"';
    for (char const character : text) {
      if (character == '"') out += '"';
      out += character;
    }
    out += '"';
  }

  static void add_field(std::string_view text, std::string& out) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      out += text;
    } else {
      add_quoted(text, out);
    }
  }

  static void add_text(std::string_view text, std::string& out) {
    if (text.empty() || text == "null") {
      add_quoted(text, out);
    } else {
      add_field(text, out);
    }
  }
};

/** For people: names first, and what is too wide is cut off. */
class Lined final : public Form {
 public:
  Lined(std::vector<Place> places, Style style) : Form(std::move(places)), table_(headings(places_), style) {}

  void add(ReportedConfig const& row, std::string& out) override {
    std::vector<Cell> cells{{row.team.name, Tone::name},
                            {row.environment.name, Tone::name},
                            {row.installed.integration_name, Tone::name},
                            row.installed.is_enabled ? Cell{"true", Tone::good} : Cell{"false", Tone::faint},
                            {std::to_string(row.installed.version.value), Tone::plain}};
    EffectiveConfig const& config = row.installed.config;
    if (places_.empty()) cells.push_back({config.text(), Tone::plain});
    for (Place const& place : places_) {
      auto const node = config.find(place.pointer);
      boost::json::value const value = node ? node->to_value() : boost::json::value();
      cells.push_back(cell_of(node ? &value : nullptr));
    }
    cells.push_back({to_string(row.installed.id), Tone::plain});
    table_.add(std::move(cells));
    if (++rows_ == rows_at_once) end(out);
  }

  void end(std::string& out) override {
    if (rows_ == 0 && has_titles_) return;
    out += table_.take_text();
    has_titles_ = true;
    rows_ = 0;
  }

 private:
  static constexpr std::size_t rows_at_once = 100;

  static std::vector<Heading> headings(std::vector<Place> const& places) {
    std::vector<Heading> all{
        {"TEAM"}, {"ENVIRONMENT"}, {"INTEGRATION"}, {"ENABLED", Fit::whole}, {"VERSION", Fit::spare}};
    if (places.empty()) all.push_back({"CONFIG"});
    for (Place const& place : places) all.push_back({place.name});
    all.push_back({"ID", Fit::id});
    return all;
  }

  Table table_;
  std::size_t rows_ = 0;
  bool has_titles_ = false;
};

std::unique_ptr<Form> form_of(Output const& output, std::vector<Place> places) {
  if (output.is_csv()) return std::make_unique<Csv>(std::move(places));
  if (output.is_json()) return std::make_unique<Lines>(std::move(places));
  return std::make_unique<Lined>(std::move(places), output.style());
}

}  // namespace

Result<void> report(Session& session, ReportArguments const& arguments) {
  auto places = read_places(arguments.pointers);
  if (places.has_error()) return places.error();
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  Query<InstalledIntegration> query{.limit = 100};
  if (!arguments.environment.empty()) {
    auto const id = find_row<Environment>(session, *catalog, arguments.environment, Access::read);
    if (id.has_error()) return id.error();
    query.where.push_back({"environment_id", Operator::eq, {id->uuid}});
  }
  if (!arguments.integration.empty()) {
    auto const id = find_row<Integration>(session, *catalog, arguments.integration, Access::read);
    if (id.has_error()) return id.error();
    query.where.push_back({"integration_id", Operator::eq, {id->uuid}});
  }

  bool const is_for_people = !session.output.is_csv() && !session.output.is_json();
  StreamedAnswer answer("the report", is_for_people ? StreamedAnswer::Text::printable : StreamedAnswer::Text::records);
  auto const form = form_of(session.output, std::move(*places));
  form->begin(answer.text());
  auto const read = catalog->for_each_config(std::move(query), [&](ReportedConfig const& row) {
    form->add(row, answer.text());
    return answer.go_on();
  });
  if (answer.nobody_reads()) return {};
  if (read.has_error()) return read.error();
  form->end(answer.text());
  auto const written = answer.flush();
  return answer.nobody_reads() ? Result<void>() : written;
}

}  // namespace inlay::cli
