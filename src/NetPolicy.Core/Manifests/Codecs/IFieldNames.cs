namespace NetPolicy.Manifests.Codecs;

/// <summary>The fields that an object may have, for suggestions and to pass over what nobody reads.</summary>
internal interface IFieldNames
{
    IEnumerable<string> Names { get; }

    /// <summary>What becomes of field <paramref name="name"/>.</summary>
    FieldUse UseOf(string name);

    /// <summary>The shape of what is inside field <paramref name="name"/>, of the elements if it is a list; null if that has no fields.</summary>
    IFieldNames? Inside(string name);
}
