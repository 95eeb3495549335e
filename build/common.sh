# Shared by demo.sh, test.sh and soak.sh: what they need from the machine. Sourced, not run.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en LC_ALL=C.UTF-8

is_root() { [ "$(id -u)" -eq 0 ]; }

need_sdk() {
  if ! command -v dotnet >/dev/null 2>&1; then
    echo "The .NET 10 SDK is missing: install it and put \`dotnet\` on PATH." >&2
    exit 3
  fi
}

# Installs Debian packages for the commands that are missing, or says what to install. Never fails the script by itself.
need_kernel_tools() {
  local missing=()
  command -v nft >/dev/null 2>&1 || missing+=(nftables)
  command -v ip >/dev/null 2>&1 || missing+=(iproute2)
  [ ${#missing[@]} -eq 0 ] && return 0
  if is_root && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian packages: ${missing[*]}"
    if (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}") >/dev/null 2>&1; then
      return 0
    fi
  fi
  echo "Missing for the kernel part: install the Debian packages ${missing[*]} (as root: apt-get install ${missing[*]})." >&2
  return 1
}

# Builds quietly; on failure shows what the compiler said.
build() {
  local log
  log=$(mktemp)
  if ! dotnet build "$@" -c Release --nologo -v quiet >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
