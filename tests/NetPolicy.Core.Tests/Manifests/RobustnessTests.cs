using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Spec.Tests;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

public sealed class RobustnessTests
{
    private static readonly string[] Pieces = ["---\n", "- ", ": ", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "!x ", "<<: ", "\t", "\n", "#", "|\n", ">-\n", "%", "? ", "null", "~", "0x", "1e9", "\u2028", "\0", "\\", ",", "é", "@"];

    [Fact]
    public void No_text_makes_reading_or_validating_throw()
    {
        string[] seeds =
        [
            .. Directory.GetFiles(Corpus.Folder("kubernetes-e2e"), "*.yaml").Order(StringComparer.Ordinal).Take(12).Select(File.ReadAllText),
            ManifestWriter.ToYaml(RoundTripTests.Documents().Select(row => row.Data)),
            ManifestWriter.ToJson(RoundTripTests.Documents().Select(row => row.Data).Take(8)),
        ];
        Random random = new(20260801);
        for (int i = 0; i < 1500; i++)
        {
            string text = Mutate(seeds[random.Next(seeds.Length)], random);
            ManifestReadResult result = ManifestReader.Read(text, "f");
            _ = Validator.Validate(result);
            Assert.True(result.Manifests.Count + result.Diagnostics.Count > 0 || result.DocumentCount <= 1, text);
            Assert.All(result.Diagnostics, d => Assert.True(d.Span.IsKnown, d.ToString()));
            Assert.All(result.Diagnostics, d => Assert.DoesNotContain('\n', d.Message));
        }
    }

    [Fact]
    public void No_bytes_make_reading_throw()
    {
        Random random = new(7);
        byte[] seed = Encoding.UTF8.GetBytes(ManifestWriter.ToJson(RoundTripTests.Documents().Select(row => row.Data).Take(8)));
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = [.. seed];
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            ManifestReadResult result = ManifestReader.Read(bytes.AsMemory(0, random.Next(bytes.Length)), "f");
            Assert.True(result.Manifests.Count + result.Diagnostics.Count > 0 || result.DocumentCount <= 1);
        }
    }

    [Fact]
    public void A_document_with_an_error_is_never_among_the_sound_ones()
    {
        Random random = new(99);
        string seed = ManifestWriter.ToYaml(RoundTripTests.Documents().Select(row => row.Data));
        for (int i = 0; i < 200; i++)
        {
            ManifestReadResult result = ManifestReader.Read(Mutate(seed, random), "f");
            HashSet<int?> broken = [.. result.Diagnostics.AsEnumerable().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Document)];
            Assert.DoesNotContain(result.Manifests, m => broken.Contains(m.Source.Document));
        }
    }

    [Fact]
    public void What_the_corpus_says_survives_being_written()
    {
        ManifestReadResult read = ManifestReader.ReadPaths([Corpus.Folder("kubernetes-e2e")]);
        ManifestReadResult again = ManifestReader.Read(ManifestWriter.ToYaml(read.Manifests));
        Assert.Empty(again.Diagnostics);
        Assert.Equal(read.Manifests, again.Manifests);
    }

    private static string Mutate(string text, Random random)
    {
        StringBuilder mutated = new(text);
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = random.Next(mutated.Length);
            switch (random.Next(3))
            {
                case 0:
                    mutated.Remove(at, Math.Min(random.Next(1, 40), mutated.Length - at));
                    break;
                case 1:
                    mutated.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    mutated[at] = (char)random.Next(1, 300);
                    break;
            }
        }

        return mutated.ToString();
    }
}
