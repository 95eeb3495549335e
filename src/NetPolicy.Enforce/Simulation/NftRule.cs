namespace NetPolicy.Enforce.Simulation;

/// <summary>A rule of a parsed ruleset.</summary>
public sealed class NftRule
{
    internal NftRule(NftChain chain, string text, string? comment, int line, Instruction[] instructions)
    {
        Chain = chain;
        Text = text;
        Comment = comment;
        Line = line;
        Instructions = instructions;
    }

    /// <summary>The chain it stands in.</summary>
    public NftChain Chain { get; }

    /// <summary>Its position in the chain, counted from 0.</summary>
    public int Index { get; internal set; }

    /// <summary>The rule as written, white space reduced.</summary>
    public string Text { get; }

    /// <summary>The comment; null: none.</summary>
    public string? Comment { get; }

    /// <summary>The line in the parsed text, counted from 1.</summary>
    public int Line { get; }

    internal Instruction[] Instructions { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Chain.Table.Name} {Chain.Name} {Index}: {Text}";

    internal Step Execute(Execution execution)
    {
        foreach (Instruction instruction in Instructions)
        {
            Step step = instruction.Execute(execution);
            if (step != Step.Continue)
            {
                return step;
            }
        }

        return Step.Continue;
    }

    /// <summary>Canonical text: comparisons between two other expressions are sorted and stated once.</summary>
    internal string Describe()
    {
        List<string> parts = [];
        SortedSet<string> matches = new(StringComparer.Ordinal);
        foreach (Instruction instruction in Instructions)
        {
            if (instruction.IsMatch)
            {
                matches.Add(instruction.Describe());
                continue;
            }

            parts.AddRange(matches);
            matches.Clear();
            parts.Add(instruction.Describe());
        }

        parts.AddRange(matches);
        if (Comment is not null)
        {
            parts.Add($"comment \"{Comment}\"");
        }

        return string.Join("; ", parts);
    }
}
