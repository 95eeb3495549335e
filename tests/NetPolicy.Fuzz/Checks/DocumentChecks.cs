using System.Text;
using System.Text.Unicode;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Validation;

namespace NetPolicy.Fuzz.Checks;

/// <summary>Reading, validating and writing documents.</summary>
internal static class DocumentChecks
{
    private const int Small = 64 << 10;

    public static void Run(byte[] bytes)
    {
        ManifestReadResult read = ManifestReader.Read(bytes, "f");
        string? text = TextOf(bytes);
        Places.Check(read.Diagnostics, text ?? Encoding.UTF8.GetString(bytes), read.DocumentCount);
        SomethingIsSaid(read, text);
        Soundness(read);
        if (text is not null)
        {
            // The mark in front is text as well.
            ManifestReadResult again = ManifestReader.Read(Encoding.UTF8.GetString(bytes), "f");
            Hold.That(
                again.DocumentCount == read.DocumentCount && again.Manifests == read.Manifests && again.Diagnostics == read.Diagnostics,
                "bytes and text read alike",
                $"{read.DocumentCount} and {again.DocumentCount} documents, {read.Diagnostics.Count} and {again.Diagnostics.Count} findings: {Difference(read.Diagnostics, again.Diagnostics)}");
        }

        EquatableArray<Diagnostic> strict = Validator.Validate(read);
        EquatableArray<Diagnostic> lenient = Validator.Validate(read, new ValidationOptions { CidrMode = CidrMode.Lenient });
        Places.Check(strict, text ?? "", read.DocumentCount);
        Hold.That(Errors(lenient) <= Errors(strict), "lenient validation finds no more errors", $"{Errors(strict)} strict, {Errors(lenient)} lenient");
        Places.Check(ManifestChecks.Duplicates(read.Manifests), text ?? "", read.DocumentCount);
        Places.Check(ManifestChecks.MissingTiers(read.Manifests), text ?? "", read.DocumentCount);
        RoundTrip(read.Manifests);
        WorldChecks.Run(read, new Dice(Hash(bytes)), isSmall: bytes.Length <= Small);
    }

    // As the reader must decode it: a mark in front is no text.
    private static string? TextOf(byte[] bytes)
    {
        ReadOnlySpan<byte> content = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
        return Utf8.IsValid(content) ? Encoding.UTF8.GetString(content) : null;
    }

    private static void SomethingIsSaid(ManifestReadResult read, string? text)
    {
        if (read.Manifests.Count + read.Damaged.Count + read.Diagnostics.Count > 0)
        {
            return;
        }

        string rest = string.Concat((text ?? "?").Split('\n', '\r').Where(line => !line.TrimStart().StartsWith('#') && !line.StartsWith("%YAML 1.", StringComparison.Ordinal) && !line.StartsWith("%TAG ", StringComparison.Ordinal)));
        Hold.That(
            rest.Contains("List", StringComparison.Ordinal) || rest.Split('#')[0].All(c => char.IsWhiteSpace(c) || "-.~nulNULtag:yamorg,02!\"'>|".Contains(c, StringComparison.Ordinal)),
            "nothing is passed over in silence",
            $"`{Hold.Cut(rest)}`");
    }

    private static void Soundness(ManifestReadResult read)
    {
        Hold.That(read.Damaged.IsEmpty || read.HasErrors, "damage has a reason", "no diagnostic is an error");
    }

    private static void RoundTrip(EquatableArray<Manifest> manifests)
    {
        if (manifests.IsEmpty)
        {
            return;
        }

        Same(manifests, ManifestWriter.ToYaml(manifests), "YAML");
        if (!manifests.Any(m => m is ExpectationManifest))
        {
            Same(manifests, ManifestWriter.ToJson(manifests), "JSON");
        }
    }

    private static void Same(EquatableArray<Manifest> manifests, string text, string format)
    {
        ManifestReadResult read = ManifestReader.Read(text, "f");
        Hold.That(!read.HasErrors, $"written {format} can be read", Hold.Cut(string.Join("; ", read.Diagnostics.Select(d => d.ToString()))));
        if (read.Manifests != manifests)
        {
            Manifest? lost = manifests.FirstOrDefault(m => !read.Manifests.Contains(m));
            Hold.That(false, $"written {format} reads back equal", Hold.Cut(lost is null ? "the order differs" : ManifestWriter.ToYaml(lost)));
        }
    }

    private static string Difference(EquatableArray<Diagnostic> left, EquatableArray<Diagnostic> right) =>
        Hold.Cut(string.Join("; ", left.Except(right).Concat(right.Except(left)).Take(2).Select(d => d.ToString())));

    private static int Errors(EquatableArray<Diagnostic> diagnostics) => diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error);

    private static ulong Hash(byte[] bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }
}
