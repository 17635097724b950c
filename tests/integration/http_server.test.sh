#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Drives a server with curl: the example bodies of the API's description, tokens, health, conditions, a graceful stop.
#
# usage: http_server.test.sh PROGRAM STORE_URL
#
# STORE_URL may be the name of an environment variable that holds it; when that is not set the test is skipped (77).
set -euo pipefail

program=$1 store=$2
if [[ $store =~ ^[A-Z_]+$ ]]; then
  name=$store
  store=${!name:-}
  if [[ -z $store ]]; then
    echo "skipped: $name is not set"
    exit 77
  fi
  # A database is shared with other tests: tables of our own.
  if [[ $store == *\?* ]]; then store+="&"; else store+="?"; fi
  prefix=http_$$_
  store+="table_prefix=$prefix"
fi

folder=$(mktemp -d)
server=
# With the database's own client, where there is one.
drop_tables() {
  local tables="" table place='^[a-z]+://([^:@]*):([^@]*)@([^:/]*):([0-9]+)/([^?]*)'
  for table in grant environment_integration integration environment team change commit counter migration; do
    tables+="${tables:+, }$prefix$table"
  done
  if [[ $store == postgres* ]]; then
    psql -qX "${store%%\?*}" -c "set client_min_messages = error; drop table if exists $tables"
  elif [[ $store =~ $place ]]; then
    MYSQL_PWD=${BASH_REMATCH[2]} mariadb --no-defaults -h "${BASH_REMATCH[3]}" -P "${BASH_REMATCH[4]}" \
      -u "${BASH_REMATCH[1]}" "${BASH_REMATCH[5]}" -e "drop table if exists $tables"
  fi
}
finish() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [[ -n ${prefix:-} ]]; then drop_tables >&2 || true; fi
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
check_has() { # WHAT PART TEXT
  [[ $3 == *"$2"* ]] && return
  echo "FAILED: $1: expected to find $2 in: $3" >&2
  failures=$((failures + 1))
}

# Waits until the log says it: a thread of its own writes it, and no answer waits for that.
await_log() { # PART
  for ((i = 0; i < 200; ++i)); do
    if grep -qF -- "$1" err; then return; fi
    sleep 0.05
  done
}

options=() # of `inlay serve`, besides
serve() { # ADDRESS [TOKENS_FILE]; within $descriptors and $file_size (KiB), and without $closed, where they are set
  if [[ -n ${closed:-} ]]; then exec 0<&- 2>&-; fi
  if [[ -n ${descriptors:-} ]]; then ulimit -n "$descriptors"; fi
  if [[ -n ${file_size:-} ]]; then ulimit -f "$file_size"; fi
  exec "$program" --store "$store" serve --listen "$1" ${2+--tokens "$2"} "${options[@]}"
}

start() { # ADDRESS [TOKENS_FILE]
  : >out
  (serve "$@") >out 2>"${log_file:-err}" &
  server=$!
  for ((i = 0; i < 200; ++i)); do
    url=$(sed -n 's/^listening at //p' out)
    if [[ -n $url ]]; then return 0; fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.05
  done
  server=
  return 1
}

stop() {
  kill -TERM "$server"
  wait "$server" && status=0 || status=$?
  server=
  check "the exit status after SIGTERM" 0 "$status"
  if ((status != 0)); then cat err >&2; fi
}

# ask METHOD PATH [BODY] [CURL_ARGUMENT...]: sets $status, $body and the file headers
ask() {
  local method=$1 path=$2 content=${3:-}
  shift $(($# > 2 ? 3 : 2))
  local arguments=(-sS -X "$method" -D headers -o body -w '%{http_code}')
  if [[ $method == HEAD ]]; then arguments=(-sS -I -D headers -o body -w '%{http_code}'); fi
  if [[ -n $content ]]; then arguments+=(-H 'Content-Type: application/json' --data-binary "$content"); fi
  : >body
  status=$(curl "${arguments[@]}" "$@" "$url$path")
  body=$(<body)
}
header() { sed -n "s/^$1: //Ip" headers | tr -d '\r'; }

team=05daecaf-4365-42e8-8370-8127de5dd717
environment=8a2b104d-74a6-47f2-b93e-c6b611e82391
integration=4a4de828-f4db-4c9e-adfd-434e0864c3c7
install=3fda2b4c-0516-41bc-8ae6-4927e42ecce9
other_team=77777777-7777-4777-8777-777777777777

# ---- without tokens: the host's administration, on loopback

if ! start 127.0.0.1:0; then
  if grep -qE 'not_built|unknown_scheme' err; then
    echo "skipped: this build has no backend for the store"
    exit 77
  fi
  cat err >&2
  exit 1
fi

ask GET /healthz
check "the health" '200 {"status":"ok"}' "$status $body"
ask GET '/healthz?from=balancer'
check "the health, with a query" '200 {"status":"ok"}' "$status $body"
ask POST /healthz '{}'
check "a method that the health has not" "405 GET, HEAD" "$status $(header Allow)"

ask POST /team "{\"id\":\"$team\",\"name\":\"My Awesome Team\",\"domain\":\"example.com\",
  \"logo\":\"https://example.com/logo.png\",\"is_verified\":true,\"terms_of_service\":\"https://example.com/tos\"}"
check "creating the team" 201 "$status"
check "where it is" "/team/$team" "$(header Location)"
ask POST /team "{\"id\":\"$other_team\",\"name\":\"Other\"}"
check "creating another team" 201 "$status"
ask POST /environment "{\"id\":\"$environment\",\"team_id\":\"$team\",\"name\":\"production\"}"
check "creating the environment" 201 "$status"
ask POST /integration "{\"id\":\"$integration\",\"team_id\":\"$team\",\"name\":\"zendesk\",\"category\":\"helpdesk\",
  \"sharing\":\"allow\",\"config\":{
    \"base_url\": \"https://api.example.com\",
    \"label\": \"Example API\",
    \"logo\": \"https://example.com/logo.png\",
    \"headers\": {\"Content-Type\": \"application/json\", \"Accept\": \"application/json\", \"User-Agent\": \"truto\"},
    \"authorization\": {\"format\": \"bearer\", \"config\": {\"value\": \"{{oauth.token.access_token}}\"}},
    \"pagination\": {\"format\": \"page\", \"config\": {\"page_key\": \"page\", \"limit_key\": \"per_page\"}},
    \"resources\": {\"users\": {\"list\": {\"method\": \"get\", \"path\": \"/users\", \"response_path\": \"data.users\"}}}
  }}"
check "creating the integration" 201 "$status"
ask POST /environment-integration \
  "{\"id\":\"$install\",\"integration_id\":\"$integration\",\"environment_id\":\"$environment\",\"is_enabled\":false}"
check "installing" 201 "$status"
first_tag=$(header ETag)
ask POST /environment-integration "{\"integration_id\":\"$integration\",\"environment_id\":\"$environment\"}"
check "installing again" 200 "$status"

ask PATCH "/environment-integration/$install" \
  '{"show_in_catalog":true,"is_enabled":true,"override":{"base_url":"https://eu.example.com"}}' -H "If-Match: $first_tag"
check "the update of the API's description" 200 "$status"
check_has "the update" "\"id\":\"$install\",\"integration_id\":\"$integration\",\"environment_id\":\"$environment\"" "$body"
check_has "the update" '"show_in_catalog":true,"is_enabled":true,"override":{"base_url":"https://eu.example.com"}' "$body"
check_has "the integration in it" '"config":{"base_url":"https://api.example.com","label":"Example API"' "$body"
check_has "its environments" "\"environment_ids\":[\"$environment\"]" "$body"
check_has "its team" "\"team\":{\"id\":\"$team\",\"name\":\"My Awesome Team\"" "$body"
tag=$(header ETag)
ask PATCH "/environment-integration/$install" '{"is_enabled":false}' -H "If-Match: $first_tag"
check "an update with a stale tag" 412 "$status"
check "its media type" application/problem+json "$(header Content-Type)"
ask GET "/environment-integration/$install" '' -H "If-None-Match: $tag"
check "what the client has already" "304 " "$status $body"
ask HEAD "/environment-integration/$install"
check "HEAD" "200 $tag" "$status $(header ETag)"
ask GET "/environment-integration/$install/config?pointer=/base_url"
check_has "the effective value" '"value":"https://eu.example.com"' "$body"
ask GET "/environment-integration?integration.name=zendesk&is_enabled[ne]=false" '' --globoff
check_has "the list" "\"result\":[{\"id\":\"$install\"" "$body"
ask GET '/environment-integration?integration.name[in]=a\,b,zendesk' '' --globoff
check_has "a list by names with a comma, as the documents write it" "\"result\":[{\"id\":\"$install\"" "$body"
ask GET "/environment-integration?colour=1"
check "an unknown parameter" 400 "$status"

head -c 1200000 /dev/zero | tr '\0' ' ' >long
status=$(curl -sS -o body -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @long "$url/team")
check "a body that is too long" 413 "$status"
ask GET /team '' -H 'Host: rebound.example'
check "a name that is not this machine's" 421 "$status"
for host in localhost LocalHost:80 127.0.0.1 127.8.9.10:8080 '[::1]' '[0:0:0:0:0:0:0:1]:8080'; do
  ask GET /team '' -H "Host: $host"
  check "a name of this machine, $host" 200 "$status"
done
for host in 127.0.0.1.rebound.example localhost.rebound.example 10.0.0.1 '[::2]' '[127.0.0.1]' 127.0.0.1:rebound.example; do
  ask GET /team '' -H "Host: $host"
  check "another machine's name, $host" 421 "$status"
done
exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
printf 'this is not HTTP\r\n\r\n' >&3
check "something other than HTTP" "HTTP/1.1 400 Bad Request" "$(head -n 1 <&3 | tr -d '\r')"
exec 3>&-

# say REQUEST: sends it as it is; sets $answer to all that comes until the connection ends, or for ten seconds
say() {
  exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
  printf "$1" >&3
  answer=$(timeout 10 cat <&3) || answer+=" and the connection stays open"
  answer=${answer//$'\r'/}
  exec 3>&-
}

# HTTP/1.0 keeps a connection only when both say so.
say 'GET /healthz HTTP/1.0\r\n\r\n'
check_has "HTTP/1.0" $'\nConnection: close\n' "$answer"
check "the end of an HTTP/1.0 connection" '{"status":"ok"}' "${answer##*$'\n'}"
say 'GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /healthz HTTP/1.0\r\n\r\n'
check_has "HTTP/1.0 that keeps the connection" $'\nConnection: keep-alive\n' "$answer"
check "its answers" 2 "$(grep -o 'HTTP/1.1 200 ' <<<"$answer" | wc -l)"
say 'POST /team HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}'
check "an expectation in HTTP/1.0, of which it knows none" "HTTP/1.1 415" "${answer:0:12}"
say 'POST /team HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}'
check "the same in HTTP/1.1" "HTTP/1.1 100 Continue" "${answer%%$'\n'*}"

# A request of which nobody knows the end is not read, and neither is what follows it.
for coding in gzip 'chunked, gzip' 'gzip, chunked'; do
  say "GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: $coding\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n"
  check "the transfer coding $coding" "HTTP/1.1 400 Bad Request" "${answer%%$'\n'*}"
  check_has "the transfer coding $coding" $'\nConnection: close\n' "$answer"
  check "answers to the transfer coding $coding" 1 "$(grep -o 'HTTP/1.1 ' <<<"$answer" | wc -l)"
done
say 'HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n'
check "the refusal of a HEAD" "HTTP/1.1 400 Bad Request" "${answer%%$'\n'*}"
check "the body of a refused HEAD" 0 "$(grep -c '{' <<<"$answer" || true)"
for hosts in '' 'Host: localhost\r\nHost: localhost\r\n'; do
  say "GET /healthz HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n"
  check "a request with the fields ${hosts:-none}" "HTTP/1.1 400 Bad Request" "${answer%%$'\n'*}"
done
say 'GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
check "a transfer coding in HTTP/1.0" "HTTP/1.1 400 Bad Request" "${answer%%$'\n'*}"
say 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n0\r\n\r\n'
check "the transfer coding chunked" "HTTP/1.1 200 OK" "${answer%%$'\n'*}"

# A second server has no place here, and says where.
(serve "${url#http://}") >second 2>&1 && status=0 || status=$?
check "listening where another does" 1 "$((status != 0))"
check_has "the refusal" "can't listen at ${url#http://}: " "$(<second)"

await_log "localhost \"PATCH /environment-integration/$install\" 200 "
check_has "the access log" "localhost \"PATCH /environment-integration/$install\" 200 " "$(<err)"
stop

# ---- with tokens

host_token=s3cret-host-0123456789abcdef0123456789
alice_token=s3cret-alice-0123456789abcdef0123456789
bob_token=s3cret-bob-0123456789abcdef0123456789
carol_token=s3cret-carol-0123456789abcdef0123456789
umask 077 # nobody else may read who may call
bob_hash=$(printf %s "$bob_token" | sha256sum)
printf '# who may call\n\n%s host admin\n%s alice@example.com %s expires=%s\nsha256:%s bob %s\n' "$host_token" \
  "$alice_token" "$team" 2999-12-31T23:59:59Z "${bob_hash%% *}" "$other_team" >tokens
if [[ $store == memory:* ]]; then
  echo "this test needs a store that outlives a server" >&2
  exit 1
fi
start 127.0.0.1:0 tokens || { cat err >&2; exit 1; }
ask GET /healthz
check "the health, without a token" 200 "$status"
ask GET /team
check "no token" "401 Bearer" "$status $(header WWW-Authenticate)"
ask GET /team '' -H 'Authorization: Bearer s3cret'
check "a token that is not known" 401 "$status"
ask GET /team '' -H "Authorization: Bearer $bob_token extra"
check "a token with something behind it" 401 "$status"
ask GET "/environment-integration/$install" '' -H "Authorization: Bearer $alice_token"
check "one's own install, still there after a restart" 200 "$status"
ask GET "/environment-integration/$install" '' -H "authorization: bearer $bob_token"
check "another team's install" 404 "$status"
ask DELETE "/environment-integration/$install" '' -H "Authorization: Bearer $alice_token"
check "uninstalling" "200 {\"id\":\"$install\"}" "$status $body"
await_log 'alice@example.com "DELETE '
check_has "the access log" "alice@example.com \"DELETE " "$(<err)"
check "tokens in the log" 0 "$(grep -c s3cret err || true)"

# A connection that waits does not hold up the stop.
exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
started=$SECONDS
stop
exec 3>&-
(($((SECONDS - started)) < 5)) || check "the time it takes to stop" "under 5 s" "$((SECONDS - started)) s"

# ---- a log that nobody reads any more is no reason to end

mkfifo log
head -n 1 <log >/dev/null &
reader=$!
log_file=log
start 127.0.0.1:0 tokens || { echo "the server with a log that is a pipe did not start" >&2; exit 1; }
log_file=
ask GET /healthz
check "the health, with a log that is read" 200 "$status"
wait "$reader" # it has read its line
for i in 1 2; do
  ask GET /healthz
  check "the health, with a log that nobody reads, time $i" 200 "$status"
done
stop

# ---- without standard input and error nothing else is opened in their place

if [[ -r /proc/self/stat ]]; then
  closed=yes
  start 127.0.0.1:0 tokens || { echo "the server without standard error did not start" >&2; exit 1; }
  closed=
  ask GET /team '' -H "Authorization: Bearer $host_token"
  check "reading, without standard error" 200 "$status"
  for descriptor in 0 2; do
    check "descriptor $descriptor" /dev/null "$(readlink "/proc/$server/fd/$descriptor")"
  done
  stop
fi

# ---- the tokens, read anew

cp tokens changed
start 127.0.0.1:0 changed || { cat err >&2; exit 1; }
printf '%s carol admin\n' "$carol_token" >changed
kill -HUP "$server"
await_log 'reload: the tokens were read anew'
ask GET /team '' -H "Authorization: Bearer $host_token"
check "a token that was taken away" 401 "$status"
ask GET /team '' -H "Authorization: Bearer $carol_token"
check "a token that was added" 200 "$status"
stop

# ---- with quotas for teams

options=(--team-rows 0 --team-bytes 0 --team-log-bytes-a-day 0)
start 127.0.0.1:0 tokens || { cat err >&2; exit 1; }
ask POST /environment "{\"team_id\":\"$team\",\"name\":\"one too many\"}" -H "Authorization: Bearer $alice_token"
check "a row beyond the quota" 507 "$status"
check_has "why" '"kind":"quota_exceeded"' "$body"
check_has "why" 'and may have 0: remove' "$body"
options=(--team-log-bytes-a-day 2000)
stop
start 127.0.0.1:0 tokens || { cat err >&2; exit 1; }
for ((i = 0, status = 200; i < 10 && status == 200; ++i)); do
  ask PATCH "/environment/$environment" "{\"name\":\"name $i\"}" -H "Authorization: Bearer $alice_token"
done
check "what is too much for today" 429 "$status"
check "whether it says when to come again" yes "$([[ $(header Retry-After) =~ ^[0-9]+$ ]] && echo yes)"
ask DELETE "/environment/$environment" '' -H "Authorization: Bearer $host_token"
check "that the administration is not bound" 200 "$status"
options=()
stop

# ---- at a path

start unix:socket tokens || { cat err >&2; exit 1; }
check "where it listens" unix:socket "$url"
check "who may connect" 600 "$(stat -c %a socket)"
url=http://localhost
ask GET /team '' -H "Authorization: Bearer $host_token" --unix-socket socket
check "reading, at a path" 200 "$status"
await_log 'unix host "GET /team" 200 '
check_has "the access log" 'unix host "GET /team" 200 ' "$(<err)"
kill -KILL "$server"
wait "$server" || true
server=
check "the path after a server that was killed" socket "$(stat -c %F socket)"
start unix:socket tokens || { echo "no server where one was killed" >&2; cat err >&2; exit 1; }
stop
check "the path after a server that was stopped" "" "$(ls socket 2>/dev/null || true)"

# ---- few file descriptors: strangers make room for each other, and it does not use the processor while it waits

if [[ -r /proc/self/stat ]]; then
  descriptors=40
  start 127.0.0.2:0 tokens || { cat err >&2; exit 1; }
  descriptors=
  clients=()
  for ((i = 0; i < 60; ++i)); do
    exec {client}<>"/dev/tcp/127.0.0.2/${url##*:}"
    clients+=("$client")
  done
  sleep 0.5
  ask GET /healthz
  check "the health, while strangers hold all connections" 200 "$status"
  used() { awk '{ print $14 + $15 }' "/proc/$server/stat"; } # in ticks, of which a second has 100
  before=$(used)
  sleep 2
  ticks=$(($(used) - before))
  ((ticks < 40)) || check "the processor's time while it waits" "under 40 ticks" "$ticks"
  for client in "${clients[@]}"; do exec {client}>&-; done
  ask GET /healthz
  check "the health, when they are gone" 200 "$status"
  stop
fi

# ---- a store that fails: what it says is for the log, not for clients

if [[ $store == sqlite:* ]]; then
  file_size=2048
  start 127.0.0.1:0 tokens || { cat err >&2; exit 1; }
  file_size=
  for ((i = 0; i < 10; ++i)); do
    printf '{"team_id":"%s","name":"long %d","config":{"a":"%0900000d"}}' "$team" "$i" 0 >long
    ask POST /integration @long -H "Authorization: Bearer $alice_token"
    [[ $status == 201 ]] || break
  done
  check "a full store" 503 "$status"
  # SQLite cannot say whether the commit is in its file after all, so that nobody is told to do the same again.
  check "when to come again" "" "$(header Retry-After)"
  check_has "the refusal" '"kind":"unavailable","outcome":"unknown"' "$body"
  check "the store's file in the refusal" 0 "$(grep -c "${store#sqlite:}" body || true)"
  await_log '"POST /integration" unavailable (outcome unknown): '
  errors=$(grep '"POST /integration" unavailable (outcome unknown): ' err || true)
  check_has "the error in the log" "${store#sqlite:}" "$errors"
  check "lines of the error" 1 "$(grep -c . <<<"$errors")"
  ask GET "/team/$team" '' -H "Authorization: Bearer $alice_token"
  check "reading, when nothing can be written any more" 200 "$status"
  stop
fi

# ---- what it refuses to start with

if start 0.0.0.0:0; then
  check "listening for everybody without tokens" refused "$(stop; echo served)"
else
  check_has "the refusal" tokens "$(<err)"
fi
if start 127.0.0.1:0 ""; then
  check "a tokens file without a name" refused "$(stop; echo served)"
else
  check_has "the refusal" tokens "$(<err)"
fi
printf '# nobody yet\n' >bad
if start 127.0.0.1:0 bad; then
  check "a tokens file with nobody in it" refused "$(stop; echo served)"
else
  check_has "the refusal" nobody "$(<err)"
fi
for line in only-a-token "$host_token host" "only-a-token host admin"; do
  printf '%s\n' "$line" >bad
  if start 127.0.0.1:0 bad; then
    check "a bad tokens file" refused "$(stop; echo served)"
  else
    check_has "the refusal" "line 1 of the tokens: " "$(<err)"
    check "the token in the refusal" 0 "$(grep -c -e only-a-token -e s3cret err || true)"
  fi
done
chmod 644 tokens
if start 127.0.0.1:0 tokens; then
  check "a tokens file that everybody can read" refused "$(stop; echo served)"
else
  check_has "the refusal" "is open to everybody (mode 0644)" "$(<err)"
fi
chmod 600 tokens

if ((failures > 0)); then
  echo "$failures failures" >&2
  exit 1
fi
echo "all is as it should be"
