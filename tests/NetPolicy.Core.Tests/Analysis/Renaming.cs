using System.Globalization;
using System.Text.RegularExpressions;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>Replaces the words, labels and ports of an example by others, the same ones each time they occur.</summary>
internal sealed partial class Renaming(int seed)
{
    private static readonly string[] Words =
        ["shop", "web", "api", "frontend", "front-end", "webserver", "app", "role", "edge", "version", "v1", "v2", "node1", "node2", "eth0", "kube-system", "kube-dns", "k8s-app", "http"];

    private static readonly string[] Names =
        ["alpha", "bravo", "carbon", "delta", "ember", "fjord", "gamma", "harbour", "iris", "juniper", "kelvin", "lunar", "maple", "nimbus", "onyx", "pearl", "quartz", "raven", "sierra", "topaz"];

    private readonly Dictionary<string, string> _known = Choose(new Random(seed));

    public string Apply(string text) => Token().Replace(text, match => _known.GetValueOrDefault(match.Value, match.Value));

    private static Dictionary<string, string> Choose(Random random)
    {
        string[] names = [.. Names];
        random.Shuffle(names);
        Dictionary<string, string> chosen = Words.Zip(names).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        foreach (string port in (string[])["80", "3000", "30010"])
        {
            chosen[port] = (1024 + random.Next(9000) + (chosen.Count * 10)).ToString(CultureInfo.InvariantCulture);
        }

        return chosen;
    }

    // Words with dashes as a whole, numbers that are no part of an address or block.
    [GeneratedRegex(@"(?<![\d./:-])\d+(?![\d./:-])|(?<![A-Za-z0-9./-])(?<!apiVersion: )[A-Za-z][A-Za-z0-9-]*(?![A-Za-z0-9./-])")]
    private static partial Regex Token();
}
