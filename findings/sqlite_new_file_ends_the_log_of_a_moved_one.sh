#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# SQLite 3.40.1 (Debian 12), write-ahead log: after `mv d.db e.db`, whoever opens d.db anew deletes the moved one's log.
#
# A database in WAL mode that is open keeps its latest commits in d.db-wal. The file is renamed, the log is not. A second
# connection that opens the old name with the usual flags makes a new and empty d.db, finds a -wal that does not fit to
# it, and removes it. The first connection goes on and notices nothing; when its process ends hard, what was committed and
# not checkpointed is gone: e.db has not got it. Opened with SQLITE_OPEN_READWRITE and without CREATE (the shell's URI
# mode=rw), the second connection is refused instead and the log stays, to be moved beside e.db by hand.
set -euo pipefail

sqlite=3.40.1-2+deb12u2
folder=$(mktemp -d)
pid=
stop() {
  if [[ -n $pid ]]; then kill -s KILL "$pid" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
apt-get download -qq "sqlite3=$sqlite" "libsqlite3-0=$sqlite" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$PWD/$(dirname "$(find root -name 'libsqlite3.so.0' | head -n 1)")
export LD_LIBRARY_PATH
shell=$PWD/root/usr/bin/sqlite3
echo "SQLite version $("$shell" :memory: 'select sqlite_version()')"

# try FLAGS: how many of two committed rows are in the moved database when its process was ended after that opening.
try() {
  local rows
  rm -f ./*.db ./*.db-* pipe
  mkfifo pipe
  "$shell" d.db <pipe >first.out 2>&1 &
  pid=$!
  exec 3>pipe
  echo "pragma journal_mode = wal; create table t (n); insert into t values (1); insert into t values (2); select 'ready';" >&3
  until grep -q ready first.out; do sleep 0.1; done
  mv d.db e.db
  "$shell" "file:d.db$1" 'select count(*) from sqlite_master' >second.out 2>&1 || true
  kill -s KILL "$pid"
  wait "$pid" 2>/dev/null || true
  pid=
  exec 3>&-
  if [[ -e d.db-wal ]]; then mv d.db-wal e.db-wal; fi
  rows=$("$shell" e.db 'select count(*) from t' 2>/dev/null) || rows="no table"
  echo "$rows"
}
usual=$(try "")
careful=$(try "?mode=rw")
echo "opened as usual: $usual of the two committed rows; opened without making a file: $careful"
[[ $usual != 2 && $careful == 2 ]] || { echo "CHANGED"; exit 1; }
