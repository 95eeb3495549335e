#!/usr/bin/env bash
# Runs the laws and the kernel differential on many more worlds than ./test.sh, for a bounded time.
# Usage: ./soak.sh [MINUTES]   (default 30; at least 1)
set -uo pipefail
cd "$(dirname "$0")"
. build/common.sh
need_sdk
minutes=${1:-30}
case $minutes in '' | *[!0-9]* | 0) echo "usage: ./soak.sh [MINUTES]" >&2; exit 2 ;; esac
need_kernel_tools && is_root && export NETPOLICY_REQUIRE_KERNEL=1
build NetPolicy.sln || exit 1
deadline=$((SECONDS + minutes * 60)) rounds=0 failed=0
export NETPOLICY_LAW_WORLDS=${NETPOLICY_LAW_WORLDS:-5000}
while [ "$SECONDS" -lt "$deadline" ]; do
  rounds=$((rounds + 1))
  for name in NetPolicy.Core.Tests NetPolicy.Dsl.Tests NetPolicy.Differential.Tests; do
    left=$((deadline - SECONDS))
    [ "$left" -gt 0 ] || break
    timeout "$left" dotnet test "tests/$name" -c Release --no-build --nologo
    status=$?
    # 124: the time is up, which is no failure.
    [ "$status" -eq 0 ] || [ "$status" -eq 124 ] || failed=$((failed + 1))
  done
done
echo "$rounds rounds in $minutes minutes, $failed failed"
[ "$failed" -eq 0 ]
