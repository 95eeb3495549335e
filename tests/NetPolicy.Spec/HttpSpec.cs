using System.Globalization;
using System.Text;

namespace NetPolicy.Spec;

/// <summary>The HTTP clause of a rule (Calico 1.5): methods and paths AND, lists OR.</summary>
internal sealed class HttpSpec
{
    private readonly List<string> methods;
    private readonly List<(string Path, bool IsPrefix)> paths = [];

    public HttpSpec(SpecNode node)
    {
        methods = node["methods"].Texts();
        foreach (SpecNode path in node["paths"].Items)
        {
            bool isPrefix = path["exact"].IsNull;
            paths.Add((path[isPrefix ? "prefix" : "exact"].Text ?? throw new FormatException("an HTTP path without text"), isPrefix));
        }
    }

    /// <summary>Calico 1.5: layer 4 ignores the clause; who knows the request applies it.</summary>
    public bool Matches(SpecFlow flow) =>
        (flow.HttpMethod is null && flow.HttpPath is null) || (MethodMatches(flow.HttpMethod) && PathMatches(flow.HttpPath));

    private bool MethodMatches(string? method) =>
        methods.Count == 0 || methods.Contains("*") || (method is not null && methods.Contains(method));

    private bool PathMatches(string? path)
    {
        if (paths.Count == 0)
        {
            return true;
        }

        if (path is null || Normalised(path) is not { } asked)
        {
            return false;
        }

        foreach ((string text, bool isPrefix) in paths)
        {
            if (Normalised(text) is { } written && (isPrefix ? IsUnder(asked, written) : asked == written))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A prefix ends at a segment boundary: <c>/pub</c> does not match <c>/public</c>.</summary>
    private static bool IsUnder(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal)
        && (prefix.EndsWith('/') || path.Length == prefix.Length || path[prefix.Length] == '/');

    /// <summary>Calico 1.5, in its order: query and fragment, escapes once, residual escapes, backslash, parameters, dot segments. Null if it has none.</summary>
    private static string? Normalised(string path)
    {
        int end = path.IndexOfAny(['?', '#']);
        if (Decoded(end < 0 ? path : path[..end]) is not { } text)
        {
            return null;
        }

        foreach (string residual in (string[])["%2e", "%2f", "%5c", "\0"])
        {
            if (text.Contains(residual, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        text = text.Replace('\\', '/');
        if (!text.StartsWith('/'))
        {
            return null;
        }

        List<string> segments = [];
        string[] parts = text[1..].Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            string segment = parts[i].Split(';')[0];
            bool last = i == parts.Length - 1;
            if (segment is not ("." or ".."))
            {
                segments.Add(segment);
                continue;
            }

            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }

            if (last)
            {
                segments.Add("");
            }
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>Percent escapes decoded once; null if one is broken.</summary>
    private static string? Decoded(string text)
    {
        List<byte> bytes = [];
        byte[] raw = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != (byte)'%')
            {
                bytes.Add(raw[i]);
                continue;
            }

            if (i + 2 >= raw.Length
                || !byte.TryParse(Encoding.ASCII.GetString(raw, i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                return null;
            }

            bytes.Add(value);
            i += 2;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
