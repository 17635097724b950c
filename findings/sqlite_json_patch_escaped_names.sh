#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# SQLite 3.40.1 (Debian 12): json_patch() compares the names of members as they are spelt, not as what they mean.
#
# RFC 7396 speaks of names, and RFC 8259 (section 8.3) says how to compare them: escapes first turned into characters. A
# patch whose name has an escape that the target's has not (or the other way round) therefore adds a second member of the
# same name instead of changing the first, and a null removes nothing. json_extract() then finds the first of the two, so
# that the change seems to be lost. Whoever computes RFC 7396 in SQLite has to normalise the texts before they go in.
set -euo pipefail

sqlite3=3.40.1-2+deb12u2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "sqlite3=$sqlite3" "libsqlite3-0=$sqlite3" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
run() {
  LD_LIBRARY_PATH=$(dirname "$(find root -name 'libsqlite3.so.0' | head -n 1)") root/usr/bin/sqlite3 -batch :memory: "$1"
}

expect() {
  if [[ $2 != "$3" ]]; then
    echo "CHANGED: $1 gives $2, and gave $3"
    exit 1
  fi
  echo "$1 gives $2"
}

echo "SQLite version $(run 'select sqlite_version()')"
change="select json_patch('{\"name\":1}', '{\"n\\u0061me\":2}')"
expect "a change of the member, its name escaped" "$(run "$change")" '{"name":1,"n\u0061me":2}'
expect "what is read of it" "$(run "select json_extract(($change), '\$.name')")" 1
expect "its removal" "$(run "select json_patch('{\"name\":1}', '{\"n\\u0061me\":null}')")" '{"name":1}'
echo "by RFC 7396 these would be {\"name\":2}, 2 and {}"
