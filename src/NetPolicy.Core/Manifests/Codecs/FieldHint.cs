namespace NetPolicy.Manifests.Codecs;

/// <summary>Guesses what the author of an unknown field meant.</summary>
internal static class FieldHint
{
    /// <param name="name">The unknown field.</param>
    /// <param name="shapes">The objects around it, the one it stands in last.</param>
    /// <returns>A sentence, or null if nothing is near.</returns>
    public static string? For(string name, IReadOnlyList<IFieldNames> shapes)
    {
        IFieldNames here = shapes[^1];
        if (Nearest(name, here.Names) is { } similar)
        {
            return $"did you mean `{similar}`?";
        }

        foreach (string field in here.Names)
        {
            if (here.Inside(field)?.Names.Contains(name, StringComparer.Ordinal) == true)
            {
                return $"`{name}` belongs inside `{field}`: check the indentation";
            }
        }

        for (int i = shapes.Count - 2; i >= 0; i--)
        {
            if (shapes[i].Names.Contains(name, StringComparer.Ordinal))
            {
                string parent = shapes[i].Names.FirstOrDefault(field => shapes[i].Inside(field) == shapes[i + 1]) ?? "this";
                return $"`{name}` belongs beside `{parent}`: check the indentation";
            }
        }

        return null;
    }

    /// <summary>The candidate that is few edits away, case ignored.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > 64)
        {
            return null;
        }

        string? best = null;
        int bestDistance = Math.Max(1, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = left[i - 1] == right[j - 1] ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[^1];
    }
}
