#!/usr/bin/env bash
# Mutates one folder of NetPolicy.Core, or some of its files, and says which mutants no test notices.
# Usage: build/mutate.sh Labels|Normalization|Engine[/FILES] [further options of dotnet-stryker]
#   build/mutate.sh Labels
#   build/mutate.sh 'Engine/Snapshot*' --concurrency 1
#   build/mutate.sh 'Engine/!(Snapshot*|Decision*)'
# Installs dotnet-stryker below artifacts/ and works on a copy of the tree in artifacts/mutation, where the report is left, too.
set -euo pipefail
shopt -s extglob
cd "$(dirname "$0")/.."
. build/common.sh
need_sdk
folder=${1:-}
files='*'
case $folder in */*) files=${folder#*/} folder=${folder%%/*} ;; esac
case $folder in
  Labels | Engine) path=src/NetPolicy.Core/$folder ;;
  Normalization) path=src/NetPolicy.Core/Policies/Normalization ;;
  *) echo "usage: build/mutate.sh Labels|Normalization|Engine[/FILES] [options of dotnet-stryker]" >&2; exit 2 ;;
esac
shift
tool=$PWD/artifacts/tools/dotnet-stryker
[ -x "$tool" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path artifacts/tools
name=$(tr -c 'A-Za-z0-9\n' - <<<"$folder-$files")
copy=$PWD/artifacts/mutation/$name
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"

# Other files would be mutated, too, and their mutants only then left aside: the library would be several times slower.
cd "$copy"
chosen=0
while IFS= read -r file; do
  # shellcheck disable=SC2254 # FILES is a pattern.
  case $file in
    $path/$files.cs) chosen=$((chosen + 1)) ;;
    *) sed -i '1{s/^\xEF\xBB\xBF//;s#^#// Stryker disable all\n#}' "$file" ;;
  esac
done < <(find src/NetPolicy.Core -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' | LC_ALL=C sort)
[ "$chosen" -gt 0 ] || { echo "no file matches $path/$files.cs" >&2; exit 2; }

workers=(--concurrency "$(nproc)")
case " $* " in *" --concurrency "* | *" -c "*) workers=() ;; esac
cd tests/NetPolicy.Mutation
NETPOLICY_LAW_SHRINK=0 NETPOLICY_LAW_WORLDS=${NETPOLICY_LAW_WORLDS:-30} exec "$tool" --mutate "**/${path#src/}/**/*.cs" --output "$copy/report" --skip-version-check "${workers[@]}" "$@"
