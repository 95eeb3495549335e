using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Codecs;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.Nodes;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

/// <summary>JSON that is read in pieces gives what it gives when it is read as a whole, wherever a piece ends.</summary>
public sealed class PiecewiseReadingTests
{
    private const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b","labels":{"app":"é😀"},"managedFields":[{"f:a":{"f:b":{}}}]},"spec":{"containers":[{"name":"c","env":[{"name":"X","value":"\u0041\n"}],"ports":[{"containerPort":80}]}]},"status":{"podIP":"10.0.0.1","phase":"Running"}}""";
    private const string Policy = """{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"b"},"spec":{"podSelector":{},"ingress":[{"ports":[{"port":80},{"port":"http"}]}],"policyTypes":["Ingress"]}}""";

    public static TheoryData<string> Texts => new()
    {
        Pod,
        Policy + "\n" + Pod + "\r\n\r" + Policy,
        $$"""{"apiVersion":"v1","items":[{{Pod}},{{Policy}}],"kind":"List","metadata":{"resourceVersion":"" } }""",
        $$"""{"kind":"List","items":[{{Policy}},5,null,{"kind":"Secret","apiVersion":"v1","data":{"a":"b" } },{}],"apiVersion":"v1"}""",
        """{"apiVersion":"v1","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"},"kind":"Pod"}],"kind":"PodList"}""",
        """{"kind":"PodList","items":[{"metadata":{"name":"a"},"spec":{"hostNetwork":3}}],"apiVersion":"v1"}""",
        """{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"},"spec":{"podSelector":{}},"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1"}]}""",
        $$"""{"items":[{{Pod}},{"kind":"Nonsense","apiVersion":"networking.k8s.io/v1"}],"kind":"ConfigMap","apiVersion":"v1"}""",
        $$"""{"items":[{{Pod}}],"items":[{{Policy}}],"kind":"List","apiVersion":"v1"}""",
        $$"""{"items":[{{Pod}},7],"items":null,"kind":"List","apiVersion":"v1"}""",
        $$"""{"items":[{{Pod}},{{Pod.Replace("\"phase\"", "\"podIP\"", StringComparison.Ordinal)}}],"kind":"List","apiVersion":"v1"}""",
        Policy.Replace("\"spec\"", "\"kind\":\"Pod\",\"spec\"", StringComparison.Ordinal),
        Pod.Replace("{\"f:b\":{}}", "{\"f:b\":1,\"f:b\":2}", StringComparison.Ordinal),
        Pod.Replace("\\u0041", "\\ud800", StringComparison.Ordinal),
        Pod.Replace("\"10.0.0.1\"", "1e999", StringComparison.Ordinal),
        Policy.Replace("\"http\"", "80.5", StringComparison.Ordinal).Replace("\"ports\"", "\"port\"", StringComparison.Ordinal),
        "{a: 1, kind: Namespace, apiVersion: v1, metadata: {name: x}}",
        "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\", // no JSON\n",
        Pod[..^20],
        Pod + "]",
        $"[{Pod},{{\"a\":1,\"a\":2}}]",
        string.Concat(Enumerable.Repeat("{\"a\":", 80)),
        "  \r\n\t" + Pod,
        "\uFEFF" + Pod,
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_means_the_same_wherever_its_pieces_end(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ManifestReadResult whole = ManifestReader.Read(bytes, "f");
        for (int chunk = 1; chunk <= bytes.Length + 1; chunk++)
        {
            AssertSame(whole, ReadPieces(bytes, chunk, canSeek: true));
            AssertSame(whole, ReadPieces(bytes, chunk, canSeek: false));
        }

        AssertSame(whole, ManifestReader.Read(text, "f"));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_items_of_a_list_mean_the_same_however_they_are_read(string text)
    {
        // Without anybody who takes the items one by one, all nodes are built first.
        foreach (bool isYaml in new[] { false, true })
        {
            ReadState state = new("f", ManifestReadOptions.Default);
            ObjectReader reader = new(state);
            if (isYaml)
            {
                foreach (NodeDocument document in YamlNodes.Read(text.TrimStart('\uFEFF'), state))
                {
                    reader.Document(document);
                }
            }
            else
            {
                JsonNodes.TryRead(JsonInput.Of(Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF')), state), state, reader, isSelective: false);
            }

            if (state.Diagnostics.Exists(d => d.Id is "NP1004" or "NP1005"))
            {
                continue;
            }

            ManifestReadResult one = ManifestReader.Read(isYaml ? "# YAML\n---\n" + text.TrimStart('\uFEFF') : text, "f");
            Assert.Equal(state.All.Select(d => d.Id).Order(), one.Diagnostics.Select(d => d.Id).Order());
            Assert.Equal(reader.Manifests, one.Manifests.AsEnumerable());
            Assert.Equal(reader.Damaged, one.Damaged.AsEnumerable());
        }
    }

    [Fact]
    public void Invalid_UTF8_anywhere_is_found_wherever_pieces_end()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{Pod}\n[{Policy}]");
        for (int i = 0; i < bytes.Length; i += 3)
        {
            byte before = bytes[i];
            bytes[i] = 0xC3;
            ManifestReadResult whole = ManifestReader.Read(bytes, "f");
            foreach (int chunk in new[] { 1, 2, 3, 64, bytes.Length - 1 })
            {
                AssertSame(whole, ReadPieces(bytes, chunk, canSeek: chunk % 2 == 0));
            }

            bytes[i] = before;
        }
    }

    [Fact]
    public void Text_in_UTF16_is_the_same_and_halves_of_characters_are_refused()
    {
        string text = $$"""{"apiVersion":"v1","items":[{{string.Join(',', Enumerable.Repeat(Pod, 200))}}],"kind":"List"}""";
        using StringReader input = new(text);
        AssertSame(ManifestReader.Read(text, "-"), ManifestReader.ReadPaths(["-"], input));
        using StringReader half = new(text.Replace("😀", "\uD83D", StringComparison.Ordinal));
        ManifestReadResult refused = ManifestReader.ReadPaths(["-"], half);
        Assert.Equal("NP1003", Assert.Single(refused.Diagnostics).Id);
        Assert.Empty(refused.Manifests);
    }

    [Fact]
    public void A_dump_is_not_held_in_memory()
    {
        const int Count = 20_000;
        using Dump dump = new(Pod, Count);
        ManifestReadOptions options = new() { MaxHeldBytes = 1 << 20 };
        long before = GC.GetAllocatedBytesForCurrentThread();
        ManifestReadResult read = ManifestReader.Read(dump, "f", options);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Empty(read.Diagnostics);
        Assert.Equal(Count, read.Manifests.Count);
        Assert.Equal((1, 1), (read.DocumentCount, read.Manifests[0].SpanOf("").Line));

        // What is made of a pod, its passing nodes included; most of the text is in fields that nobody reads.
        Assert.InRange(allocated / Count, 1, 12 << 10);
        Assert.True(ReferenceEquals(read.Manifests[Count - 2].Metadata.Namespace, read.Manifests[Count - 1].Metadata.Namespace), "equal texts are one object");
        Assert.True(read.Manifests[Count - 2].Metadata.Labels!.Value.AsSpan() == read.Manifests[Count - 1].Metadata.Labels!.Value.AsSpan(), "equal labels are one object");
    }

    [Fact]
    public void What_cannot_be_read_again_is_refused_where_it_is_broken()
    {
        ManifestReadOptions options = new() { MaxHeldBytes = 1000 };
        string list = $$"""{"apiVersion":"v1","items":[{{string.Join(',', Enumerable.Repeat(Pod, 20))}}],"kind":"List"}""";
        byte[] broken = Encoding.UTF8.GetBytes(list + "\n{\"a\":\n}");
        ManifestReadResult read = new TextReading("f", options).Read(new MemoryStream(broken), 64);
        Assert.Equal("f:3:1: error NP1005", Assert.Single(read.Diagnostics).ToString()[..19]);
        Assert.Equal(20, read.Manifests.Count);

        byte[] late = Encoding.UTF8.GetBytes(list.Replace("\"List\"", "\"List\",\"kind\":\"List\"", StringComparison.Ordinal));
        ManifestReadResult twice = new TextReading("f", options).Read(new MemoryStream(late), 64);
        Assert.Equal(["NP1008", "NP1002"], twice.Diagnostics.Select(d => d.Id));
        Assert.Empty(twice.Manifests);

        byte[] wrong = Encoding.UTF8.GetBytes(list);
        wrong[^10] = 0xFF;
        Assert.Equal("NP1003", Assert.Single(new TextReading("f", options).Read(new MemoryStream(wrong), 64).Diagnostics).Id);
        ManifestReadResult large = new TextReading("f", new() { MaxBytes = 1000 }).Read(new Pipe(broken), 64);
        Assert.Equal("f:1:1: error NP1002: text is larger than 1000 bytes", Assert.Single(large.Diagnostics).ToString());
        Assert.Empty(large.Manifests);
    }

    [Fact]
    public void Progress_tells_bytes_and_objects()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($$"""{"apiVersion":"v1","items":[{{string.Join(',', Enumerable.Repeat(Pod, 20))}}],"kind":"List"}""");
        Seen seen = new();
        _ = new TextReading("f", new() { Progress = seen }).Read(new MemoryStream(bytes), 1000);
        Assert.Equal(seen.All.Order(), seen.All);
        Assert.Equal(bytes.Length, seen.All[^1].Bytes);
        Assert.InRange(seen.All[^1].Objects, 19, 21);
    }

    [Fact]
    public void Places_are_those_of_the_nodes()
    {
        string text = "\n" + Policy.Replace("[", "[\n  ", StringComparison.Ordinal);
        NetworkPolicyManifest policy = Assert.IsType<NetworkPolicyManifest>(Assert.Single(ManifestReader.Read(text, "f").Manifests));
        Assert.Equal("80", At(policy.SpanOf("spec.ingress[0].ports[0].port")));
        Assert.Equal("\"http\"", At(policy.SpanOf("spec.ingress[0].ports[1].port")));
        Assert.Equal("\"ports\":", At(policy.SpanOf("spec.ingress[0].ports")));
        Assert.Equal("{\"port\":80}", At(policy.SpanOf("spec.ingress[0].ports[0].none")));
        Assert.Equal("\"Ingress\"", At(policy.SpanOf("spec.policyTypes[0]")));
        Assert.Equal("\"policyTypes\":", At(policy.SpanOf("spec.policyTypes[1]")));
        Assert.Equal((2, 1, 5, "  \"Ingress\"]}}".Length + 1), (policy.SpanOf("").Line, policy.SpanOf("").Column, policy.SpanOf("").EndLine, policy.SpanOf("").EndColumn));

        string At(SourceSpan span) => text.Split('\n')[span.Line - 1][(span.Column - 1)..(span.EndColumn - 1)];
    }

    private static ManifestReadResult ReadPieces(byte[] bytes, int chunk, bool canSeek) =>
        new TextReading("f", null).Read(canSeek ? new MemoryStream(bytes) : new Pipe(bytes), chunk);

    private static void AssertSame(ManifestReadResult expected, ManifestReadResult actual)
    {
        Assert.Equal(expected.Diagnostics.Select(Words), actual.Diagnostics.Select(Words));
        Assert.Equal(expected.Manifests, actual.Manifests);
        Assert.Equal(expected.Damaged, actual.Damaged);
        Assert.Equal(expected.DocumentCount, actual.DocumentCount);
        Assert.Equal(expected.Manifests.Select(Places), actual.Manifests.Select(Places));

        static string Words(Diagnostic d) => $"{d} {d.Span.EndLine}:{d.Span.EndColumn} {d.Path} {d.Document} {string.Join(' ', d.Related)}"[1..];

        static string Places(Manifest m) => string.Join(' ', new[] { "", "metadata.labels[app]", "spec.containers[0].ports[0].containerPort", "spec.ingress[0].ports[1].port" }
            .Select(m.SpanOf).Select(s => $"{s.Line}:{s.Column}-{s.EndLine}:{s.EndColumn}"));
    }

    private sealed class Seen : IProgress<ReadProgress>
    {
        public List<(long Bytes, long Objects)> All { get; } = [];

        public void Report(ReadProgress value) => All.Add((value.Bytes, value.Objects));
    }

    /// <summary>A stream that cannot go back, and hands out a few bytes at a time.</summary>
    private class Pipe(byte[] bytes) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = Math.Min(Math.Min(count, 37), bytes.Length - _position);
            bytes.AsSpan(_position, read).CopyTo(buffer.AsSpan(offset));
            _position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>What <c>kubectl get -A -o json</c> prints, made while it is read.</summary>
    private sealed class Dump(string item, int count) : Pipe([])
    {
        private readonly byte[] _item = Encoding.UTF8.GetBytes(item + ",");
        private byte[] _piece = "{\"apiVersion\":\"v1\",\"items\":["u8.ToArray();
        private int _next;
        private int _at;

        public override int Read(byte[] buffer, int offset, int count1)
        {
            if (_at == _piece.Length)
            {
                if (_next > count)
                {
                    return 0;
                }

                _piece = _next < count - 1 ? _item : _next == count - 1 ? _item[..^1] : "],\"kind\":\"List\"}"u8.ToArray();
                _next++;
                _at = 0;
            }

            int read = Math.Min(count1, _piece.Length - _at);
            _piece.AsSpan(_at, read).CopyTo(buffer.AsSpan(offset));
            _at += read;
            return read;
        }
    }
}
