using BenchmarkDotNet.Attributes;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>W2: pods, namespaces and policies come, go and change.</summary>
public class ChangesSmallNamespaces() : ChangeBenchmark("W2")
{
    private ChangePlan _podAdded = null!, _podRelabelled = null!, _namespaceRelabelled = null!, _policyAdded = null!, _policyRemoved = null!;

    /// <summary>A pod comes and goes.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void PodAdded() => Run(_podAdded);

    /// <summary>A pod's label changes and changes back.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void PodRelabelled() => Run(_podRelabelled);

    /// <summary>A namespace's label changes and changes back.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void NamespaceRelabelled() => Run(_namespaceRelabelled);

    /// <summary>A policy comes and goes.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void PolicyAdded() => Run(_policyAdded);

    /// <summary>A policy goes and comes.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void PolicyRemoved() => Run(_policyRemoved);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        base.Prepare();
        _podAdded = Plan(ChangePlan.PodAdded);
        _podRelabelled = Plan(ChangePlan.PodRelabelled);
        _namespaceRelabelled = Plan(ChangePlan.NamespaceRelabelled);
        _policyAdded = Plan(ChangePlan.PolicyAdded);
        _policyRemoved = Plan(ChangePlan.PolicyRemoved);
    }
}
