#!/usr/bin/env bash
# Runs what ./test.sh runs on few cases on many more, for a bounded time.
# Usage: ./soak.sh [all|laws|kernel|chaos|fuzz] [MINUTES]   (default all 30; at least 1 minute)
#   laws    every law, in rounds of other worlds, until each has seen 100,000 or the time is up (two to three hours on two quiet cores)
#   kernel  oracle, engine, interpreted and real rules on random clusters, until the time is up
#   chaos   a process that applies changes is killed, in rounds of 200 kills of about 5 minutes, until the time is up
#   fuzz    everything that reads text on inputs that are made to break it; findings are kept in artifacts/fuzz
#   all     each of them for its share of the time
set -uo pipefail
cd "$(dirname "$0")"
. build/common.sh

parts=(laws kernel chaos fuzz)
law_worlds=${NETPOLICY_SOAK_WORLDS:-100000}
law_round=${NETPOLICY_SOAK_ROUND:-2500}
law_filter='(FullyQualifiedName~.Laws.|FullyQualifiedName~MonotonyTests|FullyQualifiedName~PendingWorldTests)&FullyQualifiedName!~SurpriseTests'

usage() { echo "usage: ./soak.sh [all|$(IFS='|'; echo "${parts[*]}")] [MINUTES]" >&2; exit 2; }

what=all
case ${1:-} in '' | [0-9]*) ;; *) what=$1; shift ;; esac
minutes=${1:-30}
case $minutes in '' | *[!0-9]* | 0) usage ;; esac
[ "$#" -le 1 ] || usage
case " all ${parts[*]} " in *" $what "*) ;; *) usage ;; esac
[ "$what" = all ] || parts=("$what")

need_sdk
build NetPolicy.sln || exit 1
failed=0
summary=()

# Runs the tests of a project for at most so many seconds; further arguments go to dotnet test. 0: passed; 1: failed; 124: the time is up.
run() { # seconds, project folder name, arguments...
  local seconds=$1 name=$2
  shift 2
  [ "$seconds" -gt 0 ] || return 124
  timeout "$seconds" dotnet test "tests/$name" -c Release --no-build --nologo "$@"
}

soak_laws() { # deadline
  local round=0 complete=0 status name seed
  export NETPOLICY_LAW_WORLDS=$law_round
  while [ "$SECONDS" -lt "$1" ] && [ $((complete * law_round)) -lt "$law_worlds" ]; do
    # Runs with neighbouring seeds would share all but a few worlds.
    round=$((round + 1)) seed=$((round * 1000000007))
    for name in NetPolicy.Core.Tests NetPolicy.Dsl.Tests; do
      NETPOLICY_LAW_SEED=$seed run $(($1 - SECONDS)) "$name" --filter "$law_filter"
      status=$?
      [ "$status" -ne 124 ] || break 2
      [ "$status" -eq 0 ] || { failed=$((failed + 1)); summary+=("laws: round $round of $name failed; again with NETPOLICY_LAW_SEED=$seed NETPOLICY_LAW_WORLDS=$law_round"); }
    done
    complete=$((complete + 1))
  done
  summary+=("laws: each held on $((complete * law_round)) worlds, in $complete complete rounds of $law_round")
  unset NETPOLICY_LAW_WORLDS
}

soak_kernel() { # deadline
  local complete=0 status
  need_kernel_tools && is_root && export NETPOLICY_REQUIRE_KERNEL=1
  while [ "$SECONDS" -lt "$1" ]; do
    NETPOLICY_LAW_WORLDS=5000 NETPOLICY_LAW_SEED=$(((complete + 1) * 1000000007)) run $(($1 - SECONDS)) NetPolicy.Differential.Tests --filter 'group!=chaos'
    status=$?
    [ "$status" -ne 124 ] || break
    [ "$status" -eq 0 ] || { failed=$((failed + 1)); summary+=("kernel: round $((complete + 1)) failed"); }
    complete=$((complete + 1))
  done
  summary+=("kernel: $complete complete rounds; a last one stopped when the time was up")
}

soak_chaos() { # deadline
  local complete=0 status seed
  need_kernel_tools && is_root && export NETPOLICY_REQUIRE_KERNEL=1
  while [ "$SECONDS" -lt "$1" ]; do
    seed=$((complete * 1000 + 1001))
    NETPOLICY_CHAOS_KILLS=200 NETPOLICY_CHAOS_SEED=$seed run $(($1 - SECONDS)) NetPolicy.Differential.Tests --filter 'group=chaos' --logger 'console;verbosity=detailed'
    status=$?
    [ "$status" -ne 124 ] || break
    [ "$status" -eq 0 ] || { failed=$((failed + 1)); summary+=("chaos: round $((complete + 1)) failed; again with NETPOLICY_CHAOS_SEED=$seed NETPOLICY_CHAOS_KILLS=200"); }
    complete=$((complete + 1))
  done
  summary+=("chaos: $complete complete rounds of 200 kills; a last one stopped when the time was up")
}

soak_fuzz() { # deadline
  local log status
  log=$(mktemp)
  dotnet run --project tests/NetPolicy.Fuzz -c Release --no-build -- --seconds $(($1 - SECONDS)) --seed "${NETPOLICY_FUZZ_SEED:-1}" | tee "$log"
  status=${PIPESTATUS[0]}
  [ "$status" -eq 0 ] || failed=$((failed + 1))
  summary+=("$(grep '^fuzz:' "$log" | tail -n 1)")
  rm -f "$log"
}

started=$SECONDS
for ((i = 0; i < ${#parts[@]}; i++)); do
  echo "== ${parts[i]}"
  "soak_${parts[i]}" $((started + (minutes * 60 * (i + 1) / ${#parts[@]})))
done

printf '%s\n' "${summary[@]}"
echo "$failed failed in $(((SECONDS - started + 59) / 60)) of $minutes minutes"
[ "$failed" -eq 0 ]
