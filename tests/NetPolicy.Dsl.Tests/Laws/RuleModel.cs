using NetPolicy.Collections;

namespace NetPolicy.Dsl.Tests.Laws;

/// <summary>A rule as indexes into the vocabulary, so that it can be printed, compared and made smaller.</summary>
internal sealed record RuleModel(RuleDirection Direction, RuleAction Action, EquatableArray<int> Peers, EquatableArray<int> OwnEnds, EquatableArray<int> Traffic)
{
    /// <summary>Smaller rules, the largest steps first.</summary>
    public IEnumerable<RuleModel> Shrink()
    {
        if (!OwnEnds.IsEmpty)
        {
            yield return this with { OwnEnds = [] };
        }

        if (!Traffic.IsEmpty)
        {
            yield return this with { Traffic = [] };
        }

        foreach (EquatableArray<int> fewer in Fewer(Peers).Where(p => !p.IsEmpty))
        {
            yield return this with { Peers = fewer };
        }

        foreach (EquatableArray<int> fewer in Fewer(OwnEnds).Where(p => !p.IsEmpty))
        {
            yield return this with { OwnEnds = fewer };
        }

        foreach (EquatableArray<int> fewer in Fewer(Traffic).Where(p => !p.IsEmpty))
        {
            yield return this with { Traffic = fewer };
        }
    }

    private static IEnumerable<EquatableArray<int>> Fewer(EquatableArray<int> items) =>
        Enumerable.Range(0, items.Count).Select(gone => (EquatableArray<int>)[.. items.Where((_, i) => i != gone)]);
}
