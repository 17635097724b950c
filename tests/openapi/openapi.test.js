// SPDX-License-Identifier: BSL-1.0
// Holds docs/openapi.yaml to the code: drives every operation of a running server, and checks each request and each
// response against the document.
//
// usage: node openapi.test.js INLAY_PROGRAM OPENAPI_DOCUMENT
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { startServer, token } from "./server.js";

const [program, document] = process.argv.slice(2).map((path) => resolve(path));
if (!program || !document) {
  console.error("usage: node openapi.test.js INLAY_PROGRAM OPENAPI_DOCUMENT");
  process.exit(2);
}

// ---------------------------------------------------------------------------------------------- the document

const text = readFileSync(document, "utf8");
const api = parse(text);

function validatorOf(components) {
  const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
  addFormats(ajv);
  ajv.addVocabulary(["components"]); // where the references go through
  ajv.addSchema({ $id: "api", components }, "api");
  return { ajv, validators: new Map() };
}

const strict = validatorOf(api.components);
// As most clients read: members that they do not know are no fault. They too must tell a whole from a summary.
const isClosing = (name, value) => name === "additionalProperties" && value === false;
const open = JSON.stringify(api.components, (name, value) => (isClosing(name, value) ? undefined : value));
const lenient = validatorOf(JSON.parse(open));

function target(node) {
  if (!node?.$ref) return node;
  return node.$ref.slice(2).split("/").reduce((at, name) => at[name], api);
}

function check(schema, value, what, { ajv, validators } = strict) {
  const key = JSON.stringify(schema);
  if (!validators.has(key)) {
    validators.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/components', '"api#/components'))));
  }
  const validate = validators.get(key);
  if (!validate(value)) {
    throw new Error(`${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)?.slice(0, 2000)}`);
  }
}

const operations = new Map();
for (const [path, item] of Object.entries(api.paths)) {
  for (const method of ["get", "post", "patch", "delete"]) {
    if (!item[method]) continue;
    const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(target);
    operations.set(item[method].operationId, { path, method: method.toUpperCase(), ...item[method], parameters });
  }
}

// ---------------------------------------------------------------------------------------------- what generators read

// The schema, and those in it.
function* schemasIn(schema, at) {
  yield { schema, at };
  const named = Object.entries(schema?.properties ?? {}).map(([name, one]) => [one, `${at}.${name}`]);
  const listed = ["oneOf", "anyOf", "allOf"].flatMap((word) => schema?.[word] ?? []).map((one) => [one, at]);
  const one = [schema?.items, schema?.additionalProperties].filter((each) => typeof each === "object");
  const single = one.map((each) => [each, at]);
  for (const [one, where] of [...named, ...listed, ...single]) yield* schemasIn(one, where);
}

// Every node of the document that is an object, with the name of the member that holds it.
function* nodesIn(node, name = "") {
  if (typeof node !== "object" || node === null) return;
  yield { node, name };
  for (const [member, one] of Object.entries(node)) yield* nodesIn(one, member);
}

/** What is a valid document and yet read wrongly, or as less than it says, by those who make clients from it. */
function generatorsReadItRight() {
  const nodes = [...nodesIn(api)];
  const faults = [];
  const named = Object.entries(api.components.schemas).flatMap(([name, schema]) => [...schemasIn(schema, name)]);
  const holders = nodes.filter(({ node }) => node.schema);
  const inline = holders.flatMap(({ node, name }) => [...schemasIn(node.schema, node.name ?? name)]);
  for (const { schema, at } of [...named, ...inline]) {
    if (typeof schema === "boolean") {
      faults.push(`${at}: a schema that is true or false is left out by @hey-api/openapi-ts`);
      continue;
    }
    if ([schema.type].flat().includes("object") && !schema.properties && schema.additionalProperties === undefined) {
      faults.push(`${at}: an object that says nothing of its members is an empty one to openapi-typescript`);
    }
    if (schema.propertyNames || schema.patternProperties) {
      faults.push(`${at}: a pattern of names is any name to generators`);
    }
    for (const branch of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) {
      if (!branch.$ref && !branch.type) faults.push(`${at}: a branch without a type is unknown to generators`);
    }
  }
  for (const { schema, at } of named) {
    if (schema.default !== undefined) faults.push(`${at}: openapi-typescript requires a member that has a default`);
  }
  for (const headers of nodes.map(({ node }) => node.headers).filter((one) => one && !one.$ref)) {
    for (const [name, header] of Object.entries(headers)) {
      if (header.$ref && !target(header).required) {
        faults.push(`${name}: a header by reference is always there to openapi-typescript`);
      }
    }
  }
  for (const [name, operation] of operations) {
    if (!operation.summary || !operation.description) faults.push(`${name}: it has no summary, or no description`);
  }
  const references = new Set(nodes.map(({ node }) => node.$ref));
  for (const [kind, components] of Object.entries(api.components)) {
    if (kind === "securitySchemes") continue;
    for (const name of Object.keys(components)) {
      if (!references.has(`#/components/${kind}/${name}`)) faults.push(`${name}: nothing refers to it`);
    }
  }
  if (faults.length) throw new Error([...new Set(faults)].join("\n"));
}

// ---------------------------------------------------------------------------------------------- requests and answers

// What a query says, as the type that its parameter has.
function typed(schema, value) {
  const type = target(schema).type;
  if (type === "integer" && /^-?\d+$/.test(value)) return Number(value);
  if (type === "boolean" && /^(true|false)$/.test(value)) return value === "true";
  return value;
}

function checkRequest(operation, id, query, headers, type, body) {
  const find = (place, name) => operation.parameters.find((one) => one.in === place && one.name === name);
  for (const parameter of operation.parameters.filter((one) => one.in === "path")) {
    check(parameter.schema, id, `path parameter ${parameter.name}`);
  }
  for (const [name, value] of Object.entries(query)) {
    const parameter = find("query", name);
    if (parameter) {
      check(parameter.schema, typed(parameter.schema, value), `query parameter ${name}`);
    } else if (find("query", "operators")) {
      check(find("query", "operators").schema, { [name]: value }, `query parameter ${name}`);
    } else {
      throw new Error(`query parameter ${name} is not documented`);
    }
  }
  for (const [name, value] of Object.entries(headers)) {
    if (["Accept", "Authorization", "Content-Type"].includes(name)) continue;
    if (!find("header", name)) throw new Error(`header ${name} is not documented`);
    check(find("header", name).schema, value, `header ${name}`);
  }
  const content = operation.requestBody?.content;
  if ((body !== undefined) !== (content !== undefined)) throw new Error("a body, or none, is not documented");
  if (content) {
    if (!content[type]) throw new Error(`a body of ${type} is not documented`);
    check(content[type].schema, JSON.parse(body), "request body");
  }
}

// What HTTP itself adds to any answer: how it is framed, and when it was sent.
const ofTheTransport = ["connection", "keep-alive", "transfer-encoding", "content-length", "content-type", "date", "server"];

function checkResponse(documented, response, body) {
  if (!documented) throw new Error(`status ${response.status} is not documented; body: ${body}`);
  const type = response.headers.get("content-type");
  if (documented.content) {
    if (!documented.content[type]) throw new Error(`an answer of ${type} is not documented`);
    check(documented.content[type].schema, JSON.parse(body), `body of a ${response.status}`);
    check(documented.content[type].schema, JSON.parse(body), `body of a ${response.status}, read leniently`, lenient);
    if (type === "application/problem+json" && JSON.parse(body).status !== response.status) {
      throw new Error("the problem's status is another one than the response's");
    }
  } else if (body !== "") {
    throw new Error(`a body is not documented: ${body}`);
  }
  for (const [name, ref] of Object.entries(documented.headers ?? {})) {
    const header = target(ref);
    const value = response.headers.get(name);
    if (value === null && header.required) throw new Error(`header ${name} is missing`);
    if (value !== null) check(header.schema, value, `header ${name}`);
  }
  const known = Object.keys(documented.headers ?? {}).map((one) => one.toLowerCase());
  for (const name of response.headers.keys()) {
    if (!known.includes(name) && !ofTheTransport.includes(name)) throw new Error(`header ${name} is not documented`);
  }
}

// ---------------------------------------------------------------------------------------------- the server

const ids = {
  team: "05daecaf-4365-42e8-8370-8127de5dd717",
  other: "77777777-7777-4777-8777-777777777777",
  environment: "8a2b104d-74a6-47f2-b93e-c6b611e82391",
  integration: "4a4de828-f4db-4c9e-adfd-434e0864c3c7",
  install: "3fda2b4c-0516-41bc-8ae6-4927e42ecce9",
  nothing: "00000000-0000-4000-8000-000000000000",
};
const server = await startServer(
  program,
  `${token("host")} host admin\n${token("alice")} alice ${ids.team}\n${token("bob")} bob ${ids.other}\n`,
);
const url = server.url;

let requests = 0;
const seen = new Map([...operations.keys()].map((name) => [name, new Set()]));

/**
 * Calls an operation, expects a status, and checks request and response. `wrong`: the request breaks the document;
 * `as`: whose token is sent, null for none.
 */
async function call(name, expected, { id, query = {}, headers = {}, body, type, as = "host", wrong = false } = {}) {
  const operation = operations.get(name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  if (content !== undefined) {
    type ??= operation.method === "PATCH" || name === "preview" ? "application/merge-patch+json" : "application/json";
    headers = { ...headers, "Content-Type": type };
  }
  const what = `${name} (${expected})`;
  try {
    let breaks = null;
    try {
      checkRequest(operation, id, query, headers, type, content);
    } catch (error) {
      breaks = error;
    }
    if (breaks && !wrong) throw breaks;
    if (!breaks && wrong) throw new Error("the document lets a wrong request through");
    const parameters = new URLSearchParams(query).toString();
    const path = operation.path.replace("{id}", id) + (parameters ? `?${parameters}` : "");
    const response = await fetch(url + path, {
      method: operation.method,
      headers: { Accept: "application/json", ...headers, ...(as === null ? {} : { Authorization: `Bearer ${token(as)}` }) },
      body: content,
    });
    const answer = await response.text();
    ++requests;
    if (response.status !== expected) throw new Error(`answered ${response.status}: ${answer}`);
    checkResponse(target(operation.responses[response.status]), response, answer);
    seen.get(name).add(String(expected));
    return { body: answer ? JSON.parse(answer) : null, etag: response.headers.get("etag"), headers: response.headers };
  } catch (error) {
    error.message = `${what}: ${error.message}`;
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------- what is done

const config = {
  base_url: "https://api.example.com",
  label: "Example API",
  headers: { Accept: "application/json" },
  pagination: { format: "page", config: { page_key: "page" } },
};

async function everything() {
  // The document itself, read by the server's own means, for whoever asks.
  for (const as of ["host", "nobody", null]) {
    const { body } = await call("get_openapi", 200, { as });
    deepStrictEqual(body, { ...api, servers: [{ url: "/" }] });
  }
  await call("get_openapi", 400, { query: { colour: "1" }, wrong: true });
  await call("get_openapi", 406, { headers: { Accept: "text/html" } });

  // Creating.
  await call("create_team", 201, { body: { id: ids.team, name: "My Awesome Team", domain: "example.com" } });
  await call("create_team", 201, { body: { id: ids.other, name: "Other", logo: null } });
  await call("create_environment", 201, { body: { id: ids.environment, team_id: ids.team, name: "production" } });
  const kept = { id: ids.integration, team_id: ids.team, name: "zendesk", category: "helpdesk", config, sharing: "ask" };
  await call("create_integration", 201, { body: kept });
  const place = { integration_id: ids.integration, environment_id: ids.environment };
  await call("install", 201, { body: { id: ids.install, ...place, override: { label: "Ours" } } });
  await call("install", 200, { body: place });

  // What can't be created.
  await call("create_team", 409, { body: { id: ids.team, name: "again" } });
  await call("create_team", 403, { body: { name: "mine" }, as: "bob" });
  await call("create_environment", 409, { body: { team_id: ids.team, name: "production" } });
  await call("create_integration", 409, { body: { team_id: ids.team, name: "zendesk" } });
  await call("create_integration", 404, { body: { team_id: ids.nothing, name: "x" } });
  await call("create_environment", 404, { body: { team_id: ids.nothing, name: "x" } });
  await call("install", 404, { body: { ...place, environment_id: ids.nothing } });
  await call("create_team", 422, { body: {}, wrong: true });
  await call("create_environment", 422, { body: { name: "x" }, wrong: true });
  await call("create_integration", 422, { body: { team_id: ids.team, name: "" }, wrong: true });
  await call("install", 422, { body: { integration_id: "x" }, wrong: true });

  // Lists.
  const lists = {
    list_environment_integrations: {
      "environment.team.name": "My Awesome Team", "environment.name": "production", "integration.name": "zendesk",
      "integration.team.name": "My Awesome Team", is_enabled: "true", "environment_id[in]": ids.environment,
    },
    list_integrations: { sharing: "ask", is_beta: "false", "name[gte]": "a", team_id: ids.team, "team.name": "My Awesome Team" },
    list_environments: { team_id: ids.team, "team.name": "My Awesome Team", "name[ne]": "x" },
    list_teams: { "domain[eq]": "example.com" },
    list_grants: { status: "pending", integration_id: ids.integration },
  };
  for (const [name, query] of Object.entries(lists)) {
    const { body } = await call(name, 200, { query: { ...query, limit: "1000" } });
    if (name !== "list_grants" && body.result.length !== 1) throw new Error(`${name}: ${JSON.stringify(body)}`);
    await call(name, 200, { as: "alice" });
    await call(name, 200, { as: "bob" });
    await call(name, 400, { query: { colour: "1" }, wrong: true });
    await call(name, 400, { query: { limit: "1001" }, wrong: true });
    await call(name, 400, { query: { next_cursor: "tampered" } });
    await call(name, 406, { headers: { Accept: "text/html" } });
  }
  for (const [name, operation] of operations) {
    const filters = operation.parameters.find((one) => one.name === "operators");
    for (const filter of Object.keys(target(filters?.schema)?.properties ?? {})) {
      const field = filter.slice(0, filter.indexOf("["));
      const { type, format, enum: names } = target(operation.parameters.find((one) => one.name === field).schema);
      const value = format === "uuid" ? ids.nothing : type === "boolean" ? "true" : (names?.[0] ?? "x");
      await call(name, 200, { query: { [filter]: value } });
    }
    if (filters) await call(name, 400, { query: { "name[like]": "x" }, wrong: true });
  }
  await call("list_environment_integrations", 200, { query: { expand: "integration.config" } });
  await call("list_environment_integrations", 200, { query: { exclude: "override" } });
  await call("list_environment_integrations", 400, { query: { exclude: "config" }, wrong: true });
  await call("list_integrations", 200, { query: { exclude: "config" } });
  const page = await call("list_teams", 200, { query: { limit: "1" } });
  if (!page.headers.get("link")) throw new Error("a list that goes on has no Link");
  await call("list_teams", 200, { query: { limit: "1", next_cursor: page.body.next_cursor } });
  await call("list_environments", 400, { query: { next_cursor: page.body.next_cursor } });

  // Sharing.
  const asked = await call("ask_for", 201, { body: { integration_id: ids.integration }, as: "bob" });
  await call("ask_for", 200, { body: { integration_id: ids.integration, team_id: ids.other } });
  await call("ask_for", 403, { body: { integration_id: ids.integration, team_id: ids.team }, as: "bob" });
  await call("ask_for", 404, { body: { integration_id: ids.nothing }, as: "bob" });
  await call("ask_for", 422, { body: {}, wrong: true });
  const grant = asked.body.id;
  const theirs = (await call("create_environment", 201, { body: { team_id: ids.other, name: "theirs" }, as: "bob" })).body.id;
  await call("install", 403, { body: { integration_id: ids.integration, environment_id: theirs }, as: "bob" });
  await call("install", 409, { body: { id: ids.install, integration_id: ids.integration, environment_id: theirs } });
  await call("remove_environment", 200, { id: theirs, as: "bob" });
  await call("get_integration", 200, { id: ids.integration, as: "bob" });
  await call("answer_grant", 403, { id: grant, body: { status: "granted" }, as: "bob" });
  await call("answer_grant", 422, { id: grant, body: { status: "maybe" }, wrong: true });
  await call("answer_grant", 412, { id: grant, body: { status: "granted" }, headers: { "If-Match": '"9-0"' }, as: "alice" });
  await call("answer_grant", 200, { id: grant, body: { status: "granted" }, headers: { "If-Match": asked.etag }, as: "alice" });
  await call("list_grants", 200, { as: "bob" });
  await call("list_integrations", 200, { as: "bob" });
  await call("get_integration", 200, { id: ids.integration, as: "bob" });
  await call("get_team", 200, { id: ids.team, as: "bob" });

  // What may be seen but not done, or not be seen.
  const label = { op: "set", id: ids.install, pointer: "/label", value: "Ours", version: 1 };
  await call("commit_batch", 200, { body: [{ op: "update", id: ids.team, entity: "team", patch: { domain: "example.com" } }] });
  await call("commit_batch", 200, { body: [label], query: { dry_run: "true" } });
  await call("commit_batch", 400, { body: [label], query: { colour: "1" }, wrong: true });
  await call("commit_batch", 403, { body: [{ op: "update", entity: "team", id: ids.team, patch: { name: "mine" } }], as: "bob" });
  await call("commit_batch", 404, { body: [{ op: "set", id: ids.nothing, pointer: "/label", value: 1, version: 1 }] });
  await call("commit_batch", 406, { body: [label], headers: { Accept: "text/html" } });
  await call("commit_batch", 409, { body: [{ ...label, version: 9 }] });
  await call("commit_batch", 413, { body: `[${" ".repeat((1 << 20) + (64 << 10))}]` });
  await call("commit_batch", 415, { body: "x", type: "text/plain", wrong: true });
  await call("commit_batch", 422, { body: [{ op: "set", id: ids.install }] });
  await call("commit_batch", 428, { body: [{ op: "set", id: ids.install, pointer: "", value: {} }] });
  await call("update_integration", 403, { id: ids.integration, body: { is_beta: true }, as: "bob" });
  await call("remove_integration", 403, { id: ids.integration, as: "bob" });
  await call("end_installs", 403, { id: ids.integration, body: { reason: "over" }, as: "bob" });
  await call("end_installs", 200, { id: ids.integration, body: { reason: "over" }, query: { dry_run: "true" } });
  await call("end_installs", 404, { id: ids.nothing, body: { reason: "over" } });
  await call("end_installs", 422, { id: ids.integration, body: { reason: "x".repeat(256) }, wrong: true });
  await call("update_team", 403, { id: ids.team, body: { name: "mine" }, as: "bob" });
  await call("remove_team", 403, { id: ids.team, as: "bob" });
  await call("create_integration", 403, { body: { team_id: ids.team, name: "x" }, as: "bob" });
  await call("create_environment", 403, { body: { team_id: ids.team, name: "x" }, as: "bob" });
  await call("get_environment_integration", 404, { id: ids.install, as: "bob" });

  // Reading and updating, by all conditions.
  const rows = {
    environment_integration: { id: ids.install, patch: { is_enabled: false, override: { base_url: "https://eu" } }, undo: { is_enabled: true } },
    integration: { id: ids.integration, patch: { category: null, config: { label: "New" } }, undo: { category: "helpdesk" } },
    environment: { id: ids.environment, patch: { name: "prod" }, undo: { name: "production" } },
    team: { id: ids.team, patch: { is_verified: true, domain: null }, undo: { domain: "example.com" } },
  };
  for (const [name, { id, patch, undo }] of Object.entries(rows)) {
    const { etag } = await call(`get_${name}`, 200, { id, headers: { "If-None-Match": '"0-0"' } });
    await call(`get_${name}`, 304, { id, headers: { "If-None-Match": etag } });
    await call(`get_${name}`, 412, { id, headers: { "If-Match": '"99-0"' } });
    await call(`get_${name}`, 404, { id: ids.nothing });
    await call(`get_${name}`, 404, { id: "no-uuid", wrong: true });
    await call(`get_${name}`, 400, { id, query: { colour: "1" }, wrong: true });
    await call(`get_${name}`, 406, { id, headers: { Accept: "text/html" } });

    await call(`update_${name}`, 200, { id, body: patch, headers: { "If-Match": etag } });
    await call(`update_${name}`, 412, { id, body: undo, headers: { "If-Match": etag } });
    await call(`update_${name}`, 200, { id, body: undo, type: "application/json" });
    await call(`update_${name}`, 404, { id: ids.nothing, body: undo });
    await call(`update_${name}`, 422, { id, body: { colour: 1 }, wrong: true });
    await call(`update_${name}`, 400, { id, body: "{", wrong: true });
    await call(`update_${name}`, 406, { id, body: {}, headers: { Accept: "text/html" } });
    await call(`update_${name}`, 413, { id, body: `{${" ".repeat((1 << 20) + (64 << 10))}}` });
    await call(`update_${name}`, 415, { id, body: "x", type: "text/plain", wrong: true });
    const test = [{ op: "test", path: "/version", value: 1 }];
    await call(`update_${name}`, 428, { id, body: test, type: "application/json-patch+json" });
    await call(`update_${name}`, 409, { id, body: test, type: "application/json-patch+json", headers: { "If-Match": "*" } });
    const member = Object.keys(undo)[0];
    const replace = [{ op: "add", path: `/${member}`, value: undo[member] }];
    await call(`update_${name}`, 200, { id, body: replace, type: "application/json-patch+json", headers: { "If-Match": "*" } });
  }
  await call("update_environment_integration", 428, { id: ids.install, query: { override: "replace" }, body: { override: { a: null } } });
  await call("update_integration", 428, { id: ids.integration, query: { config: "replace" }, body: { config: {} } });
  await call("update_integration", 200, { id: ids.integration, query: { config: "replace" }, body: { config }, headers: { "If-Match": "*" } });
  await call("update_environment_integration", 200, {
    id: ids.install,
    query: { override: "replace" },
    body: { override: { label: null, base_url: "https://eu", headers: {} } },
    headers: { "If-Match": "*" },
  });
  await call("update_integration", 409, {
    id: (await call("create_integration", 201, { body: { team_id: ids.team, name: "second" } })).body.id,
    body: { name: "zendesk" },
  });

  // Configurations.
  const id = ids.install;
  let whole = await call("get_config", 200, { id });
  await call("get_config", 200, { id, query: { explain: "true" } });
  await call("get_config", 200, { id, query: { pointer: "/base_url", explain: "true" } });
  await call("get_config", 200, { id, query: { pointer: "/label", explain: "true" } });
  await call("get_config", 200, { id, query: { pointer: "" } });
  // An object in the place of something else has an entry of its own.
  const replacing = { override: { base_url: { eu: "https://eu" } } };
  await call("update_environment_integration", 200, { id, body: replacing });
  const { body: explained } = await call("get_config", 200, { id, query: { pointer: "/base_url", explain: "true" } });
  const pointers = explained.explanation.map((leaf) => leaf.pointer).join();
  if (pointers !== "/base_url,/base_url/eu") throw new Error(`the explanation has ${pointers}`);
  await call("update_environment_integration", 200, { id, body: { override: { base_url: "https://eu" } } });
  whole = await call("get_config", 200, { id });
  await call("get_config", 304, { id, headers: { "If-None-Match": whole.etag } });
  await call("get_config", 412, { id, headers: { "If-Match": '"99-0"' } });
  await call("get_config", 404, { id, query: { pointer: "/label" } });
  await call("get_config", 400, { id, query: { pointer: "label" }, wrong: true });
  await call("get_config", 406, { id, headers: { Accept: "text/html" } });
  await call("preview", 200, { id, body: { override: { base_url: null, label: "Theirs" } } });
  await call("preview", 200, { id, body: { override: {} }, query: { override: "replace" } });
  await call("preview", 200, { id, body: [{ op: "remove", path: "/override" }], type: "application/json-patch+json" });
  await call("preview", 409, { id, body: [{ op: "test", path: "/version", value: 0 }], type: "application/json-patch+json" });
  await call("preview", 412, { id, body: {}, headers: { "If-Match": '"99-0"' } });
  await call("preview", 404, { id: ids.nothing, body: {} });
  await call("preview", 422, { id, body: { version: 1 }, wrong: true });
  await call("preview", 400, { id, body: "[]", wrong: true });
  await call("preview", 406, { id, body: {}, headers: { Accept: "text/html" } });
  await call("preview", 413, { id, body: `{${" ".repeat((1 << 20) + (64 << 10))}}` });
  await call("preview", 415, { id, body: "x", type: "text/plain", wrong: true });

  // Grants, as rows.
  const read = await call("get_grant", 200, { id: grant });
  await call("get_grant", 304, { id: grant, headers: { "If-None-Match": read.etag } });
  await call("get_grant", 412, { id: grant, headers: { "If-Match": '"99-0"' } });
  await call("get_grant", 404, { id: ids.nothing });
  await call("get_grant", 400, { id: grant, query: { colour: "1" }, wrong: true });
  await call("get_grant", 406, { id: grant, headers: { Accept: "text/html" } });
  await call("answer_grant", 404, { id: ids.nothing, body: { status: "denied" } });

  // What every operation with a body refuses.
  const bodies = { create_team: {}, create_environment: {}, create_integration: {}, install: {}, ask_for: {}, answer_grant: { id: grant }, end_installs: { id: ids.integration } };
  for (const [name, at] of Object.entries(bodies)) {
    await call(name, 400, { ...at, body: "{", wrong: true });
    await call(name, 406, { ...at, body: "{}", headers: { Accept: "text/html" }, wrong: true });
    await call(name, 413, { ...at, body: `{${" ".repeat((1 << 20) + (64 << 10))}}`, wrong: true });
    await call(name, 415, { ...at, body: "x", type: "text/plain", wrong: true });
  }

  // What every operation refuses: nobody, and a token that is not known.
  for (const [name, operation] of operations) {
    if (operation.security?.length === 0) continue;
    const at = operation.path.includes("{id}") ? { id: ids.nothing } : {};
    await call(name, 401, { ...at, as: null, wrong: operation.requestBody !== undefined });
    await call(name, 401, { ...at, as: "nobody", wrong: operation.requestBody !== undefined });
  }

  // Removing: what is still used, the wrong version, then all of it.
  await call("remove_integration", 409, { id: ids.integration });
  await call("remove_environment", 409, { id: ids.environment });
  await call("remove_team", 409, { id: ids.team });
  for (const [name, at] of [
    ["environment_integration", ids.install],
    ["integration", ids.integration],
    ["environment", ids.environment],
    ["team", ids.other],
  ]) {
    await call(`remove_${name}`, 412, { id: at, headers: { "If-Match": '"99-0"' } });
    await call(`remove_${name}`, 400, { id: at, headers: { "If-Match": "99" } });
    await call(`remove_${name}`, 406, { id: at, headers: { Accept: "text/html" } });
    await call(`remove_${name}`, 200, { id: at, headers: { "If-Match": "*" } });
    await call(`remove_${name}`, 404, { id: at });
  }
}

// No operation answers it, so that only the document's description has it.
const notAllowed = {
  ...api.components.responses.Problem,
  headers: { Allow: { required: true, schema: { type: "string", pattern: "^[A-Z]+(, [A-Z]+)*$" } } },
};

async function methodsAreTheDocumentedOnes() {
  for (const [path, item] of Object.entries(api.paths)) {
    const response = await fetch(url + path.replace("{id}", ids.nothing), { method: "OPTIONS", headers: { Authorization: `Bearer ${token("host")}` } });
    const allowed = response.headers.get("allow").split(", ").filter((one) => !["HEAD", "OPTIONS"].includes(one));
    const documented = ["get", "post", "patch", "delete"].filter((one) => item[one]).map((one) => one.toUpperCase());
    if (allowed.join() !== documented.join()) throw new Error(`${path}: ${allowed} are there, ${documented} documented`);
    const taken = response.headers.get("accept-patch")?.split(", ").sort().join();
    // A method that is not listed for any path, and one that is not listed for this one.
    for (const method of ["PUT", ["post", "patch"].find((one) => !item[one]).toUpperCase()]) {
      const refused = await fetch(url + path.replace("{id}", ids.nothing), { method, headers: { Authorization: `Bearer ${token("host")}` } });
      if (refused.status !== 405) throw new Error(`${method} ${path} is answered ${refused.status}`);
      checkResponse(notAllowed, refused, await refused.text());
      if (refused.headers.get("allow") !== response.headers.get("allow")) throw new Error(`${method} ${path}: Allow differs`);
    }
    const patches = Object.keys(item.patch?.requestBody.content ?? {}).sort();
    if (item.patch && !patches.every((type) => taken.includes(type))) throw new Error(`${path}: Accept-Patch is ${taken}`);
  }
}

// A status that no test sees may as well be wrong. A store can't be made unavailable, or to fail, from here, nobody loses a
// race a hundred times, and the server has no quotas.
function everythingDocumentedWasSeen() {
  for (const [name, statuses] of seen) {
    const unseen = Object.keys(operations.get(name).responses).filter((one) => !["429", "500", "503", "507"].includes(one) && `${name} ${one}` !== "end_installs 409" && !statuses.has(one));
    if (unseen.length) throw new Error(`${name}: documented but never seen: ${unseen.join(", ")}`);
  }
}

let failure = null;
try {
  const result = await new Validator().validate(parse(text));
  if (!result.valid) throw new Error(`docs/openapi.yaml is no OpenAPI document: ${JSON.stringify(result.errors)}`);
  generatorsReadItRight();
  await everything();
  await methodsAreTheDocumentedOnes();
  everythingDocumentedWasSeen();
  console.log(`${operations.size} operations, ${requests} requests: all as documented`);
} catch (error) {
  failure = error;
}
await server.stop().catch((error) => (failure ??= error));
if (failure) {
  console.error(failure.message);
  process.exit(1);
}
