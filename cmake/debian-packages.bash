# SPDX-License-Identifier: BSL-1.0
# The Debian 12 packages that inlay's scripts need, and how they get them. To be sourced by bash.
# shellcheck shell=bash

# shellcheck disable=SC2034  # the arrays are used by the scripts that source this file
# Boost and SOCI have to be named with their versions: Debian's default Boost is 1.74, which is too old.
inlay_build_packages=(g++ cmake ninja-build libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libssl-dev libsoci-dev libsqlite3-dev libpq-dev libmariadb-dev libcli11-dev)
# git, pkg-config, dpkg-dev and file are for the tests of the package, curl for those of the server, sqlite3 for those of
# backups, and apache2-bin, which has programs and no service, to stand before the server.
inlay_test_packages=("${inlay_build_packages[@]}" catch2 nlohmann-json3-dev curl git pkg-config dpkg-dev file fish zsh
  sqlite3 apache2-bin)
# To stand before the server as well. Installing it would start it, at port 80; what it depends on is there for others.
inlay_unpacked_packages=(nginx)
# For docs/openapi.yaml. A node from elsewhere brings its own npm, which Debian's would be in the way of.
command -v npm >/dev/null || inlay_test_packages+=(nodejs npm)
# Only what runs a private server: mariadb-server, without -core, would also start one of the system.
# mariadb-client, which is more than -core, has mariadb-dump; openssl makes the certificates for their encrypted
# connections.
inlay_server_packages=(postgresql pgbouncer mariadb-server-core mariadb-client openssl)
# What makes MariaDBs a cluster; iproute2 gives its nodes hosts of their own, and procps finds a server's processes.
inlay_cluster_packages=(galera-4 iproute2 procps)
inlay_benchmark_packages=(libbenchmark-dev nlohmann-json3-dev rapidjson-dev wrk)
inlay_fuzz_packages=("${inlay_build_packages[@]}" clang libclang-rt-14-dev)
inlay_lint_packages=(clang-format clang-tidy)

# inlay_missing_packages NAME...: those that are not installed, one a line.
inlay_missing_packages() {
  local package
  for package in "$@"; do
    # The status is asked for by word: a removed package that left its configuration behind is known too.
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

# inlay_apt_get ARGUMENT...: as root, or through sudo.
inlay_apt_get() {
  local -a as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "This needs root or sudo: apt-get $*" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

# inlay_install_packages NAME...: installs those that are missing, with apt-get; as root, or through sudo.
# When nothing is missing it touches nothing and needs no network.
inlay_install_packages() {
  local -a missing
  if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here, so nothing was installed. On Debian 12 these would be needed: $*"
    return 0
  fi
  mapfile -t missing < <(inlay_missing_packages "$@")
  ((${#missing[@]})) || return 0
  echo "installing ${missing[*]}"
  inlay_apt_get update && inlay_apt_get install -y --no-install-recommends "${missing[@]}"
}

# inlay_unpack_packages FOLDER NAME...: the files of those that are not installed, each in FOLDER/NAME. For programs whose
# packages would start a service. When they are there already it touches nothing and needs no network.
inlay_unpack_packages() {
  local folder=$1 package download status
  shift
  if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here, so nothing was unpacked. On Debian 12 these would be: $*"
    return 0
  fi
  for package in $(inlay_missing_packages "$@"); do
    if [[ -d $folder/$package ]]; then continue; fi
    echo "unpacking $package"
    download=$(mktemp -d)
    status=0
    {
      (cd "$download" && apt-get download "$package") ||
        { inlay_apt_get update && (cd "$download" && apt-get download "$package"); }
    } && dpkg-deb -x "$download"/*.deb "$download/files" && mkdir -p "$folder" &&
      mv "$download/files" "$folder/$package" || status=$?
    rm -rf "$download"
    if ((status)); then return "$status"; fi
  done
}
