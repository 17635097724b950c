// SPDX-License-Identifier: BSL-1.0
// Makes a typed client from docs/openapi.yaml, compiles a program that uses it (what must not compile included), and
// runs that against the server.
//
// usage: node clients.test.js openapi-fetch|hey-api INLAY_PROGRAM OPENAPI_DOCUMENT
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startServer, token } from "./server.js";

const generators = {
  "openapi-fetch": (document, folder) => run("openapi-typescript", [document, "--output", join(folder, "schema.ts")]),
  "hey-api": async (document, folder) => {
    const { createClient } = await import("@hey-api/openapi-ts");
    // Node's modules are named with their extension.
    const output = { path: join(folder, "generated"), importFileExtension: ".js" };
    await createClient({ input: document, output, logs: { level: "silent", file: false } });
  },
};

const [name, ...files] = process.argv.slice(2);
const [program, document] = files.map((path) => resolve(path));
if (!Object.hasOwn(generators, name ?? "") || !program || !document) {
  console.error("usage: node clients.test.js openapi-fetch|hey-api INLAY_PROGRAM OPENAPI_DOCUMENT");
  process.exit(2);
}

function run(command, args, cwd = ".") {
  const { status, stdout, stderr, error } = spawnSync(resolve("node_modules/.bin", command), args, {
    cwd,
    encoding: "utf8",
  });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
}

const folder = resolve("clients-made", name);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await generators[name](document, folder);
for (const file of ["tsconfig.json", "expect.ts", "query.ts", `${name}.ts`])
  cpSync(join("clients", file), join(folder, file));
run("tsc", [], folder);
const client = await import(pathToFileURL(join(folder, "compiled", `${name}.js`)));

const team = { token: token("theirs"), id: "77777777-7777-4777-8777-777777777777" };
const server = await startServer(program, `${token("host")} host admin\n${team.token} them ${team.id}\n`);
let failure = null;
await client.use(server.url, token("host"), team).catch((error) => (failure = error));
await server.stop().catch((error) => (failure ??= error));
if (failure) {
  console.error(failure.stack);
  process.exit(1);
}
console.log(`${name}: made, compiled and run`);
