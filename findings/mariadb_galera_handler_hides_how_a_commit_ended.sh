#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# MariaDB 10.11 with Galera 4 (Debian 12): a COMMIT on a node that is being cut off from its cluster fails with 1180, and
# nobody knows whether the others have done it. In a compound statement whose handler rolls back and says the error again
# (`rollback; resignal`) it fails with 1047 instead, "not yet prepared": the number of a node that has refused a statement
# before it did anything with it.
#
# By then the node refuses the handler's ROLLBACK, and the error of what a handler does takes the place of what it was
# called for. So does whatever else follows the COMMIT in the block, also where that was done. Whoever takes 1047 for "not
# done" and tries again does it twice now and then. Here the other member is an arbitrator, which keeps no data.
set -euo pipefail

mariadb=1:10.11.19-0+deb12u1
galera=26.4.23-0+deb12u1
folder=$(mktemp -d)
chmod 755 "$folder"
as=()
pids=()
stop() {
  local pid
  for pid in "${pids[@]}"; do kill -s KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
apt-get download -qq "mariadb-server-core=$mariadb" "mariadb-client-core=$mariadb" "mariadb-common=$mariadb" \
  "libmariadb3=$mariadb" "galera-4=$galera" "galera-arbitrator-4=$galera" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
if ((EUID == 0)); then
  chown nobody .
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}
first=$(free_port) second=$(free_port)
mkdir data
if ((EUID == 0)); then chown nobody data; fi
"${as[@]}" env PATH="$folder/root/usr/bin:$folder/root/usr/sbin:$PATH" bash root/usr/bin/mariadb-install-db --no-defaults \
  --basedir="$folder/root/usr" --srcdir= --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db \
  >install.log 2>&1 || { cat install.log && exit 1; }
timeouts="evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.2S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S"
"${as[@]}" root/usr/sbin/mariadbd --no-defaults --basedir="$folder/root/usr" --lc-messages-dir="$folder/root/usr/share/mysql" \
  --datadir="$folder/data" --socket="$folder/socket" --skip-networking --log-error="$folder/server.log" \
  --innodb-autoinc-lock-mode=2 --binlog-format=ROW --wsrep-on=ON \
  --wsrep-provider="$folder/root/usr/lib/galera/libgalera_smm.so" --wsrep-cluster-name=f --wsrep-new-cluster \
  --wsrep-cluster-address="gcomm://127.0.0.1:$first" --wsrep-node-address="127.0.0.1:$first" --wsrep-sst-method=rsync \
  --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:$first;$timeouts" >/dev/null 2>&1 &
pids+=($!)
run() { root/usr/bin/mariadb --no-defaults --socket="$folder/socket" --user=root --batch --skip-column-names "$@"; }
# is STATUS VALUE: waits until it is so.
is() {
  local i
  for ((i = 0; i < 300; ++i)); do
    if [[ $(run -e "show status like '$1'" 2>/dev/null | cut -f 2) == "$2" ]]; then return 0; fi
    sleep 0.1
  done
  tail -n 20 server.log
  return 1
}
is wsrep_ready ON
echo "MariaDB $(run -e 'select version()'), Galera $(run -e "show status like 'wsrep_provider_version'" | cut -f 2)"
"${as[@]}" root/usr/bin/garbd --group=f --address="gcomm://127.0.0.1:$first" \
  --options="gmcast.listen_addr=tcp://127.0.0.1:$second;$timeouts" >garbd.log 2>&1 &
pids+=($!)
is wsrep_cluster_size 2
run -e "create database d; create table d.t (x int primary key) engine=innodb"
# ends STATEMENT: has the node hear the other no more, and at once makes a write there; says the number of the error.
ends() {
  printf '%s\n' "delimiter |" "set global wsrep_provider_options = 'gmcast.isolate=1'|" "$1|" >statements
  run d <statements 2>&1 | sed -n 's/^ERROR \([0-9]*\).*/\1/p'
  run -e "set global wsrep_provider_options = 'gmcast.isolate=0'"
  is wsrep_cluster_size 2 && is wsrep_ready ON
}
alone=$(ends "start transaction| insert into t values (1)| commit")
block=$(ends "begin not atomic declare exit handler for sqlexception begin rollback; resignal; end;
  start transaction; insert into t values (2); commit; end")
echo "COMMIT as a statement: $alone; in a block whose handler rolls back: $block"
[[ $alone == 1180 && $block == 1047 ]] || {
  echo "CHANGED"
  exit 1
}
