#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# @hey-api/openapi-ts 0.85.2: with `bigInt: true` an int64 is a bigint that was rounded before, and is sent as text.
#
# The plugin @hey-api/transformers types `type: integer, format: int64` as bigint. What comes in goes through JSON.parse
# first, so that 9007199254740993 is already 9007199254740992 when BigInt() is made of it. What goes out is made a string
# by the client's body serializer, although the schema says integer: {"n":"1"}. So whoever reads a resource and
# sends it back has changed a number, and its kind, and no type says so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @hey-api/openapi-ts@0.85.2 typescript@5.9.3
cat >api.yaml <<'END'
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /row:
    put:
      operationId: putRow
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Row" } } }
      responses:
        "200":
          description: as stored
          content: { application/json: { schema: { $ref: "#/components/schemas/Row" } } }
components:
  schemas:
    Row: { type: object, required: [n], properties: { n: { type: integer, format: int64 } } }
END
cat >openapi-ts.config.js <<'END'
module.exports = {
  input: "api.yaml",
  output: "generated",
  plugins: [
    "@hey-api/client-fetch",
    "@hey-api/typescript",
    { name: "@hey-api/transformers", bigInt: true },
    { name: "@hey-api/sdk", transformer: true },
  ],
};
END
cat >use.ts <<'END'
import { putRow } from "./generated";
import { client } from "./generated/client.gen";

// In place of a server: it keeps what it is sent and answers with a number that a double does not have.
let sent = "";
const answer = async (request: Request): Promise<Response> => {
  sent = await request.text();
  return new Response('{"n":9007199254740993}', { headers: { "Content-Type": "application/json" } });
};
client.setConfig({ baseUrl: "http://localhost", fetch: answer as typeof fetch });
putRow({ body: { n: 1n } }).then(({ data }) => {
  console.log(`1n was sent as ${sent}`);
  console.log(`9007199254740993 was read as ${data?.n}, a ${typeof data?.n}`);
  if (sent !== '{"n":"1"}' || data?.n !== 9007199254740992n) throw new Error("CHANGED");
});
END
echo "@hey-api/openapi-ts version $(node -p 'require("./node_modules/@hey-api/openapi-ts/package.json").version')"
npx --no-install openapi-ts >generated.out 2>&1 || { cat generated.out; exit 1; }
grep -h 'n: bigint' generated/types.gen.ts || { echo "CHANGED: the type of an int64"; exit 1; }
npx --no-install tsc --strict --skipLibCheck --target es2022 --lib es2022,dom,dom.iterable --module commonjs \
  --moduleResolution node10 --outDir js use.ts
node js/use.js
