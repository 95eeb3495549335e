using System.Globalization;
using System.Text;

namespace NetPolicy.Validation;

/// <summary>The path of a field in a document; text is only made when something is reported.</summary>
internal sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    /// <summary>The last field's name; null for a list entry.</summary>
    public string? Name => _name;

    public static FieldPath Of(string name) => new(null, name, 0);

    public static FieldPath Metadata(string name) => Of("metadata").Child(name);

    public FieldPath Child(string name) => new(this, name, 0);

    public FieldPath At(int index) => new(this, null, index);

    public override string ToString()
    {
        StringBuilder text = new();
        Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        _parent?.Append(text);
        if (_name is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{_index}]");
        }
        else
        {
            text.Append(text.Length == 0 ? "" : ".").Append(_name);
        }
    }
}
