using FsCheck;
using FsCheck.Fluent;
using NetPolicy.Collections;
using NetPolicy.Laws.Documents;
using NetPolicy.Laws.Shrinking;
using NetPolicy.Laws.Texts;
using NetPolicy.Laws.Worlds;

namespace NetPolicy.Laws;

/// <summary>What laws are tried on.</summary>
public static class Any
{
    /// <summary>A world with so many flows, and how it is judged.</summary>
    public static Arbitrary<Case> Case(WorldShape shape, int flows) => Arb.From(Seeds().Select(seed => Make(seed, shape, flows)), CaseShrinker.Shrink);

    /// <summary>
    /// A world with so many flows that rules of it have something to say about, chosen without asking a judge: many times cheaper than
    /// <see cref="Case"/>, for laws that compare the engine with itself.
    /// </summary>
    public static Arbitrary<Case> Plain(WorldShape shape, int flows) => Arb.From(Seeds().Select(seed => MakePlain(seed, shape, flows)), CaseShrinker.Shrink);

    /// <summary>The plain case that a number stands for.</summary>
    public static Case MakePlain(ulong seed, WorldShape shape, int flows)
    {
        Dice dice = new(seed);
        Choices choices = AnyChoices(dice, shape);
        World world = new WorldMaker(dice, shape).Make();
        FlowMaker maker = new(dice, world, shape);
        return new Case(world, choices, dice.Many(flows, flows, maker.Next).ToEquatableArray());
    }

    /// <summary>The case that a number stands for.</summary>
    public static Case Make(ulong seed, WorldShape shape, int flows)
    {
        Dice dice = new(seed);
        Choices choices = AnyChoices(dice, shape);
        World world = new WorldMaker(dice, shape).Make();
        return new Case(world, choices, new FlowChooser(dice, world, choices, shape).Choose(flows).ToEquatableArray());
    }

    /// <summary>From one to so many documents of any kinds with anything in their fields.</summary>
    public static Arbitrary<DocumentSet> Documents(int most) => Arb.From(
        Seeds().Select(seed =>
        {
            Dice dice = new(seed);
            return new DocumentSet(dice.Many(1, most, new DocumentMaker(dice).Next).ToEquatableArray());
        }),
        DocumentShrinker.Shrink);

    /// <summary>The documents of a world, some of them damaged.</summary>
    public static Arbitrary<DamagedCase> Damaged(WorldShape shape, int flows) => Arb.From(
        Seeds().Select(seed =>
        {
            Case @case = MakePlain(seed, shape, flows);

            // An odd spelling is JSON.
            IReadOnlyList<string> texts = (@case.World with { Spelling = @case.World.Spelling | 1 }).ToTexts();
            return new DamagedCase(new TextMutator(new Dice(seed)).Mutate(texts).ToEquatableArray(), @case.Choices, @case.Flows);
        }),
        DamagedShrinker.Shrink);

    private static Choices AnyChoices(Dice dice, WorldShape shape) =>
        new(shape.Staged && dice.Chance(25), dice.Chance(20), shape.Hosts && !shape.IsTangible && dice.Chance(20));

    private static Gen<ulong> Seeds() =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select ((ulong)(uint)high << 32) | (uint)low;
}
