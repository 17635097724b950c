// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/borrowed_config.hpp>

#include <inlay/json/pointer.hpp>

#include <support/catch.hpp>
#include <support/layers.hpp>

#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

Layer layer(std::string_view name, std::string_view text) {
  return {std::string(name), LayerKind::merge_patch, Document::parse(text).value()};
}

template <class Config, class Given>
concept CanBorrow = requires {
  std::declval<Config>().borrowed_with(std::declval<Given>());
};
template <class Config>
concept CanReadRoot = requires {
  std::declval<Config>().root();
};

}  // namespace

// What would be borrowed from a temporary does not compile.
static_assert(CanBorrow<EffectiveConfig const&, Layer const&> && CanBorrow<EffectiveConfig&, Layer&>);
static_assert(!CanBorrow<EffectiveConfig, Layer const&>);
static_assert(!CanBorrow<EffectiveConfig const&, Layer> && !CanBorrow<EffectiveConfig, Layer>);
static_assert(CanBorrow<BorrowedConfig, Layer const&> && !CanBorrow<BorrowedConfig, Layer>);
static_assert(CanReadRoot<BorrowedConfig const&> && !CanReadRoot<BorrowedConfig>);

TEST_CASE("a layer that is laid over a configuration comes to what all of them come to") {
  auto const held = test::config({R"({"a":{"b":1,"c":[1,null]},"d":null})", R"({"a":{"b":2,"e":3}})"});
  for (auto const* const text : {"{}", R"({"a":{"b":null,"f":{}}})", R"({"a":7})", R"({"d":{"x":null},"z":"new"})"}) {
    INFO(text);
    auto const top = layer("request", text);
    auto layers = held.layers();
    layers.push_back(top);
    auto const all = EffectiveConfig::from(layers).value();
    auto const owning = held.with(top).value();
    auto const borrowed = held.borrowed_with(top).value();
    CHECK(owning.layers() == layers);
    CHECK(owning.text() == all.text());
    CHECK(borrowed.text() == all.text());
    CHECK(borrowed.to_value() == all.to_value());
    std::string out = "x";
    borrowed.write(out);
    CHECK(out == "x" + all.text());
    CHECK(borrowed.root().size() == all.root().size());
    CHECK(borrowed.find("/a/b").has_value() == all.find("/a/b").has_value());
    CHECK(borrowed.find(json::Pointer::parse("/z").value()).has_value() == all.find("/z").has_value());
    CHECK(held.text() == R"({"a":{"b":2,"c":[1,null],"e":3},"d":null})");
  }
}

TEST_CASE("what is borrowed can be borrowed from again, and outlived by what was read from it") {
  auto const held = test::config({R"({"a":{"b":"one","c":"two"}})"});
  auto const first = layer("first", R"({"a":{"b":"three"}})");
  auto const second = layer("second", R"({"a":{"d":"four"}})");
  auto const borrowed = held.borrowed_with(first).value().borrowed_with(second).value();
  CHECK(borrowed.text() == R"({"a":{"b":"three","c":"two","d":"four"}})");
  auto const view = held.borrowed_with(first).value().get<std::string_view>("/a/b").value();
  CHECK(view == "three");
  auto const node = held.borrowed_with(second).value().find("/a/d");
  CHECK(node->text() == R"("four")");
  CHECK(held.with(first).value().with(second).value().text() == borrowed.text());
}

TEST_CASE("more layers than a node holds in itself can be laid over each other") {
  auto config = test::config({R"({"n":0})"});
  std::vector<Layer> layers;
  for (int i = 1; i != 12; ++i) layers.push_back(layer("layer", R"({"n":)" + std::to_string(i) + "}"));
  for (auto const& one : layers) {
    auto const expected = config.with(one).value();
    CHECK(config.borrowed_with(one).value().text() == expected.text());
    config = expected;
  }
  CHECK(config.get<int>("/n").value() == 11);
}

TEST_CASE("what from() refuses of a layer is refused of one that is laid over a configuration") {
  auto const held = test::config({"{}"});
  Layer const base{"second base", LayerKind::base, Document()};
  Layer const broken{"broken", LayerKind::merge_patch, Document::from_stored("[]")};
  for (auto const& error : {held.with(base).error(), held.borrowed_with(base).error()}) {
    CHECK(error.kind == ErrorKind::invalid_argument);
    CHECK(error.message == "layer 'second base' is of kind base, which only the lowest layer can be");
  }
  for (auto const& error : {held.with(broken).error(), held.borrowed_with(broken).error()}) {
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK(error.message.starts_with("layer 'broken': "));
  }
}

TEST_CASE("threads lay layers of their own over one configuration, and read") {
  auto const held = test::config({R"({"rate_limit":10,"headers":{"a":"b"}})"});
  std::vector<std::thread> threads;
  std::vector<int> sums(4);
  for (std::size_t i = 0; i != sums.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n != 200; ++n) {
        auto const own = layer("request", R"({"rate_limit":)" + std::to_string(n) + "}");
        sums[i] += held.borrowed_with(own).value().get_or("/rate_limit", -1).value();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(sums == std::vector<int>(4, 199 * 100));
}
