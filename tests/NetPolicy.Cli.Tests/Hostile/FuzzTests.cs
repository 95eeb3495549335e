using NetPolicy.Fuzz.Inputs;
using NetPolicy.Fuzz.Mutations;
using NetPolicy.Fuzz.Runs;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Hostile;

/// <summary>The beginning of what <c>./soak.sh fuzz</c> does for as long as one likes.</summary>
public sealed class FuzzTests
{
    private const ulong Inputs = 600;

    [Fact]
    public void No_made_input_breaks_anything()
    {
        FuzzRun run = new(Seeds.Load(Repository.Root), seed: 20261);
        run.Run(0, number => number < Inputs);
        Assert.Equal(Inputs, run.Inputs);
        Assert.True(run.Findings.Count == 0, string.Join("\n\n", run.Findings.Select(f => $"input {f.Number} of seed 20261: {f.Message}\n{System.Text.Encoding.UTF8.GetString(f.Input.Bytes)}")));
    }

    [Fact]
    public void Inputs_follow_from_their_numbers()
    {
        Seeds seeds = Seeds.Load(Repository.Root);
        InputMaker one = new(seeds, 5), other = new(seeds, 5), different = new(seeds, 6);
        Assert.All(Enumerable.Range(0, 40), number => Assert.Equal(one.Make((ulong)number).Bytes, other.Make((ulong)(number)).Bytes));
        Assert.Contains(Enumerable.Range(0, 40), number => !one.Make((ulong)number).Bytes.AsSpan().SequenceEqual(different.Make((ulong)number).Bytes));
    }

    [Fact]
    public void A_finding_is_made_small()
    {
        string text = string.Join('\n', Enumerable.Range(0, 300).Select(i => $"line {i}: {{a: b}}"));
        FuzzInput smallest = Minimizer.Minimize(
            new FuzzInput(FuzzTarget.Documents, System.Text.Encoding.UTF8.GetBytes(text)),
            candidate => System.Text.Encoding.UTF8.GetString(candidate.Bytes).Contains("217", StringComparison.Ordinal));
        Assert.Equal("217"u8.ToArray(), smallest.Bytes);
    }

    [Fact]
    public void Mutations_of_selectors_hit_both_what_can_be_read_and_what_cannot()
    {
        Dice dice = new(3);
        int valid = Enumerable.Range(0, 400).Count(_ => Labels.Selector.TryParse(Nasty.Selector(dice), out Labels.Selector? _, out Labels.SelectorError? _));
        Assert.InRange(valid, 40, 360);
    }
}
