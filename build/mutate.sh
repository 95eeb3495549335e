#!/usr/bin/env bash
# Mutates one folder of NetPolicy.Core and says which mutants no test notices.
# Usage: build/mutate.sh Labels|Normalization|Engine [further options of dotnet-stryker]
# Installs dotnet-stryker below artifacts/ and works on a copy of the tree there; needs up to 90 minutes for one folder.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh
need_sdk
case ${1:-} in
  Labels | Engine) files="**/NetPolicy.Core/$1/**/*.cs" ;;
  Normalization) files="**/NetPolicy.Core/Policies/Normalization/**/*.cs" ;;
  *) echo "usage: build/mutate.sh Labels|Normalization|Engine" >&2; exit 2 ;;
esac
folder=$1
shift
tool=$PWD/artifacts/tools/dotnet-stryker
[ -x "$tool" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path artifacts/tools
copy=$PWD/artifacts/mutation/${folder,,}
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
cd "$copy/tests/NetPolicy.Mutation"
# The default runner does not see failures of xunit.v3 and reports a score of 0.
NETPOLICY_LAW_WORLDS=${NETPOLICY_LAW_WORLDS:-30} exec "$tool" --project NetPolicy.Core.csproj --test-runner mtp --configuration Release \
  --mutate "$files" --concurrency "$(nproc)" --reporter progress --reporter html --reporter json --reporter cleartext --output "$copy/report" "$@"
