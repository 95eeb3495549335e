#!/usr/bin/env bash
# Runs the five reference scenarios: written in C# and YAML, judged by the engine, enforced by nftables on real packets in
# network namespaces of their own. `./demo.sh --help` lists the options. Without root the packets are left out.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=build/common.sh
source "$root/build/common.sh"

# No build server outlives the script.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

need_sdk
need_kernel_tools || true
build "$root/demo/NetPolicy.Demo.csproj"
exec "$root/demo/bin/Release/net10.0/netpol-demo" --folder "$root/scenarios" "$@"
