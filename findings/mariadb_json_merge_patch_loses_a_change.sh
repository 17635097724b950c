#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# MariaDB 10.11 (Debian 12): JSON_MERGE_PATCH loses a change when the patch also removes the target's first member.
#
# The patch changes one member and removes another one, which both exist. When the one that goes is the first of the
# target, the change is not made, whatever the order of the patch's members; nothing is said. With the target's members
# the other way round, or with two patches one after the other, it is as RFC 7396 has it.
set -euo pipefail

mariadb=1:10.11.19-0+deb12u1
folder=$(mktemp -d)
pid=
stop() {
  if [[ -n $pid ]]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
apt-get download -qq "mariadb-server-core=$mariadb" "mariadb-client-core=$mariadb" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
mkdir data
# Without a network, and without accounts, which an empty folder has none of.
as=()
if ((EUID == 0)); then
  chown nobody . data
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
"${as[@]}" root/usr/sbin/mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --skip-networking \
  --skip-grant-tables --lc-messages-dir="$folder/root/usr/share/mysql" --character-sets-dir="$folder/root/usr/share/mysql/charsets" \
  >server.log 2>&1 &
pid=$!
run() { root/usr/bin/mariadb --no-defaults --socket="$folder/socket" --batch --skip-column-names -e "$1"; }
for _ in {1..300}; do
  if run 'select 1' >/dev/null 2>&1; then break; fi
  sleep 0.1
done

expect() {
  if [[ $2 != "$3" ]]; then
    echo "CHANGED: $1 gives $2, and gave $3"
    exit 1
  fi
  echo "$1 gives $2"
}

echo "MariaDB version $(run 'select version()')"
expect "a change of q that also removes p, the first" \
  "$(run "select json_merge_patch('{\"p\":1,\"q\":2}', '{\"q\":3,\"p\":null}')")" '{"q": 2}'
expect "the same where p is the last" \
  "$(run "select json_merge_patch('{\"q\":2,\"p\":1}', '{\"q\":3,\"p\":null}')")" '{"q": 3}'
expect "the same in two steps" \
  "$(run "select json_merge_patch('{\"p\":1,\"q\":2}', '{\"q\":3}', '{\"p\":null}')")" '{"q": 3}'
echo 'by RFC 7396 all three would be {"q": 3}'
