// SPDX-License-Identifier: BSL-1.0
// What a user of openapi-typescript and openapi-fetch writes. ./schema.js is made from docs/openapi.yaml.
import { dataOf, expectEqual, problemOf, tagOf } from "./expect.js";
//[openapi_fetch
import createClient from "openapi-fetch";
import { querySerializer } from "./query.js";
import type { components, paths } from "./schema.js";

export function connect(baseUrl: string, token: string) {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` }, querySerializer });
}
type Schemas = components["schemas"];
//]

/** Uses every kind of operation. `host` is the token of one who may do everything; `team` is still to be created. */
export async function use(baseUrl: string, host: string, team: { token: string; id: string }): Promise<void> {
  const api = connect(baseUrl, host);
  const theirs = connect(baseUrl, team.token);

  // Creating. What is created is the caller's own, so that it is whole.
  const owner = dataOf(await api.POST("/team", { body: { name: "Owner", logo: null } }));
  expectEqual(owner.version, 1, "a new team's version");
  dataOf(await api.POST("/team", { body: { id: team.id, name: "Other & more" } }));
  const environment = dataOf(await api.POST("/environment", { body: { team_id: owner.id, name: "production" } }));
  const config = {
    base_url: "https://api.example.com",
    pagination: null,
    headers: { Accept: "application/json", retry: [1, { after: 2.5 }, null] },
  };
  const created = await api.POST("/integration", {
    body: { team_id: owner.id, name: "zendesk", category: "help desk", config, sharing: "ask" },
  });
  const integration = dataOf(created);
  expectEqual(integration.config, config, "a config");

  // Installing: 201, and 200 with the same one.
  const place = { integration_id: integration.id, environment_id: environment.id };
  const first = await api.POST("/environment-integration", {
    body: { ...place, override: { headers: { retry: null } } },
  });
  const again = await api.POST("/environment-integration", { body: place });
  expectEqual([first.response.status, again.response.status], [201, 200], "installing twice");
  const install = dataOf(first);
  expectEqual(dataOf(again).id, install.id, "what is installed already");

  // Reading: a whole or a summary.
  const read = await theirs.GET("/integration/{id}", { params: { path: { id: integration.id } } });
  const summary = dataOf(read);
  expectEqual("version" in summary, false, "a team that may ask sees a summary");
  // @ts-expect-error: a summary has no config
  expectEqual(summary.config, undefined, "a summary's config");
  const listed = dataOf(await api.GET("/integration")).result[0];
  if (!listed || !("version" in listed) || !listed.config) throw new Error("the host sees no summary");
  const sharing: Schemas["Sharing"] = listed.sharing;
  expectEqual([sharing, listed.config["base_url"]], ["ask", config.base_url], "what is listed");
  // @ts-expect-error: a value in a config may be anything
  expectEqual(listed.config["headers"].Accept, "application/json", "a value in a config");

  // Lists: filters with and without an operator, several of them, expanding, and a walk by cursors.
  for (const name of ["a", "b,c", "d"]) dataOf(await api.POST("/environment", { body: { team_id: owner.id, name } }));
  const query = { team_id: owner.id, operators: { "name[in]": "a,b\\,c,d", "name[lt]": "d" } };
  const some = dataOf(await api.GET("/environment", { params: { query } }));
  expectEqual(
    some.result.map((one) => one.name),
    ["a", "b,c"],
    "a list with operators",
  );
  const walked: string[] = [];
  let next_cursor: string | undefined;
  do {
    const page = dataOf(
      await api.GET("/environment", { params: { query: { limit: 1, ...query, ...(next_cursor && { next_cursor }) } } }),
    );
    walked.push(...page.result.map((one) => one.name));
    next_cursor = page.next_cursor ?? undefined;
  } while (next_cursor);
  expectEqual(walked, ["a", "b,c"], "a walk by cursors");
  const installs = { "integration.category": "help desk", is_enabled: true, expand: "integration.config" } as const;
  const expanded = dataOf(await api.GET("/environment-integration", { params: { query: installs } }));
  expectEqual(expanded.result[0]?.integration.config, config, "an expanded config");
  const { data: bare } = await api.GET("/environment-integration");
  expectEqual(bare?.result[0]?.integration.config, undefined, "a config that was not asked for");

  // Both kinds of patch. openapi-fetch sends application/json unless told otherwise, which is a merge patch.
  const path = { id: install.id };
  //[openapi_fetch_patch
  const patch: Schemas["EnvironmentIntegrationPatch"] = {
    is_enabled: false,
    override: { headers: { Accept: "text/csv" } },
  };
  const merged = await api.PATCH("/environment-integration/{id}", {
    params: { path },
    body: patch,
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  const edits: Schemas["JsonPatch"] = [
    { op: "test", path: "/is_enabled", value: false },
    { op: "add", path: "/override/label", value: { en: "Ours", fr: null } },
  ];
  const edited = await api.PATCH("/environment-integration/{id}", {
    params: { path, header: { "If-Match": merged.response.headers.get("ETag") ?? "" } },
    body: edits,
    headers: { "Content-Type": "application/json-patch+json" },
  });
  //]
  expectEqual(dataOf(merged).override, { headers: { retry: null, Accept: "text/csv" } }, "what was merged");
  expectEqual(dataOf(edited).override?.["label"], { en: "Ours", fr: null }, "what was edited");
  const unchanged = await api.PATCH("/environment-integration/{id}", { params: { path }, body: {} });
  expectEqual(dataOf(unchanged).version, dataOf(edited).version, "a patch that changes nothing");
  const replaced = await api.PATCH("/environment-integration/{id}", {
    params: { path, query: { override: "replace" }, header: { "If-Match": "*" } },
    body: { override: { label: null } },
  });
  expectEqual(dataOf(replaced).override, { label: null }, "what was replaced");
  const preview = dataOf(
    await api.POST("/environment-integration/{id}/preview", {
      params: { path },
      body: [{ op: "remove", path: "/override" }],
      headers: { "Content-Type": "application/json-patch+json" },
    }),
  );
  expectEqual([preview.changed, preview.differences], [true, []], "a preview");

  // The effective configuration, as a whole and one value of it.
  const effective = dataOf(await api.GET("/environment-integration/{id}/config", { params: { path } }));
  if (!("config" in effective)) throw new Error("no pointer was given");
  expectEqual(effective.config, config, "the effective configuration");
  const at = { pointer: "/headers/Accept", explain: true };
  const value = dataOf(await api.GET("/environment-integration/{id}/config", { params: { path, query: at } }));
  if (!("pointer" in value)) throw new Error("a pointer was given");
  expectEqual([value.value, value.explanation?.[0]?.layer], ["application/json", "integration"], "one value");

  // Problems, typed.
  const stale = await api.PATCH("/environment-integration/{id}", {
    params: { path, header: { "If-Match": tagOf(first) } },
    body: { is_enabled: true },
  });
  const conflict = problemOf(stale);
  const kind: "conflict" | "not_found" | Schemas["Problem"]["kind"] = conflict.kind;
  expectEqual(
    [stale.response.status, kind, conflict.current_version],
    [412, "conflict", dataOf(replaced).version],
    "a conflict",
  );
  const clash = problemOf(await api.POST("/environment", { body: { team_id: owner.id, name: "production" } }));
  expectEqual([clash.status, clash.kind, clash.pointer], [409, "already_exists", "/name"], "a name that is taken");
  const seen = tagOf(await api.GET("/environment/{id}", { params: { path: { id: environment.id } } }));
  const kept = await api.GET("/environment/{id}", {
    params: { path: { id: environment.id }, header: { "If-None-Match": seen } },
  });
  expectEqual(
    [kept.response.status, kept.data ?? null, kept.error ?? null],
    [304, null, ""],
    "what the client has already",
  );

  // A parameter given twice holds twice; two values for one field are refused.
  const between = await api.GET("/environment", { querySerializer: () => "name[ne]=a&name[ne]=d&name[lt]=e" });
  expectEqual(
    dataOf(between).result.map((one) => one.name),
    ["b,c"],
    "a parameter given twice",
  );
  const contradiction = problemOf(await api.GET("/environment", { querySerializer: () => "name=a&name=d" }));
  expectEqual([contradiction.status, contradiction.kind], [400, "invalid_argument"], "two values of one field");

  // Integers that JavaScript rounds. What a patch does not name is left as it is; the text has it exactly.
  const text = `{"team_id": "${owner.id}", "name": "numbers", "config": {"big": 9007199254740993, "label": "a"}}`;
  const asItIs = { body: text as never, bodySerializer: (body: unknown) => String(body) };
  const exact = dataOf(await api.POST("/integration", asItIs));
  expectEqual(exact.config["big"], 9007199254740992, "an integer beyond 2^53, parsed");
  const numbers = { path: { id: exact.id } };
  dataOf(await api.PATCH("/integration/{id}", { params: numbers, body: { config: { label: "b" } } }));
  const raw = dataOf(await api.GET("/integration/{id}", { params: numbers, parseAs: "text" }));
  expectEqual(raw.includes('"config":{"big":9007199254740993,"label":"b"}'), true, "an integer beyond 2^53, as text");

  const bigint = api.PATCH("/integration/{id}", { params: numbers, body: { config: { label: 1n } } });
  expectEqual(await bigint.catch((error) => error instanceof TypeError), true, "a bigint is not sent");

  // Removing: what is in use is not.
  const used = problemOf(await api.DELETE("/integration/{id}", { params: { path: { id: integration.id } } }));
  expectEqual([used.status, used.kind], [409, "in_use"], "what is in use");
  const last = { path, header: { "If-Match": tagOf(replaced) } };
  expectEqual(
    dataOf(await api.DELETE("/environment-integration/{id}", { params: last })),
    { id: install.id },
    "what is gone",
  );
  expectEqual(
    problemOf(await api.GET("/environment-integration/{id}", { params: { path } })).kind,
    "not_found",
    "what was gone",
  );
}

/** What must not compile; never called. */
export async function misuse(baseUrl: string): Promise<void> {
  const api = connect(baseUrl, "");
  const params = { path: { id: "" } };
  // openapi-fetch takes a member that does not exist, unless the body is said to be of its type.
  await api.PATCH("/team/{id}", { params, body: { name: "a", colour: 1 } });
  // @ts-expect-error: a team has no such member
  await api.PATCH("/team/{id}", { params, body: { name: "a", colour: 1 } satisfies Schemas["TeamPatch"] });
  // @ts-expect-error: an integration has no such member
  const patch: Schemas["IntegrationPatch"] = { name: "a", colour: 1 };
  // @ts-expect-error: a version is the store's
  await api.PATCH("/environment/{id}", { params, body: { version: 2 } satisfies Schemas["EnvironmentPatch"] });
  // @ts-expect-error: a config is an object
  await api.PATCH("/integration/{id}", { params, body: { config: "text" } });
  // @ts-expect-error: a team has a name
  await api.POST("/team", { body: {} });
  // @ts-expect-error: a name is no null
  await api.PATCH("/team/{id}", { params, body: { name: null } });
  // @ts-expect-error: there is no such sharing
  await api.PATCH("/integration/{id}", { params, body: { sharing: "maybe" } });
  // @ts-expect-error: `add` needs a value
  await api.PATCH("/team/{id}", { params, body: [{ op: "add", path: "/name" }] satisfies Schemas["JsonPatch"] });
  // @ts-expect-error: `move` needs to know from where
  await api.PATCH("/team/{id}", { params, body: [{ op: "move", path: "/name" }] satisfies Schemas["JsonPatch"] });
  // @ts-expect-error: a field has one value
  await api.GET("/team", { params: { query: { name: ["a", "b"] } } });
  // @ts-expect-error: there is no such field
  await api.GET("/team", { params: { query: { operators: { "colour[in]": "a" } } } });
  // @ts-expect-error: there is no such operator
  await api.GET("/team", { params: { query: { operators: { "name[like]": "a" } } } });
  // @ts-expect-error: there is no such parameter
  await api.GET("/team", { params: { query: { colour: "a" } } });
  const { error } = await api.GET("/team/{id}", { params });
  // @ts-expect-error: a problem has no such kind
  if (error?.kind === "unknown_kind") return;
  const { data } = await api.GET("/team/{id}", { params });
  // @ts-expect-error: a summary has none
  data?.allows_impersonation;
}
