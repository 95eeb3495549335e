#!/usr/bin/env bash
# Measures what packets cost the kernel under our rules, in network namespaces of its own, and writes the section about it in docs/benchmarks.md and benchmarks/packets.json.
# About a minute; leave the machine alone. Needs root on Linux, nftables and iproute2.
#   benchmarks/packets.sh [--rounds N] [--packets N]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build benchmarks/NetPolicy.Benchmarks -c Release -v q --nologo >&2
exec dotnet benchmarks/NetPolicy.Benchmarks/bin/Release/net10.0/NetPolicy.Benchmarks.dll packets --root . "$@"
