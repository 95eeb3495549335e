#!/usr/bin/env bash
# Builds everything and runs every test. Ends with `N passed, N failed, N skipped`; exit 0 only if nothing failed.
set -uo pipefail
cd "$(dirname "$0")"
. build/common.sh
need_sdk

# Kernel tests are real where the machine can run them: a skip is then a failure.
if need_kernel_tools && is_root && [ "$(uname -s)" = Linux ]; then
  export NETPOLICY_REQUIRE_KERNEL=1
else
  echo "Kernel tests are skipped: they need root on Linux, nftables and iproute2."
fi

passed=0 failed=0 skipped=0
budget_lines=()
group_started=$SECONDS

begin() { echo "== $1"; group_started=$SECONDS; }

end() { # name, budget in seconds
  local took=$((SECONDS - group_started)) note=""
  [ "$took" -le $(($2 * 3 / 2)) ] || note="  far over budget"
  budget_lines+=("$(printf '%-22s %4d s of %4d s%s' "$1" "$took" "$2" "$note")")
}

check() { # name, command...: one passed or failed check
  local name=$1 log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    echo "  ok      $name"
    passed=$((passed + 1))
  else
    echo "  FAILED  $name"
    sed 's/^/    /' "$log"
    failed=$((failed + 1))
  fi
  rm -f "$log"
}

run_tests() { # log file, project folder name, filter...
  local log=$1 name=$2
  shift 2
  dotnet test "tests/$name" -c Release --no-build --nologo "$@" --logger "console;verbosity=minimal" >"$log" 2>&1
  echo $? >"$log.status"
}

report_tests() { # log file, project folder name
  local log=$1 name=$2 line
  line=$(grep -E '^(Passed|Failed|Skipped)! +- ' "$log" | tail -n 1)
  if [ -z "$line" ]; then
    echo "  FAILED  $name did not finish"
    sed 's/^/    /' "$log"
    failed=$((failed + 1))
  else
    count() { sed -nE "s/.*$1: *([0-9]+).*/\1/p" <<<"$line"; }
    passed=$((passed + $(count Passed)))
    failed=$((failed + $(count Failed)))
    skipped=$((skipped + $(count Skipped)))
    echo "  $name: $(count Passed) passed, $(count Failed) failed, $(count Skipped) skipped"
    [ "$(cat "$log.status")" -eq 0 ] || grep -vE '^(Test run for|A total of|Starting test execution|VSTest version)' "$log" | sed 's/^/    /'
    grep -E '\[SKIP\]' "$log" | sed 's/^/    /' || true
  fi
  rm -f "$log" "$log.status"
}

tests() { # [--beside project] [--filter EXPRESSION] project folder name...
  local name log beside="" beside_log="" waited="" filter=()
  if [ "$1" = --beside ]; then
    # Its tests wait for other processes most of the time.
    beside=$2 beside_log=$(mktemp)
    shift 2
    run_tests "$beside_log" "$beside" &
    waited=$!
  fi
  [ "$1" != --filter ] || { filter=("$1" "$2"); shift 2; }
  for name in "$@"; do
    log=$(mktemp)
    run_tests "$log" "$name" "${filter[@]}"
    report_tests "$log" "$name"
  done
  if [ -n "$beside" ]; then
    wait "$waited"
    report_tests "$beside_log" "$beside"
  fi
}

begin "build"
if ! build NetPolicy.sln; then
  echo "0 passed, 1 failed"
  exit 1
fi
end build 75

begin "units and laws"
tests --beside NetPolicy.Cli.Tests NetPolicy.Core.Tests NetPolicy.Dsl.Tests
tests NetPolicy.Enforce.Tests
end "units and laws" 150

begin "kernel differential"
tests --filter 'group!=chaos' NetPolicy.Differential.Tests
end "kernel differential" 120

begin "chaos"
tests --filter 'group=chaos' NetPolicy.Differential.Tests
end chaos 60

begin "packaging"
check "packages can be used from a fresh project, and the tool installs" build/check-packages.sh
check "benchmarks run (smoke)" dotnet run --project benchmarks/NetPolicy.Benchmarks -c Release --no-build -- --smoke
check "the benchmarks' real cluster has the published profile" dotnet run --project benchmarks/NetPolicy.Benchmarks -c Release --no-build -- check
check "the page about benchmarks says what was measured" dotnet run --project benchmarks/NetPolicy.Benchmarks -c Release --no-build -- report --root . --is-written
end packaging 90

echo "== time"
printf '  %s\n' "${budget_lines[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
