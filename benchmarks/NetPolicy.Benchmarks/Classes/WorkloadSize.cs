namespace NetPolicy.Benchmarks.Classes;

/// <summary>How large a generated cluster is.</summary>
/// <param name="Namespaces">Number of namespaces.</param>
/// <param name="PodsPerNamespace">Pods in each.</param>
/// <param name="Policies">Number of policies, spread over the namespaces.</param>
/// <param name="Shape">What the policies look like.</param>
public sealed record WorkloadSize(int Namespaces, int PodsPerNamespace, int Policies, PolicyShape Shape)
{
    internal const string SmokeVariable = "NETPOLICY_BENCHMARK_SMOKE";
    private static readonly int[] Factors = [1, 2, 4, 8];

    /// <summary>The sizes that benchmarks sweep: 1, 2, 4 and 8 times the smallest; the smallest alone in a smoke run.</summary>
    public static IEnumerable<WorkloadSize> Sweep(PolicyShape shape) =>
        Environment.GetEnvironmentVariable(SmokeVariable) is null
            ? Factors.Select(factor => new WorkloadSize(5 * factor, 20, 25 * factor, shape))
            : [new WorkloadSize(2, 5, 4, shape)];

    /// <inheritdoc/>
    public override string ToString() => $"{Namespaces}x{PodsPerNamespace}/{Policies} {Shape}";
}

/// <summary>What generated policies look like.</summary>
public enum PolicyShape
{
    /// <summary>Kubernetes policies with pod and namespace selectors and one or two ports.</summary>
    Selectors,

    /// <summary>Kubernetes policies with address blocks and exceptions.</summary>
    Blocks,

    /// <summary>Ordered Calico policies with several actions.</summary>
    Ordered,
}
