using System.Globalization;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Field paths such as <c>spec.ingress[0].from</c> and <c>metadata.labels[app]</c>.</summary>
internal static class NodePath
{
    /// <summary>The steps of a path: a name, or an index where the name is null.</summary>
    public static IEnumerable<(string? Name, int Index)> Parse(string path)
    {
        int position = 0;
        while (position < path.Length)
        {
            if (path[position] == '[')
            {
                int close = path.IndexOf(']', position);
                close = close < 0 ? path.Length : close;
                string inner = path[(position + 1)..close];
                bool isIndex = int.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out int index);
                yield return isIndex ? (null, index) : (inner, 0);
                position = close + 1;
            }
            else if (path[position] == '.')
            {
                position++;
            }
            else
            {
                int end = path.AsSpan(position).IndexOfAny('.', '[');
                end = end < 0 ? path.Length : position + end;
                yield return (path[position..end], 0);
                position = end;
            }
        }
    }
}
