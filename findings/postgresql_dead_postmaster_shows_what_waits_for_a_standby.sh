#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 15 (Debian 12): when only the first of its processes dies, such as by the kernel's choice when memory runs
# out, a commit that waits for a synchronous standby is seen by the sessions that are still at work, which are those that
# run a statement. No standby has it, its own client is told nothing, and the standby that is promoted lacks it.
#
# So a read on a synchronous primary can see what is gone after the failover. A machine that dies as a whole shows
# nothing of the kind. The wait ends when the postmaster is gone, and what has been waited for is done on this server.
set -euo pipefail

postgresql=15.18-0+deb12u1
folder=$(mktemp -d)
chmod 755 "$folder"
as=()
postmaster=
stop() {
  if [[ -n $postmaster ]]; then kill -s KILL "$postmaster" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
apt-get download -qq "postgresql-15=$postgresql" "postgresql-client-15=$postgresql" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
programs=$folder/root/usr/lib/postgresql/15/bin
if ((EUID == 0)); then
  chown nobody .
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
"${as[@]}" "$programs/initdb" -D "$folder/data" -U f --auth=trust --locale=C >/dev/null
"${as[@]}" "$programs/pg_ctl" -D "$folder/data" -l "$folder/data.log" -w start \
  -o "-c listen_addresses= -c unix_socket_directories=$folder -c synchronous_standby_names=nobody" >/dev/null
postmaster=$(head -n 1 data/postmaster.pid)
run() { "$programs/psql" -X -q -A -t -h "$folder" -U f postgres "$@"; }
echo "PostgreSQL $(run -c 'show server_version')"
run -c "set synchronous_commit = local" -c "create table t (x int)"
(run -c "insert into t values (1)" >writer 2>&1 || true) &
writer=$!
until [[ $(run -c "select count(*) from pg_stat_activity where wait_event = 'SyncRep'") == 1 ]]; do sleep 0.1; done
# Looks without a pause, for 20 seconds at most, and says whether it has seen a row, and when it began that it had not.
cat >reader.sql <<'SQL'
do $$
declare
  began timestamptz := clock_timestamp();
  seen bigint;
begin
  select count(*) into seen from t;
  raise notice 'rows seen at first: %', seen;
  while seen = 0 and clock_timestamp() < began + interval '20 s' loop
    select count(*) into seen from t;
  end loop;
  raise notice 'rows seen at last: %', seen;
end $$
SQL
(run -f reader.sql >reader 2>&1 || true) &
reader=$!
until grep -q 'at first' reader; do sleep 0.1; done
kill -s KILL "$postmaster"
wait "$reader" "$writer" || true
cat reader writer
grep -q 'rows seen at first: 0' reader && grep -q 'rows seen at last: 1' reader && ! grep -q 'INSERT' writer || {
  echo "CHANGED"
  exit 1
}
