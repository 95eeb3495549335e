using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Codecs of values without parts.</summary>
internal static class ScalarCodecs
{
    public static readonly Codec<string> Text = new TextCodec();
    public static readonly Codec<int> Int32 = new Int32Codec();
    public static readonly Codec<double> Number = new NumberCodec();
    public static readonly Codec<bool> Boolean = new BooleanCodec();
    public static readonly Codec<IntOrString> IntOrString = new IntOrStringCodec();

    private static void WrongType(ManifestNode node, ReadContext context, string expected)
    {
        bool fixable = expected == "text" && node is ScalarNode { Kind: ScalarKind.Boolean or ScalarKind.Integer or ScalarKind.Float };
        context.Report(
            fixable ? Findings.UnquotedText : Findings.WrongType,
            node.Span,
            $"found {node.Description}, expected {expected}",
            fixable ? $"write \"{((ScalarNode)node).Text}\" in quotes" : null);
    }

    private static bool TryInt32(ManifestNode node, ReadContext context, string expected, out int value)
    {
        value = 0;
        if (node is not ScalarNode { Kind: ScalarKind.Integer } scalar)
        {
            WrongType(node, context, expected);
            return false;
        }

        if (scalar.Number is < int.MinValue or > int.MaxValue)
        {
            context.Report(Findings.NumberOutOfRange, node.Span, $"found {node.Description}, expected {expected} of at most 32 bits");
            return false;
        }

        value = (int)scalar.Number;
        if (scalar.HasOddNotation)
        {
            context.Report(Findings.NumberNotation, node.Span, $"`{ScalarNode.Shorten(scalar.Text)}` is the number {value}");
        }

        return true;
    }

    private sealed class TextCodec : Codec<string>
    {
        public override string Zero => "";

        public override bool TryRead(ManifestNode node, ReadContext context, out string value)
        {
            if (node is ScalarNode { Kind: ScalarKind.Text } scalar)
            {
                value = scalar.Text;
                return true;
            }

            WrongType(node, context, "text");
            value = "";
            return false;
        }

        public override ManifestNode Write(string value) => ScalarNode.OfText(value);
    }

    private sealed class Int32Codec : Codec<int>
    {
        public override int Zero => 0;

        public override bool TryRead(ManifestNode node, ReadContext context, out int value) => TryInt32(node, context, "a whole number", out value);

        public override ManifestNode Write(int value) => ScalarNode.OfNumber(value);
    }

    private sealed class NumberCodec : Codec<double>
    {
        public override double Zero => 0;

        public override bool TryRead(ManifestNode node, ReadContext context, out double value)
        {
            value = 0;
            if (node is not ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Float } scalar || !double.IsFinite(scalar.Number))
            {
                WrongType(node, context, "a finite number");
                return false;
            }

            value = scalar.Number;
            return true;
        }

        public override ManifestNode Write(double value) => ScalarNode.OfNumber(value);
    }

    private sealed class BooleanCodec : Codec<bool>
    {
        public override bool Zero => false;

        public override bool TryRead(ManifestNode node, ReadContext context, out bool value)
        {
            value = node is ScalarNode { Kind: ScalarKind.Boolean, Number: 1 };
            if (node is ScalarNode { Kind: ScalarKind.Boolean })
            {
                return true;
            }

            WrongType(node, context, "`true` or `false`");
            return false;
        }

        public override ManifestNode Write(bool value) => ScalarNode.OfBoolean(value);
    }

    private sealed class IntOrStringCodec : Codec<IntOrString>
    {
        public override IntOrString Zero => Manifests.IntOrString.Of(0);

        public override bool TryRead(ManifestNode node, ReadContext context, out IntOrString value)
        {
            if (node is ScalarNode { Kind: ScalarKind.Text } scalar)
            {
                value = Manifests.IntOrString.Of(scalar.Text);
                return true;
            }

            bool read = TryInt32(node, context, "a whole number or text", out int number);
            value = Manifests.IntOrString.Of(number);
            return read;
        }

        public override ManifestNode Write(IntOrString value) => value.IsNumber ? ScalarNode.OfNumber(value.Number) : ScalarNode.OfText(value.Text ?? "");
    }
}
