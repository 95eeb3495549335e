using System.Globalization;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Keeps findings as files: the input, and beside it what it shows and how to see it again.</summary>
public sealed class FindingFolder(string folder)
{
    /// <summary>Writes a finding; the result is the input's file.</summary>
    public string Save(Finding finding, ulong seed) =>
        Save(finding.Input, string.Create(CultureInfo.InvariantCulture, $"{seed}-{finding.Number}"), $"{finding.Kind}\n\n{finding.Message}");

    /// <summary>Writes an input and what is known about it; the result is the input's file.</summary>
    public string Save(FuzzInput input, string name, string story)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, name + input.Extension);
        File.WriteAllBytes(file, input.Bytes);
        File.WriteAllText(Path.Combine(folder, name + ".story"), $"{story}\n\nagain: dotnet run --project tests/NetPolicy.Fuzz -c Release -- --repeat {file}\n");
        return file;
    }
}
