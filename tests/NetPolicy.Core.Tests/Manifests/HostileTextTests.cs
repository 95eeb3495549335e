using System.Diagnostics;
using System.Globalization;
using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

/// <summary>Texts that are very large, very deep or very repetitive: refused at a place or read in linear time, and never at the price of memory.</summary>
/// <remarks>Memory is asserted by counting allocations; times are written down and not asserted.</remarks>
public sealed class HostileTextTests(ITestOutputHelper output)
{
    private const string Head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: b}\nspec:\n  podSelector: {}\n";

    [Theory]
    [InlineData("[", 200_000, "", 1, 65)]
    [InlineData("{", 200_000, "", 1, 65)]
    [InlineData("a: [", 1, "[", 1, 67)]
    [InlineData("a: {", 1, "{", 1, 67)]
    [InlineData("{a: ", 50_000, "", 1, 257)]
    [InlineData("- ", 100_000, "", 1, 129)]
    [InlineData("? ", 100_000, "", 1, 129)]
    [InlineData("{\"a\":", 40_000, "", 1, 321)]
    public void Nesting_is_refused_where_it_is_too_deep(string start, int times, string more, int line, int column)
    {
        string text = Repeat(start, times) + Repeat(more, more.Length == 0 ? 0 : 200_000);
        (ManifestReadResult read, long allocated) = Read(text);
        Diagnostic finding = Assert.Single(read.Diagnostics);
        Assert.Equal("NP1006", finding.Id);
        Assert.Equal((line, column), (finding.Span.Line, finding.Span.Column));
        Assert.InRange(allocated, 0, 4 << 20);
        Assert.Empty(read.Manifests);
    }

    [Fact]
    public void Blocks_and_closed_brackets_are_refused_where_they_are_too_deep()
    {
        string block = string.Concat(Enumerable.Range(0, 600).Select(i => new string(' ', i) + "a:\n"));
        Assert.Equal("f:65:65: error NP1006: nested more than 64 levels deep", Assert.Single(Read(block).Result.Diagnostics).ToString());
        string json = Repeat("[", 100_000) + Repeat("]", 100_000);
        Assert.Equal("f:1:65: error NP1006: nested more than 64 levels deep", Assert.Single(Read(json).Result.Diagnostics).ToString());
        string lists = string.Concat(Enumerable.Range(0, 40).Select(i => Repeat("{\"kind\":\"List\",\"items\":[", 1))) + Repeat("]}", 40);
        Assert.Equal("NP1006", Assert.Single(Read(lists).Result.Diagnostics).Id);
    }

    [Theory]
    [InlineData("plain", 6, 4)]
    [InlineData("quoted", 6, 4)]
    [InlineData("unended", 6, 4)]
    [InlineData("block", 6, 4)]
    [InlineData("folded", 6, 4)]
    [InlineData("key", 1, 1)]
    [InlineData("comment", 1, 1)]
    [InlineData("comments", 1, 1)]
    [InlineData("blanks", 1, 1)]
    [InlineData("json", 1, 52)]
    public void A_value_of_50_megabytes_is_refused_before_it_is_collected(string form, int line, int column)
    {
        const int Size = 50_000_000;
        string text = form switch
        {
            "plain" => Head + "  x: " + new string('a', Size) + "\n",
            "quoted" => Head + "  x: \"" + new string('a', Size) + "\"\n",
            "unended" => Head + "  x: \"" + new string('a', Size),
            "block" => Head + "  x: |\n" + Repeat("    " + new string('a', 95) + "\n", Size / 100),
            "folded" => Head + "  x:\n" + Repeat("    " + new string('a', 95) + "\n", Size / 100),
            "key" => new string('a', Size) + ": 1\n",
            "comment" => "#" + new string('a', Size) + "\n" + Head,
            "comments" => Repeat("# " + new string('a', 97) + "\n", Size / 100) + Head,
            "blanks" => new string(' ', Size) + "\n" + Head,
            _ => "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + new string('a', Size) + "\"}}",
        };
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        (ManifestReadResult read, long allocated) = Read(() => ManifestReader.Read(bytes, "f"));
        Diagnostic finding = read.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal("NP1002", finding.Id);
        Assert.Equal((line, column), (finding.Span.Line, finding.Span.Column));
        Assert.Empty(read.Manifests);

        // The text itself in UTF-16, and what had been collected up to the limit; of JSON not even the text.
        Assert.InRange(allocated, 0, form == "json" ? 1 << 20 : (2L * Size) + (64 << 20));
    }

    [Fact]
    public void An_alias_bomb_is_refused_without_unfolding_it()
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 40; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        (ManifestReadResult read, long allocated) = Read(text.ToString());
        Assert.Equal((39 * 9) + 40, read.Diagnostics.Count(d => d.Id == "NP1007"));
        Assert.Equal((1, 5), (read.Diagnostics.First(d => d.Id == "NP1007").Span.Line, read.Diagnostics.First(d => d.Id == "NP1007").Span.Column));
        Assert.InRange(allocated, 0, 8 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lists_of_100_000_entries_are_read_in_linear_time(bool isJson)
    {
        long half = Measure(50_000), whole = Measure(100_000);
        Assert.InRange((double)whole / half, 1.5, 2.3);

        long Measure(int count)
        {
            string ports = string.Join(',', Enumerable.Range(0, count).Select(i => $"{{\"port\":{(i % 65535) + 1}}}"));
            string text = isJson
                ? $"{{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{{\"name\":\"a\"}},\"spec\":{{\"podSelector\":{{}},\"ingress\":[{{\"ports\":[{ports}]}}]}}}}"
                : Head + "  ingress:\n  - ports:\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"    - port: {(i % 65535) + 1}\n"));
            (ManifestReadResult read, long allocated) = Read(text);
            Assert.Empty(read.Diagnostics);
            Assert.Equal(count, Assert.IsType<NetworkPolicyManifest>(Assert.Single(read.Manifests)).Spec!.Ingress!.Value[0].Ports!.Value.Count);
            Assert.Empty(Validator.Validate(read));
            return allocated;
        }
    }

    [Fact]
    public void Hundred_thousand_documents_are_counted_and_cost_what_they_hold()
    {
        (ManifestReadResult half, long less) = Read(Repeat("---\n{}\n", 50_000));
        (ManifestReadResult whole, long more) = Read(Repeat("---\n{}\n", 100_000));
        Assert.Equal((50_000, 100_000), (half.DocumentCount, whole.DocumentCount));
        Assert.Equal("NP1011", Assert.Single(whole.Diagnostics).Id);
        Assert.InRange((double)more / less, 1.5, 2.3);
    }

    [Fact]
    public void A_mapping_of_100_000_fields_tells_each_that_is_there_twice()
    {
        string text = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  labels:\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"    k{i % 90_000}: v\n"));
        (ManifestReadResult read, _) = Read(text);
        Assert.Equal(10_000, read.Diagnostics.Count(d => d.Id == "NP1008"));
        Assert.Equal((90_006, 5), (read.Diagnostics[0].Span.Line, read.Diagnostics[0].Span.Column));
    }

    [Fact]
    public void A_long_line_is_like_any_other()
    {
        string text = Head + "  ingress: [" + string.Join(", ", Enumerable.Repeat("{from: [{podSelector: {}}]}", 20_000)) + "]\n  egres: []\n";
        (ManifestReadResult read, _) = Read(text);
        Assert.Equal("f:7:3: error NP1015", Assert.Single(read.Diagnostics).ToString()[..19]);
    }

    [Fact]
    public void Values_findings_and_bytes_beyond_their_limits_are_refused()
    {
        ManifestReadOptions few = new() { MaxValues = 1000, MaxFindings = 10, MaxBytes = 100_000 };
        Diagnostic values = ManifestReader.Read("a: [" + Repeat("1,", 2000) + "]", "f", few).Diagnostics[0];
        Assert.Equal("f:1:1999: error NP1002: text holds more than 1000 values", values.ToString());
        Diagnostic json = ManifestReader.Read("[" + Repeat("1,", 2000) + "1]", "f", few).Diagnostics[0];
        Assert.Equal("f:1:2000: error NP1002: text holds more than 1000 values", json.ToString());
        ManifestReadResult many = ManifestReader.Read(Head + string.Concat(Enumerable.Range(0, 100).Select(i => $"  k{i}: v\n")), "f", few);
        Assert.Equal(11, many.Diagnostics.Count);
        Assert.Equal("f:16:3: error NP1002: more than 10 findings, the others are left out", many.Diagnostics[^1].ToString());
        Assert.Empty(many.Manifests);
        Assert.Equal("NP1002", Assert.Single(ManifestReader.Read(new byte[100_001], "f", few).Diagnostics).Id);
        Assert.Equal("NP1002", Assert.Single(ManifestReader.Read(new string('a', 100_001), "f", few).Diagnostics).Id);
    }

    [Fact]
    public void Many_documents_stop_where_there_are_too_many_values()
    {
        ManifestReadOptions few = new() { MaxValues = 1000 };
        ManifestReadResult read = ManifestReader.Read(Repeat("---\n5\n", 5000), "f", few);
        Assert.Equal("NP1002", Assert.Single(read.Diagnostics, d => d.Severity == DiagnosticSeverity.Error).Id);
        Assert.Equal(1001, read.DocumentCount);
    }

    [Theory]
    [InlineData("(", 100_000, "all()", ")", 100_000)]
    [InlineData("!", 100_000, "all()", "", 0)]
    [InlineData("! ", 100_000, "all()", "", 0)]
    [InlineData("!(", 100_000, "all()", ")", 100_000)]
    [InlineData("a == 'b' || ", 80_000, "all()", "", 0)]
    [InlineData("has(a) && ", 100_000, "", "", 0)]
    [InlineData("a in {", 1, "", "'b',", 250_000)]
    public void Selectors_of_a_megabyte_are_refused_at_their_place(string start, int times, string middle, string end, int endTimes)
    {
        string text = "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec:\n  selector: \"" + Repeat(start, times) + middle + Repeat(end, endTimes) + "\"\n";
        (ManifestReadResult read, long allocated) = Read(text);
        IReadOnlyList<Diagnostic> findings = Validator.Validate(read);
        Assert.Contains(findings, d => d.Id == "NP2220");
        Assert.All(findings, d => Assert.Equal((5, 13), (d.Span.Line, d.Span.Column)));
        Assert.All(findings, d => Assert.InRange(d.Message.Length, 1, 400));
        Assert.InRange(allocated, 0, 40L * text.Length);
    }

    private static string Repeat(string piece, int times) => new StringBuilder(piece.Length * times).Insert(0, piece, times).ToString();

    private (ManifestReadResult Result, long Allocated) Read(string text) => Read(() => ManifestReader.Read(text, "f"));

    private (ManifestReadResult Result, long Allocated) Read(Func<ManifestReadResult> read)
    {
        long started = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ManifestReadResult result = read();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms, {allocated >> 10} KiB allocated");
        return (result, allocated);
    }
}
