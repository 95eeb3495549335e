using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Nodes;
using Check = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ExpectedCheck>;
using Flow = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ExpectedFlow>;
using Pair = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ExpectedPair>;
using Reference = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ObjectReference>;
using Root = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ExpectationManifest>;
using Rule = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ExpectedRule>;
using Step = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ExpectationStep>;
using Variant = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Expectations.ClusterVariant>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The shape of an Expectation document.</summary>
internal static class ExpectationCodecs
{
    private static readonly Codec<EquatableMap<EquatableMap<string?>>> LabelChanges = new MapCodec<EquatableMap<string?>>(new MapCodec<string?>(new NullableTextCodec()));

    private static readonly ObjectCodec<ClusterVariant> VariantCodec = new(
        new ClusterVariant(),
        Variant.Value("namespaceLabels", LabelChanges, v => v.NamespaceLabels.IsEmpty ? null : v.NamespaceLabels, (v, x) => v with { NamespaceLabels = x }),
        Variant.Value("podLabels", LabelChanges, v => v.PodLabels.IsEmpty ? null : v.PodLabels, (v, x) => v with { PodLabels = x }));

    private static readonly Codec<IpFamily> Family = new WordCodec<IpFamily>(("IPv4", IpFamily.IPv4), ("IPv6", IpFamily.IPv6));

    private static readonly Codec<ExpectedVerdict> Verdict = new WordCodec<ExpectedVerdict>(("allow", ExpectedVerdict.Allow), ("deny", ExpectedVerdict.Deny));

    private static readonly ObjectCodec<ExpectedPair> PairCodec = new(
        new ExpectedPair("", ""),
        Pair.Text("from", p => p.From, (p, v) => p with { From = v }),
        Pair.Text("to", p => p.To, (p, v) => p with { To = v }));

    private static readonly ObjectCodec<ExpectedCheck> CheckCodec = new(
        new ExpectedCheck(),
        Check.IntOrString("protocol", c => c.Protocol, (c, v) => c with { Protocol = v }),
        Check.Int32("port", c => c.Port, (c, v) => c with { Port = v }),
        Check.Value("ipFamily", Family, c => c.IpFamily == IpFamily.IPv4 ? null : c.IpFamily, (c, v) => c with { IpFamily = v }),
        Check.Optional("denied", new RequiringCodec<ExpectedPair>(PairCodec, p => p.From.Length > 0 && p.To.Length > 0, "`from` and `to`"), c => c.Denied, (c, v) => c with { Denied = v }),
        Check.Ignored("description"));

    private static readonly ObjectCodec<ExpectedRule> RuleCodec = new(
        new ExpectedRule(),
        Rule.Text("kind", r => r.Kind, (r, v) => r with { Kind = v }),
        Rule.Text("namespace", r => r.Namespace, (r, v) => r with { Namespace = v }),
        Rule.Text("name", r => r.Name, (r, v) => r with { Name = v }),
        Rule.Text("direction", r => r.Direction, (r, v) => r with { Direction = v }),
        Rule.Int32("index", r => r.Index, (r, v) => r with { Index = v }));

    private static readonly ObjectCodec<ExpectedFlow> FlowCodec = new(
        new ExpectedFlow(),
        Flow.Text("from", f => f.From, (f, v) => f with { From = v }),
        Flow.Text("to", f => f.To, (f, v) => f with { To = v }),
        Flow.IntOrString("protocol", f => f.Protocol, (f, v) => f with { Protocol = v }),
        Flow.Int32("port", f => f.Port, (f, v) => f with { Port = v }),
        Flow.Int32("sourcePort", f => f.SourcePort, (f, v) => f with { SourcePort = v }),
        Flow.Int32("icmpType", f => f.IcmpType, (f, v) => f with { IcmpType = v }),
        Flow.Int32("icmpCode", f => f.IcmpCode, (f, v) => f with { IcmpCode = v }),
        Flow.Value("ipFamily", Family, f => f.IpFamily == IpFamily.None ? null : f.IpFamily, (f, v) => f with { IpFamily = v }),
        Flow.Text("outInterface", f => f.OutInterface, (f, v) => f with { OutInterface = v }),
        Flow.Text("inInterface", f => f.InInterface, (f, v) => f with { InInterface = v }),
        Flow.Text("httpMethod", f => f.HttpMethod, (f, v) => f with { HttpMethod = v }),
        Flow.Text("httpPath", f => f.HttpPath, (f, v) => f with { HttpPath = v }),
        Flow.Value("expect", Verdict, f => f.Expect == ExpectedVerdict.None ? null : f.Expect, (f, v) => f with { Expect = v }),
        Flow.Object("rule", RuleCodec, f => f.Rule, (f, v) => f with { Rule = v }),
        Flow.Ignored("id"),
        Flow.Ignored("description"));

    private static readonly Codec<ExpectedFlow> CompleteFlow = new RequiringCodec<ExpectedFlow>(
        FlowCodec,
        f => f.From.Length > 0 && f.To.Length > 0 && f.Expect != ExpectedVerdict.None,
        "`from`, `to` and `expect`");

    private static readonly ObjectCodec<ObjectReference> ReferenceCodec = new(
        new ObjectReference(),
        Reference.Text("apiVersion", r => r.ApiVersion, (r, v) => r with { ApiVersion = v }),
        Reference.Text("kind", r => r.Kind, (r, v) => r with { Kind = v }),
        Reference.Text("namespace", r => r.Namespace, (r, v) => r with { Namespace = v }),
        Reference.Text("name", r => r.Name, (r, v) => r with { Name = v }));

    private static readonly ObjectCodec<ExpectationStep> StepCodec = new(
        new ExpectationStep(),
        Step.Text("name", s => s.Name.Length == 0 ? null : s.Name, (s, v) => s with { Name = v }),
        Step.Optional(
            "remove",
            new RequiringCodec<ObjectReference>(ReferenceCodec, r => r.Kind.Length > 0 && r.Name.Length > 0, "`kind` and `name`"),
            s => s.Remove,
            (s, v) => s with { Remove = v }),
        new InlineDocuments(),
        Step.Optional("files", ScalarCodecs.Text, s => s.Files, (s, v) => s with { Files = v }),
        Step.Object("variant", VariantCodec, s => s.Variant, (s, v) => s with { Variant = v }),
        Step.Optional("checks", CheckCodec, s => s.Checks, (s, v) => s with { Checks = v }),
        Step.Optional("flows", CompleteFlow, s => s.Flows, (s, v) => s with { Flows = v }),
        Step.Ignored("description"));

    public static readonly ObjectCodec<ExpectationManifest> Expectation = new(
        new ExpectationManifest(),
        new KindField(),
        Root.Text("name", m => m.Metadata.Name, (m, v) => m with { Metadata = m.Metadata with { Name = v } }),
        Root.Text("cluster", m => m.Cluster, (m, v) => m with { Cluster = v }),
        Root.Object("clusterVariant", VariantCodec, m => m.Variant, (m, v) => m with { Variant = v }),
        Root.Optional("checks", CheckCodec, m => m.Checks, (m, v) => m with { Checks = v }),
        Root.Optional("flows", CompleteFlow, m => m.Flows, (m, v) => m with { Flows = v }),
        Root.Optional("steps", StepCodec, m => m.Steps, (m, v) => m with { Steps = v }),
        Root.Ignored("description"),
        Root.Ignored("source"),
        Root.Ignored("stage"));

    private sealed class KindField() : Field<ExpectationManifest>("kind")
    {
        public override ExpectationManifest Read(ExpectationManifest target, ManifestNode node, ReadContext context) => target;

        public override ManifestNode? Write(ExpectationManifest source) => ScalarNode.OfText(source.Kind);
    }

    private sealed class InlineDocuments() : Field<ExpectationStep>("documents")
    {
        public override ExpectationStep Read(ExpectationStep target, ManifestNode node, ReadContext context)
        {
            if (node is not SequenceNode list)
            {
                context.Report(Findings.WrongType, node.Span, $"found {node.Description}, expected a list of documents");
                return target;
            }

            ObjectReader reader = new(context.State);
            foreach (ManifestNode item in list.Items)
            {
                reader.ReadPart(item);
            }

            if (reader.Damaged.Count > 0)
            {
                context.Spoil();
            }

            return target with { Documents = reader.Manifests.ToEquatableArray() };
        }

        public override ManifestNode? Write(ExpectationStep source) => source.Documents.IsEmpty
            ? null
            : new SequenceNode(default, [.. source.Documents.Select(ManifestWriter.ToNode)]);
    }

    private sealed class NullableTextCodec : Codec<string?>
    {
        public override string? Zero => null;

        public override bool TryRead(ManifestNode node, ReadContext context, out string? value)
        {
            bool read = ScalarCodecs.Text.TryRead(node, context, out string text);
            value = text;
            return read;
        }

        public override ManifestNode Write(string? value) => value is null ? ScalarNode.OfNull() : ScalarNode.OfText(value);
    }

    private sealed class WordCodec<T>(params (string Word, T Value)[] words) : Codec<T>
        where T : struct
    {
        public override T Zero => default;

        public override bool TryRead(ManifestNode node, ReadContext context, out T value)
        {
            foreach ((string word, T meaning) in words)
            {
                if (node is ScalarNode { Kind: ScalarKind.Text } scalar && scalar.Text == word)
                {
                    value = meaning;
                    return true;
                }
            }

            value = default;
            context.Report(Findings.BadExpectation, node.Span, $"found {node.Description}, expected {string.Join(" or ", words.Select(w => $"`{w.Word}`"))}");
            return false;
        }

        public override ManifestNode Write(T value) => ScalarNode.OfText(words.First(w => EqualityComparer<T>.Default.Equals(w.Value, value)).Word);
    }

    // A list entry that means nothing unless some fields are there.
    private sealed class RequiringCodec<T>(Codec<T> inner, Predicate<T> isComplete, string required) : Codec<T>
    {
        public override T Zero => inner.Zero;

        public override IFieldNames? Shape => inner.Shape;

        public override T ReadNull(ManifestNode node, ReadContext context)
        {
            context.Report(Findings.BadExpectation, node.Span, $"entry is empty, expected {required}");
            return Zero;
        }

        public override bool TryRead(ManifestNode node, ReadContext context, out T value)
        {
            if (!inner.TryRead(node, context, out value))
            {
                return false;
            }

            if (!isComplete(value))
            {
                context.Report(Findings.BadExpectation, node.Span, $"entry is incomplete, expected {required}");
            }

            return true;
        }

        public override ManifestNode Write(T value) => inner.Write(value);
    }
}
