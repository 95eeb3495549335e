using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using NetPolicy.Laws.Shrinking;

namespace NetPolicy.Laws;

/// <summary>Tries laws on generated cases and makes the smallest case that breaks one.</summary>
/// <remarks>
/// Runs are the same every time. <c>NETPOLICY_LAW_WORLDS</c> sets the number of cases, <c>NETPOLICY_LAW_FLOWS</c> how many flows laws that ask many
/// ask in each, <c>NETPOLICY_LAW_SEED</c> other cases (a number, or
/// <c>random</c>), <c>NETPOLICY_LAW_SHRINK=0</c> says that one counterexample is as good as a small one, and <c>NETPOLICY_FSCHECK_REPLAY=seed,gamma[,size]</c> repeats a failure.
/// </remarks>
public static class Law
{
    /// <summary>On how many cases a law of the product is tried at least.</summary>
    public const int Worlds = 500;

    /// <summary>True if the number of cases, or which they are, was set from outside; shares of such a run say little.</summary>
    public static bool IsChosen => WorldsGiven is not null || Environment.GetEnvironmentVariable("NETPOLICY_FSCHECK_REPLAY") is { Length: > 0 };

    private static int? WorldsGiven => Given("NETPOLICY_LAW_WORLDS");

    /// <summary>How many flows to ask in each world: what was set from outside, else so many.</summary>
    public static int FlowsOr(int usual) => Given("NETPOLICY_LAW_FLOWS") ?? usual;

    private static int? Given(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Holds a law on so many cases.</summary>
    /// <param name="any">Makes and shrinks cases.</param>
    /// <param name="count">How many.</param>
    /// <param name="broken">How a case breaks the law; null if it does not.</param>
    /// <exception cref="LawBrokenException">A case breaks it; the message holds the smallest one found.</exception>
    public static void ForAll<T>(Arbitrary<T> any, int count, Func<T, string?> broken)
    {
        Attempt<T> attempt = new(broken);
        Outcome outcome = new();
        FsCheck.Check.One(Configure(WorldsGiven ?? count, outcome), Prop.ForAll(any, attempt.Holds));
        if (outcome.Failure is { } failure)
        {
            string replay = failure.Split('\n').LastOrDefault(line => line.Contains("seed", StringComparison.Ordinal) || line.Contains("eplay", StringComparison.Ordinal)) ?? "";
            throw new LawBrokenException($"{attempt.Message}\n{replay}\n\n{attempt.Smallest}");
        }
    }

    /// <summary>The smallest case found that breaks a law like a given one, as text with how it does.</summary>
    public static string Smallest(Case start, Func<Case, string?> broken)
    {
        Attempt<Case> attempt = new(broken);
        Case? smaller = attempt.Holds(start) ? null : start;
        while (smaller is not null)
        {
            smaller = CaseShrinker.Shrink(smaller).FirstOrDefault(candidate => !attempt.Holds(candidate));
        }

        return $"{attempt.Message}\n\n{attempt.Smallest}";
    }

    /// <summary>Holds a law on <see cref="Worlds"/> cases that must have something to show.</summary>
    /// <param name="any">Makes and shrinks cases.</param>
    /// <param name="coverage">What they must show; not asked if the number of cases was set from outside.</param>
    /// <param name="broken">How a case breaks the law; null if it does not.</param>
    /// <exception cref="LawBrokenException">A case breaks it, or too few cases show what is expected.</exception>
    public static void ForAll<T>(Arbitrary<T> any, Coverage coverage, Func<T, string?> broken)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        ForAll(any, Worlds, @case =>
        {
            coverage.Begin();
            string? how = broken(@case);
            coverage.End();
            return how;
        });
        if (!IsChosen && coverage.Complain() is { } complaint)
        {
            throw new LawBrokenException(complaint);
        }
    }

    private static Config Configure(int count, Outcome outcome)
    {
        Config config = Config.Quick.WithMaxTest(count).WithRunner(outcome).WithQuietOnSuccess(true);
        if (Environment.GetEnvironmentVariable("NETPOLICY_FSCHECK_REPLAY") is { Length: > 0 } replay)
        {
            string[] parts = replay.Split(',');
            ulong seed = Number(parts[0]), gamma = Number(parts[1]);
            return parts.Length > 2 ? config.WithReplay(seed, gamma, (int)Number(parts[2])) : config.WithReplay(seed, gamma);
        }

        return Environment.GetEnvironmentVariable("NETPOLICY_LAW_SEED") switch
        {
            "random" => config,
            { Length: > 0 } seed => config.WithReplay(Number(seed), 1),
            _ => config.WithReplay(20240229, 1),
        };
    }

    private static ulong Number(string text) => ulong.Parse(text.Trim(), CultureInfo.InvariantCulture);

    /// <summary>Remembers the newest case that breaks the law, which during shrinking is the smallest.</summary>
    private sealed class Attempt<T>(Func<T, string?> broken)
    {
        private readonly bool _shrinks = Environment.GetEnvironmentVariable("NETPOLICY_LAW_SHRINK") != "0";
        private string? _sort;

        public string Message { get; private set; } = "";

        public T? Smallest { get; private set; }

        public bool Holds(T value)
        {
            if (_sort is not null && !_shrinks)
            {
                return true;
            }

            (string? sort, string? message) = Try(value);

            // While a case shrinks it must go on breaking the law in the same way, and not become a case that nobody can read.
            if (message is null || (_sort is not null && sort != _sort))
            {
                return true;
            }

            (_sort, Message, Smallest) = (sort, message, value);
            return false;
        }

        private (string? Sort, string? Message) Try(T value)
        {
#pragma warning disable CA1031 // Whatever a judge throws breaks the law, and the case that makes it do so is worth shrinking.
            try
            {
                return ("broken", broken(value));
            }
            catch (Exception e)
            {
                return (e.GetType().Name, e.ToString());
            }
#pragma warning restore CA1031
        }
    }

    private sealed class Outcome : IRunner
    {
        public string? Failure { get; private set; }

        public void OnArguments(int n, FSharpList<object> a, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> e)
        {
        }

        public void OnShrink(FSharpList<object> a, FSharpFunc<FSharpList<object>, string> e)
        {
        }

        public void OnStartFixture(Type t)
        {
        }

        public void OnFinished(string name, TestResult result)
        {
            if (!result.IsPassed)
            {
                Failure = Runner.onFinishedToString(name, result);
            }
        }
    }
}
