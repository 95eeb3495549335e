using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(NetPolicy.Core.Tests.CheapTestsFirst))]

namespace NetPolicy.Core.Tests;

/// <summary>
/// Runs what takes long last. A mutant's run ends with the first test that fails, so most of them never get to the laws; and the order is the same in every run.
/// </summary>
public sealed class CheapTestsFirst : ITestCollectionOrderer
{
    private static readonly string[] Late = [".Laws.", "ClusterPolicyConformanceTests", "KubernetesConformanceTests", "Scenario", "ExampleTests"];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : notnull, ITestCollection =>
        [.. testCollections.OrderBy(Rank).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    // The last that the name holds counts from the end; what holds none comes first.
    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : notnull, ITestCollection =>
        Late.Length - (Array.FindIndex(Late, part => collection.TestCollectionDisplayName.Contains(part, StringComparison.Ordinal)) is var at and >= 0 ? at : Late.Length);
}
