using BenchmarkDotNet.Attributes;
using NetPolicy.Analysis;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>W1: one policy is edited, alone and with the matrix brought up to date.</summary>
public class EditRealProfile() : ChangeBenchmark("W1")
{
    private ChangePlan _plan = null!;
    private Connectivity _matrix = null!;
    private int _next;

    /// <summary>A policy gets another port, and loses it.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Edit() => Run(_plan);

    /// <summary>A policy gets another port, or loses it, and the matrix follows.</summary>
    [Benchmark]
    public Connectivity EditWithMatrix()
    {
        int pair = _next / 2 % _plan.Changes.Length;
        Delta delta = Stage.Engine.Apply(_next++ % 2 == 0 ? _plan.Changes[pair] : _plan.Undone[pair]);
        return _matrix = MatrixWork.Update(_matrix, delta);
    }

    /// <inheritdoc/>
    protected override void Prepare()
    {
        base.Prepare();
        _plan = Plan(ChangePlan.PolicyEdited);
        _matrix = Stage.Matrix;
    }
}
