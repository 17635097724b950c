// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_INTERNAL_DESCRIBED_JSON_HPP
#define INLAY_MODEL_INTERNAL_DESCRIBED_JSON_HPP

// The JSON of what is no row: answers, and the lines of an export.
//
// Each has a form: a struct of what its JSON has, in that order, with one BOOST_DESCRIBE_STRUCT. It looks at what it is
// made of and keeps nothing of it, so that it is made where it is written. A member's type tells how it is written, and
// an optional one is left out where it has no value.

#include <inlay/digest.hpp>
#include <inlay/id.hpp>
#include <inlay/json/print.hpp>
#include <inlay/model/describe.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/revision.hpp>
#include <inlay/timestamp.hpp>

#include <boost/describe/members.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace inlay::model {

/** JSON that is there as text. */
struct JsonText {
  std::string_view text{};

  [[nodiscard]] static JsonText of(std::string_view json) noexcept { return {json}; }
  [[nodiscard]] static std::optional<JsonText> of(std::optional<std::string> const& json) {
    return json ? std::optional(JsonText{*json}) : std::nullopt;
  }
  [[nodiscard]] static std::optional<JsonText> of(std::optional<Document> const& document) {
    return document ? std::optional(JsonText{document->text()}) : std::nullopt;
  }
};

/** JSON that something else appends, such as a resource: one value. */
using JsonWriter = std::function<void(std::string& out)>;

/** A member that is always there: null where it has no value. */
template <class Value>
struct Nullable {
  std::optional<Value> value{};
};

/** `true`. What may be false is an optional one, and left out then. */
struct True {};

/** A time in microseconds, as records have it. */
struct PreciseTime {
  Timestamp time{};
};

/** A list in which each item is written as a form of it, `Form::of(item)`. */
template <class Form, class Item>
struct ListOf {
  std::span<Item const> items{};
};

/** The members of a form among those of another, in the place of the member that this is. */
template <class Form>
struct Inlined {
  Form form{};
};

/** A member of a form's JSON. */
struct FormMember {
  std::string_view name;
  bool is_optional{};

  friend constexpr bool operator==(FormMember const&, FormMember const&) = default;
};

template <class Form>
concept DescribedForm = boost::describe::has_describe_members<Form>::value;

namespace detail {

template <class Value>
struct IsInlined : std::false_type {};
template <class Form>
struct IsInlined<Inlined<Form>> : std::true_type {
  using type = Form;
};

/** Calls `visit(member)` with each FormMember. */
template <class Form, class Visitor>
constexpr void for_each_form_member(Visitor& visit) {
  boost::mp11::mp_for_each<Descriptors<Form>>([&]<class Descriptor>(Descriptor) {
    using Member = MemberType<Descriptor>;
    if constexpr (IsInlined<Member>::value) {
      for_each_form_member<typename IsInlined<Member>::type>(visit);
    } else {
      visit(FormMember{Descriptor::name, is_optional_v<Member>});
    }
  });
}

}  // namespace detail

/** The members of a form's JSON, in their order. */
template <DescribedForm Form>
inline constexpr auto form_members = [] {
  constexpr std::size_t count = [] {
    std::size_t sum = 0;
    auto const add = [&](FormMember const&) { ++sum; };
    detail::for_each_form_member<Form>(add);
    return sum;
  }();
  std::array<FormMember, count> members{};
  std::size_t at = 0;
  auto const add = [&](FormMember const& member) { members[at++] = member; };
  detail::for_each_form_member<Form>(add);
  return members;
}();

/** Appends the JSON of a form: an object. */
template <DescribedForm Form>
void write_form(Form const& form, std::string& out);

/** The JSON of a form as a text of its own. */
template <DescribedForm Form>
[[nodiscard]] std::string form_text(Form const& form) {
  std::string text;
  write_form(form, text);
  return text;
}

/** Appends a list of what `write(item, out)` appends. */
template <class Items, class Write>
void write_list(Items const& items, std::string& out, Write&& write) {
  out += '[';
  bool is_first = true;
  for (auto const& item : items) {
    if (!is_first) out += ',';
    is_first = false;
    write(item, out);
  }
  out += ']';
}

namespace detail {

inline void write_form_value(JsonText const& json, std::string& out) { out += json.text; }
inline void write_form_value(JsonWriter const& writer, std::string& out) { writer(out); }
inline void write_form_value(True, std::string& out) { out += "true"; }
inline void write_form_value(PreciseTime const& precise, std::string& out) {
  write_value(precise.time, out, JsonUse::record);
}
inline void write_form_value(Revision revision, std::string& out) { out += std::to_string(revision.value); }
inline void write_form_value(std::string_view text, std::string& out) { json::print_string(text, out); }
inline void write_form_value(Uuid const& uuid, std::string& out) { out.append(1, '"').append(to_string(uuid)) += '"'; }
inline void write_form_value(Digest const& digest, std::string& out) {
  out.append(1, '"').append(to_string(digest)) += '"';
}

template <class Value>
void write_form_value(Nullable<Value> const& nullable, std::string& out);
template <class Form, class Item>
void write_form_value(ListOf<Form, Item> const& list, std::string& out);
template <class Value>
void write_form_value(std::span<Value const> values, std::string& out);

template <class Value>
void write_form_value(Value const& value, std::string& out) {
  if constexpr (DescribedForm<Value>) {
    write_form(value, out);
  } else if constexpr (std::integral<Value> && !std::same_as<Value, bool>) {
    out += std::to_string(value);
  } else {
    write_value(value, out, JsonUse::resource);
  }
}

template <class Value>
void write_form_value(Nullable<Value> const& nullable, std::string& out) {
  if (nullable.value) {
    write_form_value(*nullable.value, out);
  } else {
    out += "null";
  }
}

template <class Form, class Item>
void write_form_value(ListOf<Form, Item> const& list, std::string& out) {
  write_list(list.items, out, [](Item const& item, std::string& to) { write_form_value(Form::of(item), to); });
}

template <class Value>
void write_form_value(std::span<Value const> values, std::string& out) {
  write_list(values, out, [](Value const& value, std::string& to) { write_form_value(value, to); });
}

template <class Form>
void write_form_members(Form const& form, std::string& out) {
  boost::mp11::mp_for_each<Descriptors<Form>>([&]<class Descriptor>(Descriptor) {
    auto const& member = form.*Descriptor::pointer;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (IsInlined<Member>::value) {
      write_form_members(member.form, out);
    } else if constexpr (is_optional_v<Member>) {
      if (!member) return;
      write_name(Descriptor::name, out);
      write_form_value(*member, out);
    } else {
      write_name(Descriptor::name, out);
      write_form_value(member, out);
    }
  });
}

}  // namespace detail

template <DescribedForm Form>
void write_form(Form const& form, std::string& out) {
  out += '{';
  detail::write_form_members(form, out);
  out += '}';
}

}  // namespace inlay::model

#endif
