using System.Globalization;
using NetPolicy.Manifests;

namespace NetPolicy.Validation;

/// <summary>Calico's port text (Calico specification §1.5, Port).</summary>
internal static class CalicoPort
{
    /// <summary>True for a number or a range, valid or not; names are the rest.</summary>
    public static bool IsNumeric(IntOrString port) => port.IsNumber || IsDigits(port.Text) || SplitRange(port.Text) is not null;

    /// <summary>What is wrong with a port; nothing if it is valid.</summary>
    public static IEnumerable<string> Faults(IntOrString port)
    {
        if (port.IsNumber)
        {
            return port.Number is >= 1 and <= 65535 ? [] : ["is out of range, expected 1 to 65535"];
        }

        if (IsDigits(port.Text))
        {
            return IsPort(port.Text, out _) ? [] : ["is out of range, expected 1 to 65535"];
        }

        if (SplitRange(port.Text) is not var (first, last))
        {
            return NameSyntax.PortName(port.Text ?? "");
        }

        if (!IsPort(first, out int low) || !IsPort(last, out int high))
        {
            return ["has an end out of range, expected 1 to 65535"];
        }

        return low <= high ? [] : ["ends before it starts, expected `first:last`"];
    }

    private static bool IsPort(string? digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 65535;

    private static bool IsDigits(string? text) => text is { Length: > 0 } && text.All(char.IsAsciiDigit);

    private static (string First, string Last)? SplitRange(string? text)
    {
        string[] ends = (text ?? "").Split(':');
        return ends.Length == 2 && IsDigits(ends[0]) && IsDigits(ends[1]) ? (ends[0], ends[1]) : null;
    }
}
