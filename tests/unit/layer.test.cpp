// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/layer.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a layer is a merge patch that changes nothing unless it says otherwise") {
  Layer const layer{.name = "account"};
  CHECK(layer.kind == LayerKind::merge_patch);
  CHECK(layer.document.empty());
}

TEST_CASE("layers are equal when name, kind and document are") {
  auto const document = Document::parse(R"({"a":1})").value();
  Layer const layer{.name = "account", .kind = LayerKind::merge_patch, .document = document};
  CHECK(layer == Layer{.name = "account", .document = Document::parse(R"({ "a" : 1 })").value()});
  CHECK_FALSE(layer == Layer{.name = "request", .document = document});
  CHECK_FALSE(layer == Layer{.name = "account", .kind = LayerKind::base, .document = document});
  CHECK_FALSE(layer == Layer{.name = "account"});
}
