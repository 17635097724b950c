// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_ANSWERS_HPP
#define INLAY_SRC_REST_ANSWERS_HPP

// The JSON of what this resource alone answers (described_json.hpp); the rest is in catalog/internal/answer_json.hpp.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/internal/answer_json.hpp>

namespace inlay::rest {

/** RFC 9457. */
struct Problem {
  std::string_view type{};
  std::string_view title{};
  int status{};
  std::string_view detail{};
  std::string_view kind{};
  model::Inlined<answers::ErrorFacts> facts{};
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, detail, kind, facts))

/** Of which install a configuration is, and in which state. */
struct ConfigOrigin {
  Id<EnvironmentIntegration> id{};
  std::string_view integration_name{};
  bool is_enabled{};
  bool show_in_catalog{};
  Version version{};
  Birth birth{};
  Version integration_version{};
  Birth integration_birth{};

  [[nodiscard]] static ConfigOrigin of(InstalledConfig const& found) {
    return {found.id,    found.integration_name,    found.is_enabled,       found.show_in_catalog, found.version,
            found.birth, found.integration_version, found.integration_birth};
  }
};
BOOST_DESCRIBE_STRUCT(ConfigOrigin, (),
                      (id, integration_name, is_enabled, show_in_catalog, version, birth, integration_version,
                       integration_birth))

/** The page of an explanation that goes with a configuration, where one was asked for. */
struct ConfigExplanation {
  std::optional<answers::Leaves> explanation{};
  std::optional<answers::NextCursor> next_cursor{};
};
BOOST_DESCRIBE_STRUCT(ConfigExplanation, (), (explanation, next_cursor))

/** The effective configuration, when no pointer was given. */
struct EffectiveConfigWhole {
  model::Inlined<ConfigOrigin> origin{};
  model::JsonWriter config{};
  model::Inlined<ConfigExplanation> explanation{};
};
BOOST_DESCRIBE_STRUCT(EffectiveConfigWhole, (), (origin, config, explanation))

/** The same, when a pointer was given. */
struct EffectiveConfigValue {
  model::Inlined<ConfigOrigin> origin{};
  std::string_view pointer{};
  std::optional<model::JsonWriter> value{};
  model::Inlined<ConfigExplanation> explanation{};
};
BOOST_DESCRIBE_STRUCT(EffectiveConfigValue, (), (origin, pointer, value, explanation))

}  // namespace inlay::rest

#endif
