#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# MariaDB 10.11 (Debian 12): an ordered page that an index gives is sorted from the whole table when it is joined with a
# table of one row.
#
# A list of a hundred rows in the order of an index is read as a hundred rows. Joined by primary key with a table that
# holds a single row, the server joins by way of a buffer (BNL), which loses the order: it goes through all 100,000 rows and
# sorts them, for each page, STRAIGHT_JOIN or not. With join_cache_level = 0 it is 101 rows again. A service meets this in
# its first days, while it has one customer, and never in its tests with many.
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
as=()
if ((EUID == 0)); then
  chown nobody . data
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
"${as[@]}" root/usr/sbin/mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --skip-networking \
  --skip-grant-tables --lc-messages-dir="$folder/root/usr/share/mysql" --character-sets-dir="$folder/root/usr/share/mysql/charsets" \
  >server.log 2>&1 &
pid=$!
run() { root/usr/bin/mariadb --no-defaults --socket="$folder/socket" --batch --skip-column-names "$@"; }
for _ in {1..300}; do
  if run -e 'select 1' >/dev/null 2>&1; then break; fi
  sleep 0.1
done
echo "MariaDB version $(run -e 'select version()')"
run <<'END'
create database f;
use f;
create table team (id char(36) character set ascii primary key, name varchar(255) not null);
create table item (id int primary key, team char(36) character set ascii not null, at int not null, body text not null,
                   key (at, id));
insert into team values ('t1', 'one');
insert into item select seq, 't1', seq, repeat('x', 200) from seq_1_to_100000;
analyze table team, item;
END
page="select straight_join i.*, t.name from item i join team t on t.id = i.team order by i.at, i.id limit 101"
# read_rows SETTING: how many rows the server goes through for a page.
read_rows() { run f -e "$1; flush status; $page; show status like 'Handler_read_%next'" | awk '/Handler_read/ { n += $2 } END { print n }'; }
usual=$(read_rows "set @x = 1")
without=$(read_rows "set join_cache_level = 0")
plan=$(run f -e "explain $page" | tr '\t' ' ')
echo "$plan"
echo "read one after the other for a page of 101 rows: $usual, and with join_cache_level = 0: $without"
[[ $usual -gt 90000 && $without -lt 1000 && $plan == *"join buffer"* ]] || { echo "CHANGED"; exit 1; }
