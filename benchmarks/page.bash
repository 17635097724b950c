# SPDX-License-Identifier: BSL-1.0
# What the reports have in common. To be sourced by bash, in the project's folder.
# shellcheck shell=bash

# The machine, for the line below a table.
report_machine() {
  local cpu
  cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
  echo "$(nproc) × ${cpu:-unknown CPU}"
}

# report_into_page NAME FILE [PAGE]: puts the file's text between the marks of that report in a page, docs/performance.md
# unless told.
report_into_page() {
  local page where=${3:-docs/performance.md}
  page=$(awk -v name="$1" '
    FNR == NR { table = table $0 "\n"; next }
    $0 == "<!-- end of " name " -->" { skips = 0 }
    !skips { print }
    $0 == "<!-- " name " -->" { printf "\n%s\n", table; skips = 1 }
  ' "$2" "$where")
  printf '%s\n' "$page" >"$where"
}

# report_needs_medians REPETITIONS: ends the report where there would be none. Google Benchmark gives them from two
# runs on.
report_needs_medians() {
  if [[ ! $1 =~ ^[0-9]+$ ]] || ((10#$1 < 2)); then
    echo "--repetitions takes a number from 2 on, not '$1': the table is one of medians" >&2
    exit 2
  fi
}
