// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/effective_config.hpp>

#include <inlay/json/equal.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>
#include <inlay/page_bytes.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

json::Pointer at(std::string_view pointer) { return json::Pointer::parse(pointer).value(); }

std::string shown(Contribution const& contribution) {
  return contribution.layer + "=" + contribution.json.value_or("-");
}

// "present|contributors|pointer winner < shadowed < shadowed|..."
std::string explained(EffectiveConfig const& view, std::string_view pointer) {
  auto const explanation = view.explain(at(pointer));
  REQUIRE_FALSE(explanation.next);
  std::string result = explanation.present ? "present:" : "absent:";
  for (auto const& name : explanation.contributors) result += " " + name;
  for (auto const& leaf : explanation.leaves) {
    result += " | " + leaf.pointer + " " + shown(leaf.winner);
    for (auto const& shadowed : leaf.shadowed) result += " < " + shown(shadowed);
  }
  return result;
}

std::string shown(ConfigDifferences const& found) {
  REQUIRE_FALSE(found.next);
  std::string result;
  for (auto const& difference : found.items) {
    result += (result.empty() ? "" : " | ") + difference.pointer + " " + difference.before.value_or("-") + " > " +
              difference.after.value_or("-");
  }
  return result;
}

/** One that is larger than documents usually may be. */
EffectiveConfig large_config(boost::json::object const& values) {
  return EffectiveConfig::from({{"base", LayerKind::base, Document::from(values, json::no_limits).value()}}).value();
}

std::vector<LeafOrigin> all_leaves(EffectiveConfig const& view) {
  auto page = view.explain();
  auto leaves = page.leaves;
  while (page.next) {
    page = view.explain({}, *page.next).value();
    leaves.insert(leaves.end(), page.leaves.begin(), page.leaves.end());
  }
  return leaves;
}

std::vector<ConfigDifference> all_differences(EffectiveConfig const& before, EffectiveConfig const& after) {
  auto page = differences(before, after);
  auto found = page.items;
  while (page.next) {
    page = differences(before, after, *page.next).value();
    found.insert(found.end(), page.items.begin(), page.items.end());
  }
  return found;
}

template <class Config>
concept CanReadRoot = requires {
  std::declval<Config>().root();
};
template <class Config>
concept CanReadLayers = requires {
  std::declval<Config>().layers();
};
template <class Config, class Pointer>
concept CanFind = requires {
  std::declval<Config>().find(std::declval<Pointer>());
};
template <class Config, class T>
concept CanGet = requires {
  std::declval<Config>().template get<T>(std::string_view());
}
&&requires { std::declval<Config>().template get<T>(json::Pointer()); };

}  // namespace

// A read of a temporary that could dangle does not compile; one that gives a value of its own does.
static_assert(CanReadRoot<EffectiveConfig const&> && !CanReadRoot<EffectiveConfig>);
static_assert(CanReadLayers<EffectiveConfig const&> && !CanReadLayers<EffectiveConfig>);
static_assert(CanFind<EffectiveConfig const&, std::string_view> && !CanFind<EffectiveConfig, std::string_view>);
static_assert(CanFind<EffectiveConfig const&, json::Pointer> && !CanFind<EffectiveConfig, json::Pointer>);
static_assert(CanGet<EffectiveConfig const&, std::string_view> && !CanGet<EffectiveConfig, std::string_view>);
static_assert(!CanGet<EffectiveConfig, std::optional<std::string_view>>);
static_assert(CanGet<EffectiveConfig, std::string> && CanGet<EffectiveConfig, int>);

TEST_CASE("an effective configuration has one base, the lowest layer") {
  CHECK(EffectiveConfig::from({}).error().kind == ErrorKind::invalid_argument);
  auto layers = test::layers({"{}", "{}"});
  CHECK(EffectiveConfig::from({layers[1], layers[0]}).error().kind == ErrorKind::invalid_argument);
  auto const two_bases = EffectiveConfig::from({layers[0], layers[1], layers[0]});
  CHECK(two_bases.error().kind == ErrorKind::invalid_argument);
  CHECK(two_bases.error().message == "layer 'base' is of kind base, which only the lowest layer can be");
  auto const view = EffectiveConfig::from(layers).value();
  CHECK(view.layers() == layers);
}

TEST_CASE("a layer whose stored text is no object is named") {
  auto layers = test::layers({"{}", "{}"});
  layers[1].document = Document::from_stored("{\"a\":");
  auto const result = EffectiveConfig::from(layers);
  CHECK(result.error().kind == ErrorKind::corrupt);
  CHECK(result.error().message.starts_with("layer 'layer 1': "));
}

TEST_CASE("the example of the design: merge patches do not compose") {
  CHECK(test::config({R"({"x":{"k":1}})", R"({"x":5})", R"({"x":{"m":2}})"}).text() == R"({"x":{"m":2}})");
}

TEST_CASE("what an override's three words mean") {
  auto const base = R"({"a":1,"o":{"p":1,"q":2}})";
  CHECK(test::config({base, R"({"a":2,"o":{"q":3}})"}).text() == R"({"a":2,"o":{"p":1,"q":3}})");
  CHECK(test::config({base, R"({"a":null,"o":{"q":null}})"}).text() == R"({"o":{"p":1}})");
  CHECK(test::config({base, "{}"}).text() == base);
  CHECK(test::config({base, R"({"a":{}})"}).text() == R"({"a":{},"o":{"p":1,"q":2}})");
}

TEST_CASE("find goes through members and array elements") {
  auto const view =
      test::config({R"({"a":{"b":[10,{"c":null}]},"~/":{"":5},"s":"x"})", R"({"a":{"d":null,"e":{"f":6}}})"});
  auto const text = [&view](std::string_view pointer) {
    auto const node = view.find(pointer);
    return node ? node->text() : "nothing";
  };
  CHECK(text("") == view.text());
  CHECK(text("/a/b/0") == "10");
  CHECK(text("/a/b/1/c") == "null");
  CHECK(text("/a/e") == R"({"f":6})");
  CHECK(text("/~0~1/") == "5");
  for (auto const* absent :
       {"/a/b/2", "/a/b/-", "/a/b/00", "/a/b/1/d", "/a/d", "/a/e/f/g", "/s/0", "/", "/a/", "/nobody"}) {
    CAPTURE(absent);
    CHECK(text(absent) == "nothing");
    CHECK_FALSE(view.find(at(absent)));
  }
  for (auto const* no_pointer : {"a", "a/b", "/~", "/~2", "/~0~1/~"}) {
    CAPTURE(no_pointer);
    CHECK_FALSE(view.find(no_pointer));
    CHECK(view.get<int>(no_pointer).error().kind == ErrorKind::invalid_argument);
    CHECK(view.get<std::optional<int>>(no_pointer).error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("a name with escapes is found however long it is") {
  for (std::size_t const size : {1U, 127U, 128U, 129U, 1000U}) {
    std::string const name(size, '~');
    boost::json::object values;
    values[name] = size;
    auto const view = EffectiveConfig::from({{"base", LayerKind::base, Document::from(values).value()}}).value();
    json::Pointer const pointer({name});
    CHECK(view.get<std::size_t>(to_string(pointer)).value() == size);
    CHECK(view.get<std::size_t>(pointer).value() == size);
  }
}

TEST_CASE("get says where it failed") {
  auto const view = test::config({R"({"a":{"b":"text"},"n":null})"});
  CHECK(view.get<std::string>("/a/b").value() == "text");
  auto const absent = view.get<std::string>("/a/c");
  CHECK(absent.error().kind == ErrorKind::not_found);
  CHECK(absent.error().pointer == "/a/c");
  CHECK(view.get<bool>(at("/a/c")).error() == Error{ErrorKind::not_found, "there is no value here", "/a/c"});
  auto const other = view.get<bool>("/a/b");
  CHECK(other.error().kind == ErrorKind::invalid_argument);
  CHECK(other.error().pointer == "/a/b");
  CHECK(view.get<std::optional<bool>>("/a/c").value() == std::nullopt);
  CHECK(view.get<std::optional<bool>>("/n").value() == std::nullopt);
  CHECK(view.get<std::optional<bool>>("/a/b").error().pointer == "/a/b");
}

TEST_CASE("a copy of a view, and what was found in it, outlive the view") {
  auto view = std::make_unique<EffectiveConfig>(test::config({R"({"a":{"b":1}})", R"({"a":{"c":2}})"}));
  auto const copy = *view;
  auto const node = view->find("/a").value();
  view.reset();
  CHECK(node.text() == R"({"b":1,"c":2})");
  CHECK(copy.text() == R"({"a":{"b":1,"c":2}})");
}

TEST_CASE("explain names the winner of every leaf and what it shadows") {
  auto const view = test::config({R"({"url":"d","headers":{"A":"1","B":"2"},"l":[1]})",
                                  R"({"url":"e","headers":{"C":"3"}})", R"({"headers":{"A":"9","B":null},"l":[2]})"});
  CHECK(explained(view, "") ==
        "present: layer 2 layer 1 base"
        R"( | /url layer 1="e" < base="d")"
        R"( | /headers/A layer 2="9" < base="1")"
        R"( | /headers/B layer 2=- < base="2")"
        R"( | /headers/C layer 1="3")"
        " | /l layer 2=[2] < base=[1]");
  CHECK(explained(view, "/headers/C") == R"(present: layer 1 | /headers/C layer 1="3")");
  CHECK(explained(view, "/headers") ==
        "present: layer 2 layer 1 base"
        R"( | /headers/A layer 2="9" < base="1" | /headers/B layer 2=- < base="2" | /headers/C layer 1="3")");
}

TEST_CASE("explain says who removed what is absent, or that nobody has it") {
  auto const view = test::config({R"({"a":{"x":{"y":1}},"b":{"z":2},"n":null})", R"({"a":null,"b":5,"t":null})"});
  CHECK(explained(view, "/a") == R"(absent: layer 1 | /a layer 1=- < base={"x":{"y":1}})");
  CHECK(explained(view, "/a/x") == R"(absent: layer 1 | /a/x layer 1=- < base={"y":1})");
  CHECK(explained(view, "/b/z") == "absent: layer 1 | /b/z layer 1=- < base=2");
  CHECK(explained(view, "/t") == "absent: layer 1 | /t layer 1=-");
  CHECK(explained(view, "/a/nobody") == "absent:");
  CHECK(explained(view, "/nobody") == "absent:");
  CHECK(explained(view, "/n") == "present: base | /n base=null");
  CHECK(explained(view, "") == R"(present: layer 1 base | /a layer 1=- < base={"x":{"y":1}})"
                               R"( | /b layer 1=5 < base={"z":2} | /n base=null | /t layer 1=-)");
}

TEST_CASE("explain keeps to what an object starts from anew") {
  auto const view = test::config({R"({"o":{"k":1}})", R"({"o":5})", R"({"o":{"m":2}})"});
  CHECK(
      explained(view, "/o") ==
      R"(present: layer 2 | /o layer 2={"m":2} < layer 1=5 < base={"k":1} | /o/k layer 1=- < base=1 | /o/m layer 2=2)");
  CHECK(explained(test::config({R"({"o":5})", R"({"o":{"m":2}})"}), "") ==
        R"(present: layer 1 base | /o layer 1={"m":2} < base=5 | /o/m layer 1=2)");
}

TEST_CASE("explain tells what an object took the place of, before the object's members") {
  auto const view = test::config({R"({"list":["a","b"],"text":"none","null":null,"gone":1,"o":{"y":2}})",
                                  R"({"list":{"x":1},"text":{"f":"page"},"null":{"z":0},"gone":null,"o":5})",
                                  R"({"text":{"g":2},"gone":{"back":true},"o":{"x":1}})"});
  CHECK(explained(view, "/list") == R"(present: layer 1 | /list layer 1={"x":1} < base=["a","b"] | /list/x layer 1=1)");
  CHECK(explained(view, "/text") ==
        R"(present: layer 2 layer 1 | /text layer 1={"f":"page"} < base="none" | /text/f layer 1="page")"
        " | /text/g layer 2=2");
  CHECK(explained(view, "/null") == R"(present: layer 1 | /null layer 1={"z":0} < base=null | /null/z layer 1=0)");
  CHECK(explained(view, "/gone") ==
        R"(present: layer 2 | /gone layer 2={"back":true} < layer 1=- < base=1 | /gone/back layer 2=true)");
  CHECK(
      explained(view, "/o") ==
      R"(present: layer 2 | /o layer 2={"x":1} < layer 1=5 < base={"y":2} | /o/y layer 1=- < base=2 | /o/x layer 2=1)");
}

TEST_CASE("explain counts an object that is left empty as a leaf") {
  CHECK(explained(test::config({R"({"a":{}})"}), "") == "present: base | /a base={}");
  CHECK(explained(test::config({R"({"a":{"x":1}})", R"({"a":{"x":null}})"}), "/a") ==
        R"(present: layer 1 base | /a layer 1={} < base={"x":1} | /a/x layer 1=- < base=1)");
  CHECK(explained(test::config({"{}", "{}"}), "") == "present: layer 1 base |  layer 1={} < base={}");
}

TEST_CASE("inside an array explain names one leaf, whatever is there") {
  auto const view = test::config({R"({"l":[1,{"n":null},3],"m":[7]})", R"({"l":[2,{"n":{"k":null}}],"m":{"0":8}})"});
  CHECK(explained(view, "/l/0") == "present: layer 1 | /l/0 layer 1=2 < base=1");
  CHECK(explained(view, "/l/1") == R"(present: layer 1 | /l/1 layer 1={"n":{"k":null}} < base={"n":null})");
  CHECK(explained(view, "/l/1/n/k") == "present: layer 1 | /l/1/n/k layer 1=null");
  CHECK(explained(view, "/l/2") == "absent: layer 1 | /l/2 layer 1=- < base=3");
  CHECK(explained(view, "/m/0") == "present: layer 1 | /m/0 layer 1=8");
  CHECK(explained(test::config({R"({"m":[7]})", R"({"m":{"x":1}})"}), "/m/0") == "absent:");
}

TEST_CASE("differences are named as high up as they differ as a whole") {
  auto const before = test::config({R"({"a":1,"b":{"x":1,"y":[1]},"c":{"d":1},"same":{"z":1},"n":1})"});
  auto const after =
      test::config({R"({"n":1.0,"a":1,"b":{"x":2,"y":[1],"w":{}},"c":5,"same":{"z":1},"new":{"k":{"l":1}}})"});
  CHECK(shown(differences(before, after)) ==
        R"(/n 1 > 1.0 | /b/x 1 > 2 | /b/w - > {} | /c {"d":1} > 5 | /new - > {"k":{"l":1}})");
  CHECK(shown(differences(after, before)) ==
        R"(/b/x 2 > 1 | /b/w {} > - | /c 5 > {"d":1} | /n 1.0 > 1 | /new {"k":{"l":1}} > -)");
  CHECK(differences(before, before).items.empty());
}

TEST_CASE("the text is canonical even when a stored row's is not") {
  auto layers = test::layers({"{}", R"({"c":1})"});
  layers[0].document = Document::from_stored("{ \"a\": [1, 2],\n \"b\": {\"x\" : 1} }");
  CHECK(EffectiveConfig::from(layers).value().text() == R"({"a":[1,2],"b":{"x":1},"c":1})");
  // what has no blanks can be written in another way too
  for (std::size_t const layer : {0U, 1U}) {
    layers = test::layers({"{}", "{}"});
    layers[layer].document = Document::from_stored(R"({"a":1E2,"b":"\u00e9\/","c":1.50,"d":-0})");
    auto const view = EffectiveConfig::from(layers).value();
    CHECK(view.text() == "{\"a\":100.0,\"b\":\"\xC3\xA9/\",\"c\":1.5,\"d\":-0.0}");
    CHECK(view.text() == json::print(view.to_value()));
    CHECK(view.find("/b")->text() == "\"\xC3\xA9/\"");
  }
}

TEST_CASE("a stored patch that is no JSON object, however nearly, is corrupt") {
  for (auto const* text :
       {"", "[]", "{", "{\"a\":1,\"a\":2}", "{\"a\":01}", "{\"a\":[1,]}", "{\"a\":\"\xFF\"}", "{\"a\":1e999}",
        "{\"a\":\"\n\"}", "{\"a\":nul}", "{\"a\":1}}", "{\"a\":18446744073709551616}"}) {
    CAPTURE(text);
    auto layers = test::layers({"{}", "{}"});
    layers[1].document = Document::from_stored(text);
    CHECK(EffectiveConfig::from(layers).error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("a stored patch is read as its values would be") {
  std::string const text =
      R"({"b":true,"f":false,"i":-5,"u":18446744073709551615,"d":-1.5e-07,"z":-0.0,"s":"text","e":"\"\n","l":[1,[2,{"n":null}]],)"
      R"("gone":null,"o":{"p":{"q":7},"none":null},"m":9223372036854775807})";
  auto const base = Document::parse(R"({"gone":1,"o":{"p":{"r":[null]},"none":2}})").value();
  auto const stored = Document::from_stored(text);
  auto const view =
      EffectiveConfig::from({{"base", LayerKind::base, base}, {"stored", LayerKind::merge_patch, stored}}).value();
  CHECK(view.get<bool>("/b").value());
  CHECK_FALSE(view.get<bool>("/f").value());
  CHECK(view.get<int>("/i").value() == -5);
  CHECK(view.get<std::uint64_t>("/u").value() == 18446744073709551615U);
  CHECK(view.get<std::int64_t>("/m").value() == 9223372036854775807);
  CHECK(view.get<double>("/d").value() == -1.5e-07);
  CHECK(std::signbit(view.get<double>("/z").value()));
  CHECK(view.get<double>("/i").value() == -5.0);
  CHECK(view.get<std::string>("/s").value() == "text");
  auto const in_place = view.get<std::string_view>("/s").value();
  CHECK((in_place.data() > stored.text().data() && in_place.data() < stored.text().data() + stored.text().size()));
  CHECK(view.get<int>("/o/p/q").value() == 7);
  CHECK(view.get<std::optional<int>>("/gone").value() == std::nullopt);
  CHECK(view.get<int>("/s").error().message == "expected an integer, found a string");
  CHECK(view.get<int>("/d").error().message == "expected an integer, found the number -1.5e-07");
  CHECK(view.get<bool>("/u").error().message == "expected a boolean, found the integer 18446744073709551615");
  CHECK(view.get<std::string>("/l").error().message == "expected a string, found an array");
  CHECK(view.get<boost::json::value>("/l").value() == json::parse(R"([1,[2,{"n":null}]])").value());
  CHECK(view.find("/o")->text() == R"({"p":{"r":[null],"q":7}})");
  CHECK(view.find("/s/0") == std::nullopt);
  CHECK(view.find("/b")->leaf()->get_bool());
  // what has to be held somewhere is held by the document
  CHECK(view.get<std::string_view>("/e").value() == "\"\n");
  CHECK(view.find("/l/1/0")->as<int>().value() == 2);
  CHECK(view.find("/l/1/1/n")->leaf()->is_null());
  CHECK(view.find("/o/p/q")->leaf() == &stored.values().value()->at("o").at("p").at("q"));
  // and from then on read from there
  auto const again =
      EffectiveConfig::from({{"base", LayerKind::base, base}, {"stored", LayerKind::merge_patch, stored}}).value();
  CHECK(again.text() == view.text());
  CHECK(again.to_value() == view.to_value());
}

TEST_CASE("threads read a stored patch at once, first as text, then as values") {
  for (int round = 0; round < 20; ++round) {
    auto const base = Document::parse(R"({"a":{"b":1},"c":[1]})").value();
    auto const stored = Document::from_stored(R"({"a":{"d":"\n"},"l":[1,2]})");
    std::vector<std::string> texts(4);
    {
      std::vector<std::jthread> threads;
      for (auto& text : texts) {
        threads.emplace_back([&] {
          auto const view =
              EffectiveConfig::from({{"base", LayerKind::base, base}, {"stored", LayerKind::merge_patch, stored}})
                  .value();
          text = view.text() + view.get<std::string>("/a/d").value() + view.find("/l/1")->text();
        });
      }
    }
    for (auto const& text : texts) CHECK(text == "{\"a\":{\"b\":1,\"d\":\"\\n\"},\"c\":[1],\"l\":[1,2]}\n2");
  }
}

TEST_CASE("a view is read by many threads at once") {
  auto const view = test::config({R"({"a":{"b":1},"c":[1]})", R"({"a":{"d":2}})"});
  std::vector<std::string> texts(4);
  {
    std::vector<std::jthread> threads;
    for (auto& text : texts) {
      threads.emplace_back([&view, &text] { text = view.text() + view.find("/a/d")->text(); });
    }
  }
  for (auto const& text : texts) CHECK(text == R"({"a":{"b":1,"d":2},"c":[1]}2)");
}

TEST_CASE("sixty-four levels are no trouble") {
  std::string deep = "1";
  std::string pointer;
  for (int i = 0; i < 64; ++i) {
    deep = R"({"a":)" + deep + "}";
    pointer += "/a";
  }
  auto over = deep;
  over[over.find('1')] = '2';
  auto const view = test::config({deep, over, deep, over});
  CHECK(view.text() == over);
  CHECK(json::print(view.to_value()) == over);
  CHECK(view.get<int>(pointer).value() == 2);
  CHECK(view.explain().leaves.front().shadowed.size() == 3);
  CHECK(differences(test::config({deep}), view).items.size() == 1);
}

TEST_CASE("a hundred thousand members, all overridden, take no quadratic time") {
  boost::json::object values;
  boost::json::object first;
  boost::json::object second;
  for (int i = 0; i < 100'000; ++i) {
    values.emplace("member " + std::to_string(i), i);
    first.emplace("member " + std::to_string(99'999 - i), i % 3 == 0 ? boost::json::value() : boost::json::value(-i));
    second.emplace("member " + std::to_string(i), "x");
  }
  for (int i = 0; i < 5'000; ++i) first.emplace("member " + std::to_string(i * 17) + " of the first", i);
  std::vector<Layer> const layers{{"base", LayerKind::base, Document::from(values, json::no_limits).value()},
                                  {"first", LayerKind::merge_patch, Document::from(first, json::no_limits).value()},
                                  {"second", LayerKind::merge_patch, Document::from(second, json::no_limits).value()}};
  for (std::size_t count = 1; count <= layers.size(); ++count) {
    auto const some = std::vector<Layer>(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(count));
    auto const view = EffectiveConfig::from(some).value();
    auto const folded = test::fold(some);
    CHECK(view.text() == json::print(folded));
    CHECK(view.root().size() == folded.get_object().size());
    CHECK(view.to_value() == folded);
  }
  auto const view = EffectiveConfig::from(layers).value();
  CHECK(all_leaves(view).size() == 105'000);
  CHECK(all_differences(EffectiveConfig::from({layers[0]}).value(), view).size() == 105'000);
}

// --- Pages. ----------------------------------------------------------------------------------------------------------

TEST_CASE("an explanation ends at 4 MiB, however often a long name has to be repeated, and goes on there") {
  constexpr int leaves = 2'000;
  std::string const name(40'000, 'n');
  boost::json::object inner;
  for (int i = 0; i < leaves; ++i) inner.emplace(std::to_string(i), i);
  auto const view = test::config({json::print(boost::json::object{{name, inner}})});

  std::vector<std::string> pointers;
  auto page = view.explain();
  for (;;) {
    std::size_t bytes = 0;
    for (auto const& leaf : page.leaves) {
      bytes += leaf.pointer.size();
      pointers.push_back(leaf.pointer);
    }
    CHECK(bytes <= max_page_bytes);
    if (!page.next) break;
    CHECK(bytes > max_page_bytes - 2 * name.size());
    page = view.explain({}, *page.next).value();
  }
  REQUIRE(pointers.size() == leaves);
  for (std::size_t i = 0; i != pointers.size(); ++i) REQUIRE(pointers[i] == "/" + name + "/" + std::to_string(i));
}

TEST_CASE("a leaf that alone is larger than a page is a page") {
  std::string const text(max_page_bytes, 'x');
  auto const view = large_config({{"first", text}, {"second", 2}});
  auto const first = view.explain();
  REQUIRE(first.leaves.size() == 1);
  REQUIRE(first.next);
  auto const second = view.explain({}, *first.next).value();
  REQUIRE(second.leaves.size() == 1);
  CHECK(second.leaves[0].pointer == "/second");
  CHECK_FALSE(second.next);
}

TEST_CASE("control characters count in a page as their JSON has them") {
  boost::json::object inner;
  for (int i = 0; i < 100; ++i) inner.emplace(std::to_string(i), i);
  auto const view = test::config({json::print(boost::json::object{{std::string(20'000, '\x01'), inner}})});
  CHECK(view.explain().leaves.size() < 40);
}

TEST_CASE("differences end at 4 MiB and go on there") {
  std::string const name(40'000, 'n');
  boost::json::object before;
  boost::json::object after;
  for (int i = 0; i < 500; ++i) before.emplace("old " + std::to_string(i), i);
  for (int i = 0; i < 500; ++i) after.emplace("new " + std::to_string(i), i);
  auto const one = test::config({json::print(boost::json::object{{name, before}})});
  auto const other = test::config({json::print(boost::json::object{{name, after}})});
  auto const first = differences(one, other);
  REQUIRE(first.next);
  CHECK(first.items.size() * name.size() <= max_page_bytes);
  auto const all = all_differences(one, other);
  REQUIRE(all.size() == 1'000);
  for (int i = 0; i < 500; ++i) {
    auto const place = static_cast<std::size_t>(i);
    REQUIRE(all[place].pointer == "/" + name + "/new " + std::to_string(i));
    REQUIRE(all[500 + place].pointer == "/" + name + "/old " + std::to_string(i));
  }
}

TEST_CASE("a cursor is refused by a configuration, a pointer or a pair that it is not of") {
  std::string const text(max_page_bytes, 'x');
  auto const view = large_config({{"first", text}, {"second", 2}});
  auto const changed = large_config({{"first", text}, {"second", 3}});
  auto const next = view.explain().next.value();
  CHECK(view.explain({}, next).has_value());
  CHECK(changed.explain({}, next).error().kind == ErrorKind::invalid_argument);
  CHECK(view.explain(at("/first"), next).error().kind == ErrorKind::invalid_argument);
  CHECK(differences(view, changed, next).error().kind == ErrorKind::invalid_argument);
  CHECK(parse_config_cursor(to_string(next)).value() == next);
  for (char const* bad : {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAA"}) {
    CHECK(parse_config_cursor(bad).error().kind == ErrorKind::invalid_argument);
  }
}
