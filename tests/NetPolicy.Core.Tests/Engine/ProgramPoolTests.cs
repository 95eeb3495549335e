using NetPolicy.Engine;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Programs that ask the same are one.</summary>
public sealed class ProgramPoolTests
{
    [Fact]
    public void Programs_in_use_stay_one_however_many_there_are()
    {
        ProgramPool pool = new();
        EndpointProgram[] programs = new EndpointProgram[3_000];
        for (int i = 0; i < programs.Length; i++)
        {
            programs[i] = Get(pool, i, Direction.Ingress);
        }

        Assert.Equal(programs.Length, programs.Distinct().Count());
        for (int i = 0; i < programs.Length; i++)
        {
            Assert.Same(programs[i], Get(pool, i, Direction.Ingress));
        }

        Assert.NotSame(programs[0], Get(pool, 0, Direction.Egress));
        GC.KeepAlive(programs);
    }

    private static EndpointProgram Get(ProgramPool pool, long policy, Direction direction) =>
        pool.Get(PolicyStage.Normal, direction, [policy], [], () => new EndpointProgram(PolicyStage.Normal, direction, [], []));
}
