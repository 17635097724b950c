#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 15 (Debian 12): a commit that waits for a synchronous standby is not ended by statement_timeout, and is
# answered as a success when somebody ends the wait, though no standby has it.
#
# That it may be on this server only is said in a notice, of level WARNING, which client libraries print or drop: the reply
# to the statement is COMMIT, as ever. A client that does not look at notices takes it for replicated. This is as
# documented for synchronous_standby_names, and for pg_cancel_backend it is not said.
set -euo pipefail

postgresql=15.18-0+deb12u1
folder=$(mktemp -d)
chmod 755 "$folder"
as=()
stop() {
  "${as[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
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
run() { "$programs/psql" -X -q -A -t -h "$folder" -U f postgres "$@"; }
echo "PostgreSQL $(run -c 'show server_version')"
run -c "set synchronous_commit = local" -c "create table t (x int)"
(run -v VERBOSITY=verbose -c "set statement_timeout = '1s'" -c "insert into t values (1)" -c "select 'went on'" >answer 2>&1) &
client=$!
waits="select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
until [[ $(run -c "$waits") == 1 ]]; do sleep 0.1; done
sleep 3
echo "after three times statement_timeout $(run -c "$waits") waits"
after=$(run -c "$waits")
run -c "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'" >/dev/null
wait "$client" || true
cat answer
is_as_told() {
  [[ $after == 1 && $(run -c "select count(*) from t") == 1 ]] || return 1
  grep -q 'went on' answer && grep -q WARNING answer && grep -q SyncRepWaitForLSN answer && ! grep -q ERROR answer
}
is_as_told || {
  echo "CHANGED"
  exit 1
}
