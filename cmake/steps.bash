# SPDX-License-Identifier: BSL-1.0
# Calm output for scripts: one line a step, the details in a log that is shown only when a step fails.
# To be sourced by bash, which then calls `steps_log_to FILE` first.
# shellcheck shell=bash

steps_log_to() {
  steps_log=$1
  mkdir -p "$(dirname "$steps_log")"
  : >"$steps_log"
}

heading() { printf '\n== %s\n' "$*"; }

# step TITLE COMMAND...: runs the command, its output going to the log.
step() {
  local title=$1 started=$SECONDS status=0
  shift
  printf '== %s ... ' "$title"
  printf '\n== %s\n' "$title" >>"$steps_log"
  local from
  from=$(wc -c <"$steps_log")
  # In a subshell, so that an `exit` of the command ends the step only. `set -e` does not hold in it.
  ("$@") >>"$steps_log" 2>&1 </dev/null || status=$?
  if ((status)); then
    printf 'failed (status %s)\n\n' "$status"
    tail -c "+$((from + 1))" "$steps_log" | tail -n 200
    printf '\nThe whole log is in %s\n' "$steps_log"
    exit "$status"
  fi
  printf '%s s\n' "$((SECONDS - started))"
}
