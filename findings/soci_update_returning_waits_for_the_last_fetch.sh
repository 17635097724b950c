#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# SOCI 4.0.3 on SQLite 3.40.1 (Debian 12): an UPDATE ... RETURNING is not committed when its row has been read.
#
# SOCI steps the statement once and gives the row; SQLite ends the implicit transaction only with the step that says that
# there are no more. Until the statement is fetched to its end, reset or destroyed, other connections read the old value,
# although execute() has succeeded and the new one is in the caller's hands. A program that answers its client then, and
# is ended, has lost the write.
set -euo pipefail

soci=4.0.3-1
sqlite=3.40.1-2+deb12u2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "libsoci-dev=$soci" "libsoci-core4.0=$soci" "libsoci-sqlite3-4.0=$soci" "libsqlite3-dev=$sqlite" \
  "libsqlite3-0=$sqlite" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
cat >returning.cpp <<'END'
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <soci/version.h>
#include <cstdio>

int main() {
  std::printf("SOCI version %s, SQLite version %s\n", SOCI_LIB_VERSION, sqlite_api::sqlite3_libversion());
  soci::session writer(soci::sqlite3, "store.db");
  soci::session reader(soci::sqlite3, "store.db");
  writer << "pragma journal_mode = wal";
  writer << "create table t (n integer)";
  writer << "insert into t values (1)";
  int returned = 0;
  int seen = 0;
  soci::statement update = (writer.prepare << "update t set n = 2 returning n", soci::into(returned));
  bool const has_row = update.execute(true);
  reader << "select n from t", soci::into(seen);
  std::printf("execute() gave %d, the value %d; another connection reads %d\n", has_row, returned, seen);
  bool const is_as_found = has_row && returned == 2 && seen == 1;
  while (update.fetch()) {
  }
  reader << "select n from t", soci::into(seen);
  std::printf("fetched to the end: another connection reads %d\n", seen);
  return is_as_found && seen == 2 ? 0 : 1;
}
END
library=$(dirname "$(find root -name 'libsoci_core.so.4.0.3')")
sqlite_library=$(find root -name 'libsqlite3.so.0' | head -n 1)
g++ -std=c++17 -isystem root/usr/include returning.cpp -o returning "$library/libsoci_core.so.4.0.3" \
  "$library/libsoci_sqlite3.so.4.0.3" "$sqlite_library"
LD_LIBRARY_PATH=$library:$(dirname "$sqlite_library") ./returning || { echo "CHANGED"; exit 1; }
