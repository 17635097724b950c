// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/effective_config.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <generate.hpp>
#include <nlohmann/json.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Effective configurations, beside what people would use instead: a copy of the default, with the override merged into
// it. Names: what is done / who does it / the sizes of the default and the override.

namespace {

using namespace inlay;

std::vector<Layer> layers_of(std::string_view base, std::string_view override_text) {
  return {{"integration", LayerKind::base, Document::parse(base, json::no_limits).value()},
          {"environment", LayerKind::merge_patch, Document::parse(override_text, json::no_limits).value()}};
}

/** The same with the override as a store gives it: a row's text, of which nobody has asked for the values. */
std::vector<Layer> layers_with_row(std::string_view base, std::string_view override_text) {
  auto layers = layers_of(base, override_text);
  layers[1].document = Document::from_stored(std::string(layers[1].document.text()));
  return layers;
}

/** RFC 7396 as one writes it for Boost.JSON by hand. */
void merge(boost::json::value& target, boost::json::value const& patch) {
  auto const* const changes = patch.if_object();
  if (changes == nullptr) {
    target = patch;
    return;
  }
  if (!target.is_object()) target.emplace_object();
  auto& members = target.get_object();
  for (auto const& [name, value] : *changes) {
    if (value.is_null()) {
      members.erase(name);
    } else {
      merge(members[name], value);
    }
  }
}

using RapidValue = rapidjson::Value;
using RapidAllocator = rapidjson::Document::AllocatorType;

/** The same for RapidJSON, which has no merge patch either; names and strings stay where they are. */
void merge(RapidValue& target, RapidValue& patch, RapidAllocator& allocator) {
  if (!patch.IsObject()) {
    target = patch;
    return;
  }
  if (!target.IsObject()) target.SetObject();
  for (auto& change : patch.GetObject()) {
    auto const member = target.FindMember(change.name);
    if (change.value.IsNull()) {
      if (member != target.MemberEnd()) target.EraseMember(member);
    } else if (member != target.MemberEnd()) {
      merge(member->value, change.value, allocator);
    } else {
      RapidValue fresh;
      merge(fresh, change.value, allocator);
      target.AddMember(change.name, fresh, allocator);
    }
  }
}

/** The same, leaving the patch as it is. */
void merge_copy(RapidValue& target, RapidValue const& patch, RapidAllocator& allocator) {
  if (!patch.IsObject()) {
    target.CopyFrom(patch, allocator);
    return;
  }
  if (!target.IsObject()) target.SetObject();
  for (auto const& change : patch.GetObject()) {
    auto const member = target.FindMember(change.name);
    if (change.value.IsNull()) {
      if (member != target.MemberEnd()) target.EraseMember(member);
    } else if (member != target.MemberEnd()) {
      merge_copy(member->value, change.value, allocator);
    } else {
      RapidValue name(change.name, allocator);
      RapidValue fresh;
      merge_copy(fresh, change.value, allocator);
      target.AddMember(name, fresh, allocator);
    }
  }
}

std::string rapidjson_text(rapidjson::Document const& document) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  document.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

void report_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}

template <class Work>
void add(std::string const& what, benchmarks::Workload const& workload, Work work) {
  benchmark::RegisterBenchmark((what + "/" + workload.name).c_str(), std::move(work));
}

/** An effective configuration to read from, out of held documents. */
void register_make(benchmarks::Workload const& workload) {
  auto const base = benchmarks::generate_config(workload.base_bytes);
  auto const change = benchmarks::generate_override(workload);
  add("make/inlay", workload, [layers = layers_of(base, change)](benchmark::State& state) {
    // as a host has them: two documents, from which the layers are made each time
    for (auto _ : state) {
      std::vector<Layer> mine;
      mine.reserve(2);
      mine.push_back({"integration", LayerKind::base, layers[0].document});
      mine.push_back({"environment", LayerKind::merge_patch, layers[1].document});
      benchmark::DoNotOptimize(EffectiveConfig::from(std::move(mine)));
    }
  });
  add("make/nlohmann", workload,
      [base = nlohmann::json::parse(base), patch = nlohmann::json::parse(change)](benchmark::State& state) {
        for (auto _ : state) {
          auto copy = base;
          copy.merge_patch(patch);
          benchmark::DoNotOptimize(copy);
        }
      });
  add("make/boost", workload,
      [base = boost::json::parse(base), patch = boost::json::parse(change)](benchmark::State& state) {
        for (auto _ : state) {
          auto copy = base;
          merge(copy, patch);
          benchmark::DoNotOptimize(copy);
        }
      });
  add("make/boost_arena", workload,
      [base = boost::json::parse(base), patch = boost::json::parse(change)](benchmark::State& state) {
        for (auto _ : state) {
          boost::json::monotonic_resource arena;
          boost::json::value copy(base, &arena);
          merge(copy, patch);
          benchmark::DoNotOptimize(copy);
        }
      });
  add("make/rapidjson", workload, [base, change](benchmark::State& state) {
    rapidjson::Document held;
    held.Parse(base.c_str());
    rapidjson::Document patch;
    patch.Parse(change.c_str());
    for (auto _ : state) {
      rapidjson::Document copy;
      copy.CopyFrom(held, copy.GetAllocator());
      rapidjson::Document patch_copy(&copy.GetAllocator());
      patch_copy.CopyFrom(patch, copy.GetAllocator());
      merge(copy, patch_copy, copy.GetAllocator());
      benchmark::DoNotOptimize(copy);
    }
  });
}

/** One value, three levels down. */
void register_find(benchmarks::Workload const& workload) {
  auto const base = benchmarks::generate_config(workload.base_bytes);
  auto const view = EffectiveConfig::from(layers_of(base, benchmarks::generate_override(workload))).value();
  auto const row = EffectiveConfig::from(layers_with_row(base, benchmarks::generate_override(workload))).value();
  auto const merged = view.to_value();
  boost::json::error_code error;
  struct Place {
    char const* name;
    std::string pointer;
  };
  for (auto const& [name, pointer] :
       {Place{"overridden", "/resources/resource_0/list/path"}, Place{"untouched", "/authorization/config/scope"}}) {
    if (merged.find_pointer(pointer, error) == nullptr) throw std::logic_error("there is no " + pointer);
    auto const parsed = json::Pointer::parse(pointer).value();
    auto const prefix = std::string("find_") + name;
    add(prefix + "/inlay", workload, [view, pointer = pointer](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(view.find(std::string_view(pointer)));
    });
    add(prefix + "/inlay_row", workload, [row, pointer = pointer](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(row.find(std::string_view(pointer)));
    });
    add(prefix + "/inlay_row_get", workload, [row, pointer = pointer](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(row.get<std::string_view>(pointer));
    });
    add(prefix + "/inlay_parsed", workload, [view, parsed](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(view.find(parsed));
    });
    add(prefix + "/inlay_get", workload, [view, pointer = pointer](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(view.get<std::string_view>(pointer));
    });
    add(prefix + "/limit_boost_merged", workload, [merged, pointer = pointer](benchmark::State& state) {
      boost::json::error_code ignored;
      for (auto _ : state) benchmark::DoNotOptimize(merged.find_pointer(pointer, ignored));
    });
    add(prefix + "/limit_boost_merged_parsed", workload, [merged, parsed](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(json::find(merged, parsed));
    });
  }
}

/** A merge patch applied to a held document, which is then changed back by another: members are replaced, removed and
    added in turn. */
void register_merge_in_place(benchmarks::Workload const& workload) {
  auto const base = benchmarks::generate_config(workload.base_bytes);
  auto const there = benchmarks::generate_override(workload);
  auto const back = benchmarks::generate_override_back(workload);
  add("merge_in_place/inlay", workload,
      [base = json::parse(base, json::no_limits).value(), there = json::parse(there).value(),
       back = json::parse(back).value()](benchmark::State& state) {
        auto held = base;
        for (auto _ : state) {
          json::merge_patch::apply(held, there);
          json::merge_patch::apply(held, back);
        }
      });
  add("merge_in_place/nlohmann", workload,
      [base = nlohmann::json::parse(base), there = nlohmann::json::parse(there),
       back = nlohmann::json::parse(back)](benchmark::State& state) {
        auto held = base;
        for (auto _ : state) {
          held.merge_patch(there);
          held.merge_patch(back);
        }
      });
  add("merge_in_place/boost", workload,
      [base = boost::json::parse(base), there = boost::json::parse(there),
       back = boost::json::parse(back)](benchmark::State& state) {
        auto held = base;
        for (auto _ : state) {
          merge(held, there);
          merge(held, back);
        }
      });
  // Its strings stay where the patch has them, so that the patch has to outlive the document.
  add("merge_in_place/rapidjson", workload, [base, there, back](benchmark::State& state) {
    rapidjson::Document held;
    held.Parse(base.c_str());
    rapidjson::Document patch;
    patch.Parse(there.c_str());
    rapidjson::Document patch_back;
    patch_back.Parse(back.c_str());
    for (auto _ : state) {
      merge_copy(held, patch, held.GetAllocator());
      merge_copy(held, patch_back, held.GetAllocator());
    }
  });
}

/** The whole configuration as text. */
void register_text(benchmarks::Workload const& workload) {
  auto const base = benchmarks::generate_config(workload.base_bytes);
  auto const change = benchmarks::generate_override(workload);
  auto const layers = layers_of(base, change);
  auto const result = EffectiveConfig::from(layers).value().text();
  if (boost::json::parse(result) != EffectiveConfig::from(layers).value().to_value()) {
    throw std::logic_error("the text written from spans is wrong");
  }
  add("text/inlay", workload, [layers, size = result.size()](benchmark::State& state) {
    auto const view = EffectiveConfig::from(layers).value();
    for (auto _ : state) benchmark::DoNotOptimize(view.text());
    report_bytes(state, size);
  });
  add("text/inlay_row_held", workload,
      [layers = layers_with_row(base, change), size = result.size()](benchmark::State& state) {
        auto const view = EffectiveConfig::from(layers).value();
        for (auto _ : state) benchmark::DoNotOptimize(view.text());
        report_bytes(state, size);
      });
  add("text/inlay_into_kept_buffer", workload, [layers, size = result.size()](benchmark::State& state) {
    auto const view = EffectiveConfig::from(layers).value();
    std::string out;
    for (auto _ : state) {
      out.clear();
      view.write(out);
      benchmark::DoNotOptimize(out.data());
    }
    report_bytes(state, size);
  });
  // the override as a caller gives it
  add("text/inlay_override_from_text", workload, [layers, change, size = result.size()](benchmark::State& state) {
    for (auto _ : state) {
      auto const over = Document::parse(change, json::no_limits).value();
      auto const view = EffectiveConfig::from({layers[0], {"environment", LayerKind::merge_patch, over}}).value();
      benchmark::DoNotOptimize(view.text());
    }
    report_bytes(state, size);
  });
  // the override as a store gives it: a row's text, canonical, looked at for this one use
  add("text/inlay_override_from_row", workload, [layers, size = result.size()](benchmark::State& state) {
    std::string const row(layers[1].document.text());
    for (auto _ : state) {
      auto const over = Document::from_stored(row);
      auto const view = EffectiveConfig::from({layers[0], {"environment", LayerKind::merge_patch, over}}).value();
      benchmark::DoNotOptimize(view.text());
    }
    report_bytes(state, size);
  });
  add("text/limit_memcpy", workload, [result](benchmark::State& state) {
    std::vector<char> out(result.size());
    for (auto _ : state) {
      std::memcpy(out.data(), result.data(), result.size());
      benchmark::DoNotOptimize(out.data());
      benchmark::ClobberMemory();
    }
    report_bytes(state, result.size());
  });
  add("text/nlohmann_held", workload,
      [base = nlohmann::json::parse(base), patch = nlohmann::json::parse(change)](benchmark::State& state) {
        for (auto _ : state) {
          auto copy = base;
          copy.merge_patch(patch);
          benchmark::DoNotOptimize(copy.dump());
        }
      });
  add("text/nlohmann_from_text", workload, [base, change](benchmark::State& state) {
    for (auto _ : state) {
      auto value = nlohmann::json::parse(base);
      value.merge_patch(nlohmann::json::parse(change));
      benchmark::DoNotOptimize(value.dump());
    }
  });
  add("text/boost_from_text", workload, [base, change](benchmark::State& state) {
    for (auto _ : state) {
      auto value = boost::json::parse(base);
      merge(value, boost::json::parse(change));
      benchmark::DoNotOptimize(boost::json::serialize(value));
    }
  });
  add("text/rapidjson_from_text", workload, [base, change](benchmark::State& state) {
    for (auto _ : state) {
      rapidjson::Document value;
      value.Parse(base.c_str());
      rapidjson::Document patch(&value.GetAllocator());
      patch.Parse(change.c_str());
      merge(value, patch, value.GetAllocator());
      benchmark::DoNotOptimize(rapidjson_text(value));
    }
  });
}

[[maybe_unused]] bool const registered = [] {
  for (auto const& workload : benchmarks::workloads) register_make(workload);
  for (auto const& workload : benchmarks::workloads) register_find(workload);
  for (auto const& workload : benchmarks::workloads) register_merge_in_place(workload);
  for (auto const& workload : benchmarks::workloads) register_text(workload);
  return true;
}();

}  // namespace
