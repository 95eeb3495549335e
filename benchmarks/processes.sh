#!/usr/bin/env bash
# Times `netpol matrix` and `netpol diff` as whole processes on generated files: median of 7 runs after one to warm the file cache, and peak resident memory.
# Prints one line for each: name, median milliseconds, peak kB, target milliseconds, target kB, ok or over.
#   benchmarks/processes.sh [--no-build] [--runs N]
set -euo pipefail
cd "$(dirname "$0")/.."

build=1 runs=7
while [ $# -gt 0 ]; do
  case "$1" in
    --no-build) build=0 ;;
    --runs) runs=$2; shift ;;
    *) echo "usage: benchmarks/processes.sh [--no-build] [--runs N]" >&2; exit 2 ;;
  esac
  shift
done
[ -x /usr/bin/time ] || { echo "GNU time is needed: /usr/bin/time" >&2; exit 3; }

if [ "$build" = 1 ]; then
  dotnet build src/NetPolicy.Cli -c Release -v q --nologo >&2
  dotnet build benchmarks/NetPolicy.Benchmarks -c Release -v q --nologo >&2
fi
netpol=src/NetPolicy.Cli/bin/Release/net10.0/netpol.dll
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet benchmarks/NetPolicy.Benchmarks/bin/Release/net10.0/NetPolicy.Benchmarks.dll worlds "$folder" 10x100 50x200 10x20 10x20-removed W1 >&2

measure() { # name, expected exit code, target ms, target kB (0: none), arguments...
  local name=$1 expected=$2 target=$3 memory=$4 code
  shift 4
  local times=() peak=0 elapsed kilobytes started=$SECONDS
  for ((i = 0; i <= runs; i++)); do
    # What is slow is not run as often.
    if [ ${#times[@]} -gt 0 ] && [ $((SECONDS - started)) -gt 30 ]; then break; fi
    code=0
    timeout 60 /usr/bin/time -o "$folder/time" -f "%e %M" dotnet "$netpol" "$@" >"$folder/out" 2>"$folder/err" || code=$?
    if [ "$code" -eq 124 ]; then
      echo "$name over-60-s - $target $memory over"
      return
    fi
    if [ "$code" -ne "$expected" ]; then
      echo "$name: exit code $code, expected $expected" >&2
      tail -n 5 "$folder/err" >&2
      exit 3
    fi
    read -r elapsed kilobytes < <(tail -n 1 "$folder/time")
    [ "$i" -eq 0 ] && continue
    times+=("$elapsed")
    [ "$kilobytes" -le "$peak" ] || peak=$kilobytes
  done
  local median verdict=ok
  median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n "$(((${#times[@]} + 1) / 2))p" | awk '{ printf "%d", $1 * 1000 }')
  if [ "$target" -gt 0 ] && [ "$median" -gt "$target" ]; then verdict=over; fi
  if [ "$memory" -gt 0 ] && [ "$peak" -gt "$memory" ]; then verdict=over; fi
  [ "$target" -gt 0 ] || verdict=-
  echo "$name $median $peak $target $memory $verdict"
}

measure "matrix-10x100-json" 0 600 150000 matrix -o json "$folder/10x100.json"
measure "matrix-10x100-yaml" 0 0 0 matrix -o json "$folder/10x100"
measure "matrix-50x200-json" 0 2000 400000 matrix -o json "$folder/50x200.json"
measure "matrix-50x200-yaml" 0 0 0 matrix -o json "$folder/50x200"
measure "diff-10x20-json" 1 400 0 diff -o json "$folder/10x20.json" "$folder/10x20-removed.json"
measure "diff-10x20-yaml" 1 0 0 diff -o json "$folder/10x20" "$folder/10x20-removed"
measure "validate-W1-json" 0 0 0 validate -o json "$folder/W1.json"
