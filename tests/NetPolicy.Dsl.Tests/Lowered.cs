using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using Xunit;

namespace NetPolicy.Dsl.Tests;

/// <summary>What one part becomes.</summary>
internal static class Lowered
{
    public static string Yaml(params ReadOnlySpan<IPolicyPart> parts) => PolicySet.Define("set", parts).ToYaml();

    public static void Is(string expected, params ReadOnlySpan<IPolicyPart> parts) => Assert.Equal(expected.TrimStart('\n') + "\n", Yaml(parts));

    public static NetworkPolicySpec Kubernetes(IPolicyPart part) =>
        Assert.IsType<NetworkPolicyManifest>(Assert.Single(PolicySet.Define("set", [part]).Manifests.AsEnumerable())).Spec!;

    public static CalicoPolicySpec Calico(IPolicyPart part) =>
        Assert.IsType<CalicoPolicyManifest>(Assert.Single(PolicySet.Define("set", [part]).Manifests.AsEnumerable())).Spec!;

    public static IReadOnlyList<Manifest> All(params ReadOnlySpan<IPolicyPart> parts) => PolicySet.Define("set", parts).Manifests;
}
