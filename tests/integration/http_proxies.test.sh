#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Drives `inlay serve` through nginx or Apache, as docs/rest.md says that they are told of it: one that takes a prefix
# off paths, one that keeps it, and one that compresses.
#
# usage: http_proxies.test.sh INLAY (nginx|apache) PROXY_PROGRAM
set -euo pipefail

inlay=$1 kind=$2 proxy=$3
configuration=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/proxies/$kind.conf
folder=$(mktemp -d)
processes=()
finish() {
  local id
  for id in "${processes[@]}"; do kill "$id" 2>/dev/null || true; done
  for id in "${processes[@]}"; do wait "$id" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
# A proxy that root starts is another user's soon.
chmod 711 "$folder"

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

# serve NAME ARGUMENT...: sets $address, where it listens
serve() {
  local name=$1
  shift
  : >"$name.out" # which the process may open later than it is read
  "$inlay" --store sqlite:store.db serve --listen 127.0.0.1:0 --tokens tokens "$@" >"$name.out" 2>"$name.err" &
  processes+=("$!")
  for ((i = 0; i < 400; ++i)); do
    address=$(sed -n 's|^listening at http://||p' "$name.out")
    if [[ -n $address ]]; then return; fi
    sleep 0.05
  done
  cat "$name.err" >&2
  exit 1
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range that the kernel hands out to clients.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    listens "$port" || break
  done
  echo "$port"
}

# Starts the proxy; sets $stripped and $kept, the addresses at which it takes a prefix off and keeps it.
start_proxy() {
  local strips keeps id
  strips=$(free_port)
  keeps=$(free_port)
  sed -e "s|FOLDER|$folder|" -e "s|MODULES|$modules|" -e "s|127.0.0.1:8080|$at_root|" -e "s|127.0.0.1:8081|$below|" \
    -e "s|:8088|:$strips|" -e "s|:8089|:$keeps|" "$configuration" >"$kind.conf"
  if [[ $kind == nginx ]]; then
    "$proxy" -p "$folder" -c "$folder/nginx.conf" 2>"$kind.err" &
  else
    "$proxy" -DFOREGROUND -f "$folder/apache.conf" 2>"$kind.err" &
  fi
  id=$!
  for ((i = 0; i < 400; ++i)); do
    if ! kill -0 "$id" 2>/dev/null; then return 1; fi
    if listens "$strips" && listens "$keeps"; then
      processes+=("$id")
      stripped=http://127.0.0.1:$strips kept=http://127.0.0.1:$keeps
      return
    fi
    sleep 0.05
  done
  processes+=("$id")
  return 1
}

# ask METHOD URL [CURL_ARGUMENT...]: sets $status, $body and the file headers
ask() {
  local method=$1 url=$2
  shift 2
  : >body
  status=$(curl -sS --globoff --path-as-is --compressed -X "$method" -D headers -o body -w '%{http_code}' \
    -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@" "$url")
  body=$(<body)
}
header() { sed -n "s/^$1: //Ip" headers | tr -d '\r' | tail -n 1; }
path_of_link() { header Link | sed -n 's/^<\(.*\)?.*/\1/p'; }

token=s3cret-0123456789abcdef0123456789abcdef
(umask 077 && printf '%s host admin\n' "$token" >tokens)
"$inlay" --store sqlite:store.db migrate >/dev/null
serve root --public-path /api
at_root=$address
serve below --base-path /api
below=$address
modules=$(dirname "$proxy")/../lib/apache2/modules
# Somebody may have taken a port that was free.
start_proxy || start_proxy || {
  cat "$kind.err" >&2
  exit 1
}

# ---- prefixes: what a server shows leads back to it

team=05daecaf-4365-42e8-8370-8127de5dd717
one=team/$team
ask POST "$stripped/api/team" --data "{\"id\":\"$team\",\"name\":\"A name that is long enough to be compressed\"}"
check "creating the team" 201 "$status"
for through in "$stripped" "$kept"; do
  ask POST "$through/api/team" --data '{"name":"one of many"}'
  check "creating a team" 201 "$status"
  location=$(header Location)
  check "where it is" "/api/team/" "${location:0:10}"
  ask GET "$through$location"
  check "the team at that place" 200 "$status"
  ask GET "$through/api/team?limit=1"
  check "the link" /api/team "$(path_of_link)"
  link=$(header Link)
  link=${link#<}
  ask GET "$through${link%%>*}"
  check "the next page" 200 "$status"
  ask GET "$through/api/healthz"
  check "the health" '200 {"status":"ok"}' "$status $body"
done
ask GET "http://$below/healthz"
check "the health, past the proxy" 200 "$status"

# ---- tags, as they are and as compression makes them

# round_trip WHAT URL CODING TAG_PATTERN STATUS_OF_AN_UPDATE
round_trip() {
  local what=$1 url=$2 coding=$3 pattern=$4 updated=$5 tag version
  ask GET "$url" -H "Accept-Encoding: $coding"
  check "$what" 200 "$status"
  tag=$(header ETag)
  version=$(sed -n 's/.*"version":\([0-9]*\),"birth":"\([0-9a-f]*\)".*/\1-\2/p' body)
  [[ $tag =~ ^$pattern$ ]] || check "$what: the tag" "$pattern" "$tag"
  ask GET "$url" -H "Accept-Encoding: $coding" -H "If-None-Match: $tag"
  check "$what: what the client has already" "304 " "$status $body"
  ask PATCH "$url" -H "Accept-Encoding: $coding" -H "If-Match: $tag" --data "{\"domain\":\"d$RANDOM$RANDOM.example\"}"
  check "$what: an update" "$updated" "$status"
  if ((updated == 200)); then
    ask PATCH "$url" -H "Accept-Encoding: $coding" -H "If-Match: $tag" --data '{"domain":"late.example"}'
    check "$what: an update with the tag before" 412 "$status"
    check_has "$what: the refusal" "it is at version" "$body"
  else
    check_has "$what: the refusal" "a weak entity tag (W/) never matches" "$body"
    check_has "$what: the refusal" '"kind":"conflict"' "$body"
    ask PATCH "$url" -H "Accept-Encoding: $coding" -H "If-Match: \"$version-\"" --data '{"domain":"way.example"}'
    check "$what: an update that names version and birth" 200 "$status"
    ask PATCH "$url" -H "Accept-Encoding: $coding" -H "If-Match: \"$version-\"" --data '{"domain":"late.example"}'
    check "$what: an update that names the version before" 412 "$status"
  fi
}
ours='"[0-9]+-[0-9a-f]{16}-[0-9a-f]{16}"'
for coding in gzip identity; do
  round_trip "without compression, $coding" "$stripped/api/$one" "$coding" "$ours" 200
  round_trip "without compression, prefix kept, $coding" "$kept/api/$one" "$coding" "$ours" 200
done
if [[ $kind == nginx ]]; then
  round_trip "compressed by nginx" "$stripped/api/packed/$one" gzip "W/$ours" 412
else
  round_trip "compressed by Apache" "$stripped/api/packed/$one" gzip "${ours%\"}-gzip\"" 200
  round_trip "compressed by Apache's brotli" "$stripped/api/packed-br/$one" br "${ours%\"}-br\"" 200
fi
round_trip "not compressed where it might be" "$stripped/api/packed/$one" identity "$ours" 200

# ---- paths, names and queries

# No path of inlay's has one; a rule of the proxy's for paths should know what becomes of it.
declare -A encoded_slash=(
  ["nginx $stripped"]="200 application/json" # it decodes the path that it takes something off
  ["nginx $kept"]="404 application/problem+json"
  ["apache $stripped"]="404 text/html; charset=iso-8859-1" # its own refusal
  ["apache $kept"]="404 text/html; charset=iso-8859-1"
)
for through in "$stripped" "$kept"; do
  ask GET "$through/api/team%2F$team"
  check "an encoded slash" "${encoded_slash["$kind $through"]}" "$status $(header Content-Type)"
  ask GET "$through/api/te%61m/$team"
  check "a letter that is encoded" 200 "$status"
  ask GET "$through/api/team?name[in]=a%2Fb,A%20name%20that%20is%20long%20enough%20to%20be%20compressed"
  check "brackets, and a slash in the query" 200 "$status"
  check_has "brackets, and a slash in the query" "\"id\":\"$team\"" "$body"
  ask GET "$through/api/$one" -H 'X_Underscore: 1'
  check "a field whose name has an underscore" 200 "$status"
done

# ---- bodies: one that inlay takes is beyond what nginx does when nobody tells it

printf '{"team_id":"%s","name":"large","config":{"a":"%01048000d"}%50000s}' "$team" 0 "" >large
for through in "$stripped" "$kept"; do
  for field in 'Expect: 100-continue' 'Expect:' 'Transfer-Encoding: chunked'; do
    ask POST "$through/api/integration" -H "$field" --data-binary @large
    check "a large body with $field" 201 "$status"
    id=$(sed -n 's/^{"id":"\([^"]*\)".*/\1/p' body)
    ask DELETE "$through/api/integration/$id"
    check "removing it" 200 "$status"
  done
  head -c 1200000 /dev/zero | tr '\0' ' ' >long
  ask POST "$through/api/team" --data-binary @long
  check "a body that is too long" "413 application/problem+json" "$status $(header Content-Type)"
done

# ---- nobody is taken for this machine

status=$(curl -sS -o body -w '%{http_code}' "$stripped/api/team")
check "no token" 401 "$status"

if ((failures > 0)); then
  cat "$kind.err" >&2
  echo "$failures failures" >&2
  exit 1
fi
echo "all is as it should be"
