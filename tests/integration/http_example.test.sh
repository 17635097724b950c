#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Drives docs/examples/http_server.cpp with curl: whoever has the token is answered, others are not.
#
# usage: http_example.test.sh PROGRAM
set -euo pipefail

program=$1
folder=$(mktemp -d)
server=
finish() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

failures=0
check() { # WHAT EXPECTED ACTUAL
  [[ $2 == "$3" ]] && return
  echo "FAILED: $1: expected $2, got $3" >&2
  failures=$((failures + 1))
}

TOKEN=a-token-of-the-example "$program" sqlite::memory: 0 >out 2>err &
server=$!
port=
for ((i = 0; i < 200; ++i)); do
  port=$(sed -n 's/^listening on port //p' out)
  if [[ -n $port ]]; then break; fi
  sleep 0.05
done
if [[ -z $port ]]; then
  cat err >&2
  exit 1
fi

# ask METHOD PATH [CURL_ARGUMENT...]: the status, and the answer in the file body
ask() {
  local method=(-X "$1")
  if [[ $1 == HEAD ]]; then method=(-I); fi
  curl -sS --max-time 30 "${method[@]}" -o body -w '%{http_code}' "${@:3}" "http://127.0.0.1:$port$2"
}
with_token=(-H 'Authorization: Bearer a-token-of-the-example')

check "without a token" 401 "$(ask GET /team)"
check "with another token" 401 "$(ask GET /team -H 'Authorization: Bearer a-token-of-the-examplf')"
check "with the token and more" 401 "$(ask GET /team -H 'Authorization: Bearer a-token-of-the-example2')"
check "a team" 201 "$(ask POST /team "${with_token[@]}" -H 'Content-Type: application/json' --data '{"name": "Acme"}')"
check "the teams" 200 "$(ask GET '/team?limit=1' "${with_token[@]}")"
if ! grep -q '"name":"Acme"' body; then
  echo "FAILED: the list has no team Acme: $(<body)" >&2
  failures=$((failures + 1))
fi
check "HEAD" 200 "$(ask HEAD /team "${with_token[@]}")"
check "two requests on one connection" 200200 \
  "$(curl -sS --max-time 30 "${with_token[@]}" -o body -w '%{http_code}' "http://127.0.0.1:$port/team" \
    -o body -w '%{http_code}' "http://127.0.0.1:$port/team")"
exit "$((failures > 0))"
