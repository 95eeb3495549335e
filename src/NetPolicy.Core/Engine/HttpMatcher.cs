using System.Text;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Engine;

/// <summary>HTTP clauses, as an application-layer evaluator judges them (Calico specification §1.5, HTTP).</summary>
internal static class HttpMatcher
{
    public static bool Matches(HttpMatch http, string? method, string? path)
    {
        if (method is null && path is null)
        {
            return true; // layer 4: the clause is not judged
        }

        return MatchesMethod(http, method) && MatchesPath(http, path);
    }

    private static bool MatchesMethod(HttpMatch http, string? method) =>
        http.Methods is not { IsEmpty: false } methods || methods.Any(m => m == "*" || m == method);

    private static bool MatchesPath(HttpMatch http, string? path)
    {
        if (http.Paths is not { IsEmpty: false } paths)
        {
            return true;
        }

        if (path is null || Normalize(path) is not { } actual)
        {
            return false;
        }

        foreach (HttpPath wanted in paths)
        {
            if (wanted.Exact is { } exact && Normalize(exact) is { } exactPath && exactPath == actual)
            {
                return true;
            }

            if (wanted.Prefix is { } prefix && Normalize(prefix) is { } prefixPath && IsUnder(actual, prefixPath))
            {
                return true;
            }
        }

        return false;
    }

    // Anchored at a segment boundary: `/pub` is not a prefix of `/public`.
    private static bool IsUnder(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal)
        && (prefix.EndsWith('/') || path.Length == prefix.Length || path[prefix.Length] == '/');

    /// <summary>Null for a path that must not match anything.</summary>
    internal static string? Normalize(string path)
    {
        int end = path.AsSpan().IndexOfAny('?', '#');
        if (end >= 0)
        {
            path = path[..end];
        }

        if (Decode(path) is not { } decoded
            || decoded.Contains('\0', StringComparison.Ordinal)
            || decoded.Contains("%2e", StringComparison.OrdinalIgnoreCase)
            || decoded.Contains("%2f", StringComparison.OrdinalIgnoreCase)
            || decoded.Contains("%5c", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        decoded = decoded.Replace('\\', '/');
        if (!decoded.StartsWith('/'))
        {
            return null;
        }

        List<string> segments = [];
        string[] parts = decoded[1..].Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            int parameters = parts[i].IndexOf(';', StringComparison.Ordinal);
            string segment = parameters < 0 ? parts[i] : parts[i][..parameters];
            bool last = i == parts.Length - 1;
            if (segment == "..")
            {
                if (segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }

                AddEmptyIf(last, segments);
            }
            else if (segment == ".")
            {
                AddEmptyIf(last, segments);
            }
            else
            {
                segments.Add(segment);
            }
        }

        return "/" + string.Join('/', segments);
    }

    private static void AddEmptyIf(bool last, List<string> segments)
    {
        if (last)
        {
            segments.Add("");
        }
    }

    private static string? Decode(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal))
        {
            return path;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(path);
        using MemoryStream decoded = new();
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '%')
            {
                decoded.WriteByte(bytes[i]);
                continue;
            }

            if (i + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[i + 1]) || !char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                return null;
            }

            decoded.WriteByte(Convert.ToByte(Encoding.ASCII.GetString(bytes, i + 1, 2), 16));
            i += 2;
        }

        return Encoding.UTF8.GetString(decoded.ToArray());
    }
}
