#!/usr/bin/env bash
# Changes the product as the tables in tests/conformance say, one change at a time in a copy, and sees whether the tests named there notice.
# Arguments: beginnings of row ids; none means all rows. Ends with `N mutations, N killed, N survived, N broken`; exit 0 only if all are killed.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh
need_sdk
export UseSharedCompilation=true

tool=tests/NetPolicy.Conformance
build "$tool"
run=(dotnet "$tool/bin/Release/net10.0/NetPolicy.Conformance.dll")
projects=$("${run[@]}" projects "$@")
for project in $projects; do
  build "tests/$project"
done
exec "${run[@]}" "$@"
