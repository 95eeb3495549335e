namespace NetPolicy.Manifests.Codecs;

/// <summary>The fields that are read of an object of a kind that is passed over.</summary>
internal sealed class TypeFields : IFieldNames
{
    public static readonly TypeFields Instance = new();

    public IEnumerable<string> Names => ["apiVersion", "kind"];

    public FieldUse UseOf(string name) => name is "apiVersion" or "kind" ? FieldUse.Read : FieldUse.Unknown;

    public IFieldNames? Inside(string name) => null;
}
