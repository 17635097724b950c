#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# openapi-typescript 7.13.0: a schema that is `type: object` and nothing more becomes an object without members.
#
# JSON Schema says that such a schema takes any object: additionalProperties is true unless told otherwise. The generated
# type is Record<string, never>, to which no object with a member can be assigned, so a typed client can send nothing but
# {} where a document of the caller's own belongs. The same schema with `additionalProperties: true` written out becomes
# a type that takes any member.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3
cat >api.yaml <<'END'
openapi: 3.1.0
info: { title: t, version: "1" }
paths: {}
components:
  schemas:
    Plain: { type: object }
    Open: { type: object, additionalProperties: true }
END
npx --no-install openapi-typescript api.yaml -o api.d.ts >/dev/null 2>&1
# compiles TYPE: whether an object with a member can be one.
compiles() {
  printf 'import type { components } from "./api";\nexport const document: components["schemas"]["%s"] = { a: 1 };\n' "$1" \
    >"$1.ts"
  npx --no-install tsc --strict --noEmit --skipLibCheck --module esnext --moduleResolution bundler "$1.ts" >"$1.out" 2>&1
}
echo "openapi-typescript version $(node -p 'require("./node_modules/openapi-typescript/package.json").version')"
grep -A2 'Plain:' api.d.ts | head -n 1
if compiles Plain; then echo "CHANGED: an object with a member is a plain object"; exit 1; fi
echo "an object with a member is no plain object: $(head -n 1 Plain.out)"
compiles Open || { echo "CHANGED: an object with a member is no open object"; cat Open.out; exit 1; }
echo "it is one where additionalProperties: true is written out"
