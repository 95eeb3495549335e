#!/usr/bin/env bash
# Packs the libraries and the tool, and uses them as a stranger would: from a new project and as an installed tool.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
feed=$work/feed
mkdir -p "$feed"
version=0.1.0
# Everything unpacked here comes from these packages, never from what an earlier run left behind.
export NUGET_PACKAGES=$work/packages
for id in NetPolicy.Core NetPolicy.Dsl NetPolicy.Enforce NetPolicy.Cli; do
  NUGET_PACKAGES='' dotnet pack "src/$id" -c Release --no-build --nologo -v quiet -p:PackageOutputPath="$feed/" >"$work/pack.log" 2>&1 || { cat "$work/pack.log"; exit 1; }
done
for id in NetPolicy.Core NetPolicy.Dsl NetPolicy.Enforce NetPolicy.Cli; do
  [ -f "$feed/$id.$version.nupkg" ] || { echo "package $id was not made"; exit 1; }
done

cat >"$work/nuget.config" <<XML
<?xml version="1.0" encoding="utf-8"?>
<configuration><packageSources><add key="packed" value="$feed" /></packageSources></configuration>
XML
mkdir "$work/app"
cat >"$work/app/app.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="NetPolicy.Dsl" Version="$version" /><PackageReference Include="NetPolicy.Enforce" Version="$version" /></ItemGroup>
</Project>
XML
cat >"$work/app/Program.cs" <<'CS'
using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

NamespaceRef shop = Namespace("shop");
Workload web = shop.Workload("web", Label("app").Is("web"));
Console.Write(PolicySet.Define("shop", [shop.DenyAll(), web.Policy().AllowFrom(Anywhere).On(Tcp(3000)).NoEgress()]).ToYaml());
CS
cd "$work/app"
dotnet run --nologo -v quiet >"$work/out.yaml" 2>"$work/run.log" || { cat "$work/run.log" "$work/out.yaml"; exit 1; }
grep -q 'kind: NetworkPolicy' "$work/out.yaml"

# The analyzer in the package refuses a dropped policy.
echo 'shop.DenyAll();' >>Program.cs
if dotnet build --nologo -v quiet >"$work/dropped.log" 2>&1; then
  echo "a policy dropped as a statement compiled"
  exit 1
fi
grep -q NPD001 "$work/dropped.log" || { cat "$work/dropped.log"; exit 1; }

cd "$work"
dotnet tool install NetPolicy.Cli --version "$version" --tool-path "$work/tools" --configfile "$work/nuget.config" >"$work/tool.log" 2>&1 || { cat "$work/tool.log"; exit 1; }
"$work/tools/netpol" validate "$work/out.yaml"
cd "$root"
