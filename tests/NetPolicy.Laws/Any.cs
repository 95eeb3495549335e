using FsCheck;
using FsCheck.Fluent;
using NetPolicy.Collections;
using NetPolicy.Laws.Shrinking;
using NetPolicy.Laws.Worlds;

namespace NetPolicy.Laws;

/// <summary>What laws are tried on.</summary>
public static class Any
{
    /// <summary>A world with so many flows, and how it is judged.</summary>
    public static Arbitrary<Case> Case(WorldShape shape, int flows) => Arb.From(Seeds().Select(seed => Make(seed, shape, flows)), CaseShrinker.Shrink);

    /// <summary>The case that a number stands for.</summary>
    public static Case Make(ulong seed, WorldShape shape, int flows)
    {
        Dice dice = new(seed);
        Choices choices = new(shape.Staged && dice.Chance(25), dice.Chance(20), shape.Hosts && !shape.IsTangible && dice.Chance(20));
        World world = new WorldMaker(dice, shape).Make();
        return new Case(world, choices, new FlowChooser(dice, world, choices, shape).Choose(flows).ToEquatableArray());
    }

    private static Gen<ulong> Seeds() =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select ((ulong)(uint)high << 32) | (uint)low;
}
