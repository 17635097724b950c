#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# openapi-fetch 0.17.0: a body with a misspelt member compiles.
#
# TypeScript refuses unknown members of an object literal where its type is known. openapi-fetch infers the options of a
# call as a type parameter, and an inferred type has whatever was written, so that nobody looks for members too many;
# `additionalProperties: false` makes no difference. In a PATCH, where all members are optional, a misspelt one is a
# request that changes nothing. Written with its type, `{…} satisfies components["schemas"]["Pet"]`, the same literal is
# refused.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund openapi-fetch@0.17.0 openapi-typescript@7.13.0 typescript@5.9.3
cat >api.yaml <<'END'
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /pet:
    patch:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/Pet" } }
      responses: { "204": { description: done } }
components:
  schemas:
    Pet:
      type: object
      additionalProperties: false
      properties: { name: { type: string }, age: { type: integer } }
END
npx --no-install openapi-typescript api.yaml -o api.d.ts >/dev/null 2>&1
# compiles BODY: whether a call with that body does.
compiles() {
  cat >call.ts <<END
import createClient from "openapi-fetch";
import type { components, paths } from "./api";
type Schemas = components["schemas"];
export const called = createClient<paths>().PATCH("/pet", { body: $1 });
END
  if npx --no-install tsc --strict --noEmit --skipLibCheck --lib es2022,dom --module esnext \
    --moduleResolution bundler call.ts >call.out 2>&1; then
    echo "compiles: $1"
  else
    echo "refused:  $1"
    return 1
  fi
}
changed() {
  echo CHANGED
  cat call.out
  exit 1
}
echo "openapi-fetch version $(node -p 'require("./node_modules/openapi-fetch/package.json").version')"
if compiles '{ name: 1 }'; then changed; fi
compiles '{ nmae: "Rex" }' || changed
if compiles '{ nmae: "Rex" } satisfies Schemas["Pet"]'; then changed; fi
