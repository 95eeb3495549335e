using System.Globalization;

namespace NetPolicy.Manifests;

/// <summary>A field that is a number or text; which of both decides the document's own type, so <c>80</c> and <c>"80"</c> differ.</summary>
/// <remarks><c>default</c> is the empty text, which every field refuses.</remarks>
public readonly record struct IntOrString
{
    private readonly string? _text;
    private readonly int _number;
    private readonly bool _isNumber;

    private IntOrString(string? text, int number, bool isNumber)
    {
        _text = text;
        _number = number;
        _isNumber = isNumber;
    }

    /// <summary>True if the document has a number here.</summary>
    public bool IsNumber => _isNumber;

    /// <summary>The number; 0 if it is text.</summary>
    public int Number => _number;

    /// <summary>The text; null if it is a number.</summary>
    public string? Text => _isNumber ? null : _text ?? "";

    /// <summary>A number.</summary>
    public static IntOrString Of(int number) => new(null, number, isNumber: true);

    /// <summary>Text.</summary>
    public static IntOrString Of(string text) => new(text, 0, isNumber: false);

    /// <summary>The number or the text, without quotes.</summary>
    public override string ToString() => _isNumber ? _number.ToString(CultureInfo.InvariantCulture) : _text ?? "";
}
