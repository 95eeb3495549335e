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

    [Fact]
    public void Programs_of_other_profiles_are_others_even_if_the_first_is_the_same()
    {
        ProgramPool pool = new();
        ProfileStep one = new("one", null, []), two = new("two", null, []), three = new("three", null, []);
        EndpointProgram Of(params ProfileStep[] profiles) =>
            pool.Get(PolicyStage.Normal, Direction.Ingress, [1], profiles, () => new EndpointProgram(PolicyStage.Normal, Direction.Ingress, [], profiles));
        EndpointProgram program = Of(one, two);
        Assert.Same(program, Of(one, two));
        EndpointProgram[] others = [Of(one, three), Of(one), Of()];
        Assert.Equal(4, others.Append(program).Distinct().Count());
    }

    private static EndpointProgram Get(ProgramPool pool, long policy, Direction direction) =>
        pool.Get(PolicyStage.Normal, direction, [policy], [], () => new EndpointProgram(PolicyStage.Normal, direction, [], []));
}
