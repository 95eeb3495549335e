using System.Security.Cryptography;
using System.Text;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.State;

/// <summary>What the kernel has in our table: the name of each chain, set and map, and a hash of what it means. Counters are left out.</summary>
internal static class LoadedObjects
{
    /// <summary>Hashes by name, such as <c>chain fwd_1</c>.</summary>
    /// <exception cref="NftSyntaxException">The listing has something that we never load.</exception>
    public static IReadOnlyDictionary<string, string> Of(string listing)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        string name = "";
        StringBuilder content = new();
        void Close()
        {
            if (name.Length > 0)
            {
                hashes[name] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString())))[..16];
            }

            content.Clear();
        }

        foreach (string line in NftRuleset.Parse(listing).ToCanonicalText().Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ')
            {
                Close();
                name = string.Join(' ', line.Split(' ').Take(line.StartsWith("table ", StringComparison.Ordinal) ? 3 : 2));
            }

            content.Append(line).Append('\n');
        }

        Close();
        return hashes;
    }

    /// <summary>Hashes by name of all that is in a table; something of a kind that we never load is an object of its own.</summary>
    public static IReadOnlyDictionary<string, string> Of(LoadedTable loaded)
    {
        Dictionary<string, string> objects = new(Of(NftWriter.Write(loaded.Understood)), StringComparer.Ordinal);
        foreach (string foreign in loaded.Foreign)
        {
            objects[foreign] = "";
        }

        return objects;
    }

    /// <summary>How what is loaded differs from what was: one line for each object, in ordinal order of names.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual) =>
    [
        .. expected.Keys.Concat(actual.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name))
            .Select(name => !actual.ContainsKey(name) ? $"{name} is missing" : !expected.ContainsKey(name) ? $"{name} was added" : $"{name} was changed"),
    ];
}
