// SPDX-License-Identifier: BSL-1.0
// What a user of @hey-api/openapi-ts writes. ./generated is made from docs/openapi.yaml.
import { dataOf, expectEqual, problemOf, tagOf } from "./expect.js";
//[hey_api
import { createClient, createConfig } from "./generated/client/index.js";
import type * as api from "./generated/index.js";
import { querySerializer } from "./query.js";

export function connect(baseUrl: string, token: string) {
  return createClient(createConfig({ baseUrl, headers: { Authorization: `Bearer ${token}` }, querySerializer }));
}
//]
import {
  askFor,
  createEnvironment,
  createIntegration,
  createTeam,
  getConfig,
  getEnvironment,
  getEnvironmentIntegration,
  getIntegration,
  getTeam,
  install,
  listEnvironmentIntegrations,
  listEnvironments,
  listIntegrations,
  listTeams,
  preview,
  removeEnvironmentIntegration,
  removeIntegration,
  updateEnvironmentIntegration,
  updateIntegration,
  updateTeam,
} from "./generated/index.js";

/** Uses every kind of operation. `host` is the token of one who may do everything; `team` is still to be created. */
export async function use(baseUrl: string, host: string, team: { token: string; id: string }): Promise<void> {
  const client = connect(baseUrl, host);
  const theirs = connect(baseUrl, team.token);

  // Creating. What is created is the caller's own, so that it is whole.
  const owner = dataOf(await createTeam({ client, body: { name: "Owner", logo: null } }));
  expectEqual(owner.version, 1, "a new team's version");
  dataOf(await createTeam({ client, body: { id: team.id, name: "Other & more" } }));
  const environment = dataOf(await createEnvironment({ client, body: { team_id: owner.id, name: "production" } }));
  const config = {
    base_url: "https://api.example.com",
    pagination: null,
    headers: { Accept: "application/json", retry: [1, { after: 2.5 }, null] },
  };
  const integration = dataOf(
    await createIntegration({
      client,
      body: { team_id: owner.id, name: "zendesk", category: "help desk", config, sharing: "ask" },
    }),
  );
  expectEqual(integration.config, config, "a config");

  // Installing: 201, and 200 with the same one.
  const place = { integration_id: integration.id, environment_id: environment.id };
  const first = await install({ client, body: { ...place, override: { headers: { retry: null } } } });
  const again = await install({ client, body: place });
  expectEqual([first.response?.status, again.response?.status], [201, 200], "installing twice");
  const installed = dataOf(first);
  expectEqual(dataOf(again).id, installed.id, "what is installed already");

  // Reading: a whole or a summary.
  const summary = dataOf(await getIntegration({ client: theirs, path: { id: integration.id } }));
  if ("version" in summary) throw new Error("a team that may ask sees a summary");
  // @ts-expect-error: a summary has no config
  expectEqual(summary.config, undefined, "a summary's config");
  const asked = dataOf(await askFor({ client: theirs, body: { integration_id: integration.id } }));
  expectEqual([asked.team_id, asked.status], [team.id, "pending"], "a request to install");
  const listed = dataOf(await listIntegrations({ client })).result[0];
  if (!listed || !("version" in listed) || !listed.config) throw new Error("the host sees no summary");
  const sharing: api.Sharing = listed.sharing;
  expectEqual([sharing, listed.config["base_url"]], ["ask", config.base_url], "what is listed");

  // Lists: filters with and without an operator, several of them, expanding, and a walk by cursors.
  for (const name of ["a", "b,c", "d"]) dataOf(await createEnvironment({ client, body: { team_id: owner.id, name } }));
  const query = { team_id: owner.id, operators: { "name[in]": "a,b\\,c,d", "name[lt]": "d" } };
  const some = dataOf(await listEnvironments({ client, query }));
  expectEqual(
    some.result.map((one) => one.name),
    ["a", "b,c"],
    "a list with operators",
  );
  const walked: string[] = [];
  let next_cursor: string | undefined;
  do {
    const page = dataOf(await listEnvironments({ client, query: { limit: 1, ...query, next_cursor } }));
    walked.push(...page.result.map((one) => one.name));
    next_cursor = page.next_cursor ?? undefined;
  } while (next_cursor);
  expectEqual(walked, ["a", "b,c"], "a walk by cursors");
  const expanded = dataOf(
    await listEnvironmentIntegrations({
      client,
      query: { "integration.category": "help desk", is_enabled: true, expand: "integration.config" },
    }),
  );
  expectEqual(expanded.result[0]?.integration.config, config, "an expanded config");
  const bare = dataOf(await listEnvironmentIntegrations({ client }));
  expectEqual(bare.result[0]?.integration.config, undefined, "a config that was not asked for");

  // Both kinds of patch. The generated function sends a merge patch, and its type knows no other.
  const path = { id: installed.id };
  //[hey_api_patch
  const merged = await updateEnvironmentIntegration({
    client,
    path,
    body: { is_enabled: false, override: { headers: { Accept: "text/csv" } } },
  });
  const edits: api.JsonPatch = [
    { op: "test", path: "/is_enabled", value: false },
    { op: "add", path: "/override/label", value: { en: "Ours", fr: null } },
  ];
  const edited = await client.patch<api.UpdateEnvironmentIntegrationResponses, api.UpdateEnvironmentIntegrationErrors>({
    url: "/environment-integration/{id}",
    path,
    body: edits,
    headers: {
      "Content-Type": "application/json-patch+json",
      "If-Match": merged.response?.headers.get("ETag"),
    },
  });
  //]
  expectEqual(dataOf(merged).override, { headers: { retry: null, Accept: "text/csv" } }, "what was merged");
  expectEqual(dataOf(edited).override?.["label"], { en: "Ours", fr: null }, "what was edited");
  const unchanged = await updateEnvironmentIntegration({ client, path, body: {} });
  expectEqual(dataOf(unchanged).version, dataOf(edited).version, "a patch that changes nothing");
  const replaced = await updateEnvironmentIntegration({
    client,
    path,
    query: { override: "replace" },
    headers: { "If-Match": "*" },
    body: { override: { label: null } },
  });
  expectEqual(dataOf(replaced).override, { label: null }, "what was replaced");
  const would = dataOf(await preview({ client, path, body: { override: null } }));
  expectEqual([would.changed, would.differences], [true, []], "a preview");

  // The effective configuration, as a whole and one value of it.
  const effective = dataOf(await getConfig({ client, path }));
  if (!("config" in effective)) throw new Error("no pointer was given");
  expectEqual(effective.config, config, "the effective configuration");
  const value = dataOf(await getConfig({ client, path, query: { pointer: "/headers/Accept", explain: true } }));
  if (!("pointer" in value)) throw new Error("a pointer was given");
  expectEqual([value.value, value.explanation?.[0]?.layer], ["application/json", "integration"], "one value");

  // Problems, typed.
  const stale = await updateEnvironmentIntegration({
    client,
    path,
    headers: { "If-Match": tagOf(first) },
    body: { is_enabled: true },
  });
  const conflict = problemOf(stale);
  const kind: api.Problem["kind"] = conflict.kind;
  expectEqual(
    [stale.response?.status, kind, conflict.current_version],
    [412, "conflict", dataOf(replaced).version],
    "a conflict",
  );
  const clash = problemOf(await createEnvironment({ client, body: { team_id: owner.id, name: "production" } }));
  expectEqual([clash.status, clash.kind, clash.pointer], [409, "already_exists", "/name"], "a name that is taken");
  const seen = tagOf(await getEnvironment({ client, path: { id: environment.id } }));
  const kept = await getEnvironment({ client, path: { id: environment.id }, headers: { "If-None-Match": seen } });
  expectEqual([kept.response?.status, kept.data ?? null, kept.error], [304, null, {}], "what the client has already");

  // A parameter given twice holds twice; two values for one field are refused.
  const between = await listEnvironments({
    client,
    query: {},
    querySerializer: () => "name[ne]=a&name[ne]=d&name[lt]=e",
  });
  expectEqual(
    dataOf(between).result.map((one) => one.name),
    ["b,c"],
    "a parameter given twice",
  );
  const contradiction = problemOf(
    await listEnvironments({ client, query: {}, querySerializer: () => "name=a&name=d" }),
  );
  expectEqual([contradiction.status, contradiction.kind], [400, "invalid_argument"], "two values of one field");

  // Integers that JavaScript rounds. What a patch does not name is left as it is; the text has it exactly. A bigint is
  // sent as a string.
  const text = `{"team_id": "${owner.id}", "name": "numbers", "config": {"big": 9007199254740993, "label": "a"}}`;
  const asItIs = { body: text as never, bodySerializer: (body: unknown) => body };
  const exact = dataOf(await createIntegration({ client, ...asItIs }));
  expectEqual(exact.config["big"], 9007199254740992, "an integer beyond 2^53, parsed");
  const numbers = { client, path: { id: exact.id } };
  dataOf(await updateIntegration({ ...numbers, body: { config: { label: 1n } } }));
  const raw: unknown = dataOf(await getIntegration({ ...numbers, parseAs: "text" }));
  expectEqual(
    String(raw).includes('"config":{"big":9007199254740993,"label":"1"}'),
    true,
    "an integer beyond 2^53, as text",
  );

  // Removing: what is in use is not.
  const used = problemOf(await removeIntegration({ client, path: { id: integration.id } }));
  expectEqual([used.status, used.kind], [409, "in_use"], "what is in use");
  const gone = await removeEnvironmentIntegration({ client, path, headers: { "If-Match": tagOf(replaced) } });
  expectEqual(dataOf(gone), { id: installed.id }, "what is gone");
  expectEqual(problemOf(await getEnvironmentIntegration({ client, path })).kind, "not_found", "what was gone");
}

/** What must not compile; never called. */
export async function misuse(baseUrl: string): Promise<void> {
  const client = connect(baseUrl, "");
  const path = { id: "" };
  // @ts-expect-error: an integration has no such member
  await updateIntegration({ client, path, body: { name: "a", colour: 1 } });
  // @ts-expect-error: a version is the store's
  await updateEnvironmentIntegration({ client, path, body: { is_enabled: true, version: 2 } });
  // @ts-expect-error: a config is an object
  await updateIntegration({ client, path, body: { config: "text" } });
  // @ts-expect-error: a team has a name
  await createTeam({ client, body: {} });
  // @ts-expect-error: a name is no null
  await updateTeam({ client, path, body: { name: null } });
  // @ts-expect-error: there is no such sharing
  await updateIntegration({ client, path, body: { sharing: "maybe" } });
  // @ts-expect-error: a JSON Patch is sent by client.patch
  await updateTeam({ client, path, body: [{ op: "remove", path: "/logo" }] satisfies api.JsonPatch });
  // @ts-expect-error: `add` needs a value
  const add: api.JsonPatch = [{ op: "add", path: "/name" }];
  // @ts-expect-error: `move` needs to know from where
  const move: api.JsonPatch = [{ op: "move", path: "/name" }];
  // @ts-expect-error: a field has one value
  await listTeams({ client, query: { name: ["a", "b"] } });
  // @ts-expect-error: there is no such field
  await listTeams({ client, query: { operators: { "colour[in]": "a" } } });
  // @ts-expect-error: there is no such operator
  await listTeams({ client, query: { operators: { "name[like]": "a" } } });
  // @ts-expect-error: there is no such parameter
  await listTeams({ client, query: { limit: 1, colour: "a" } });
  const { data, error } = await getTeam({ client, path });
  // @ts-expect-error: a problem has no such kind
  if (error?.kind === "unknown_kind") return;
  // @ts-expect-error: a summary has none
  data?.allows_impersonation;
}
