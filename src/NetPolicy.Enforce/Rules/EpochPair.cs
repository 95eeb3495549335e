using System.Numerics;

namespace NetPolicy.Enforce.Rules;

/// <summary>The number that accepted connections are marked with, and the one before it.</summary>
/// <param name="Current">The number; 0 if no mark may be believed, so that every packet is judged.</param>
/// <param name="Previous">The one before; 0 for none.</param>
internal readonly record struct EpochPair(int Current, int Previous)
{
    /// <summary>The rule with numbers in place of epochs; null if it cannot match and is left out.</summary>
    public RuleLine? Resolve(RuleLine line)
    {
        bool isPlain = true;
        foreach (RuleStatement statement in line.Statements)
        {
            isPlain &= statement is not (RuleStatement.MatchGeneration or RuleStatement.SetGeneration);
        }

        if (isPlain)
        {
            return line;
        }

        List<RuleStatement> statements = [];
        foreach (RuleStatement statement in line.Statements)
        {
            switch (statement)
            {
                case RuleStatement.MatchGeneration match:
                    int epoch = match.IsPrevious ? Previous : Current;
                    if (epoch == 0)
                    {
                        return null;
                    }

                    statements.Add(new RuleStatement.MatchBits(RuleField.ConnectionMark, match.Mask, MarkOf(match.Mask, epoch)));
                    break;
                case RuleStatement.SetGeneration set:
                    statements.Add(new RuleStatement.SetBits(RuleField.ConnectionMark, ~set.Mask, MarkOf(set.Mask, Current)));
                    break;
                default:
                    statements.Add(statement);
                    break;
            }
        }

        return line with { Statements = [.. statements] };
    }

    // The highest bit of the mask is the denial's.
    private static uint MarkOf(uint mask, int epoch)
    {
        int shift = BitOperations.TrailingZeroCount(mask);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)epoch, mask >> shift >> 1);
        return (uint)epoch << shift;
    }
}
