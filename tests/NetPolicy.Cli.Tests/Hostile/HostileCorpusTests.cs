using System.Globalization;
using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Fuzz.Inputs;
using NetPolicy.Fuzz.Runs;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace NetPolicy.Cli.Tests.Hostile;

/// <summary>Texts that once broke something, or are made to.</summary>
public sealed class HostileCorpusTests
{
    private static readonly string Folder = Repository.PathOf("tests", "corpus", "hostile");

    public static TheoryData<string> Inputs() =>
    [
        .. Directory.GetFiles(Folder).Select(path => Path.GetFileName(path)!).Where(name => Path.GetExtension(name) is not (".md" or ".txt")).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Nothing_breaks(string name) => Assert.Null(Attempt.Try(FuzzInput.Load(Path.Combine(Folder, name))));

    [Fact]
    public void Findings_are_the_reviewed_ones()
    {
        StringBuilder text = new();
        foreach (string name in Inputs().Select(row => row.Data).Where(name => Path.GetExtension(name) is ".yaml" or ".json"))
        {
            ManifestReadResult read = ManifestReader.Read(File.ReadAllBytes(Path.Combine(Folder, name)), name);
            text.Append(CultureInfo.InvariantCulture, $"== {name}: {read.DocumentCount} documents, {read.Manifests.Count} sound, {read.Damaged.Count} damaged\n");
            foreach (Diagnostic finding in read.Diagnostics.Concat(Validator.Validate(read)))
            {
                text.Append(finding).Append('\n');
            }
        }

        Golden.Compare(Path.Combine(Folder, "findings.txt"), text.ToString());
    }
}
