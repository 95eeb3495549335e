namespace NetPolicy.Diagnostics;

/// <content>NP1xxx: the text cannot be read as documents.</content>
public static partial class Findings
{
    /// <summary>NP1001.</summary>
    public static readonly DiagnosticDescriptor UnreadableFile = Error("NP1001", "File cannot be read", "check the path and its permissions");

    /// <summary>NP1002.</summary>
    public static readonly DiagnosticDescriptor TextTooLarge = Error("NP1002", "Text is larger than the limit", "split the file or raise the limit");

    /// <summary>NP1003.</summary>
    public static readonly DiagnosticDescriptor BadCharacter = Error("NP1003", "Character that text may not hold", "save the file as UTF-8 without control characters");

    /// <summary>NP1004.</summary>
    public static readonly DiagnosticDescriptor YamlSyntax = Error("NP1004", "Not YAML", "indent with spaces, close quotes and brackets, and write `key: value` with a space after the colon");

    /// <summary>NP1005.</summary>
    public static readonly DiagnosticDescriptor JsonSyntax = Error("NP1005", "Not JSON", "JSON needs double quotes, no comments and no trailing commas");

    /// <summary>NP1006.</summary>
    public static readonly DiagnosticDescriptor TooDeep = Error("NP1006", "Nested too deeply", "no policy document nests this deep; check the brackets and the indentation");

    /// <summary>NP1007.</summary>
    public static readonly DiagnosticDescriptor AliasRefused = Error("NP1007", "YAML anchors, aliases and merge keys are not read", "write the value out at each place");

    /// <summary>NP1008.</summary>
    public static readonly DiagnosticDescriptor DuplicateKey = Error("NP1008", "Field written twice", "keep one of both; list entries need a `-` each");

    /// <summary>NP1009.</summary>
    public static readonly DiagnosticDescriptor TagRefused = Error("NP1009", "YAML tag is not read", "remove the tag; only !!str, !!int, !!float, !!bool and !!null have a meaning here");

    /// <summary>NP1010.</summary>
    public static readonly DiagnosticDescriptor KeyNotText = Error("NP1010", "Field name is not text", "put the key in quotes");

    /// <summary>NP1011.</summary>
    public static readonly DiagnosticDescriptor NoKubernetesObject = Warning("NP1011", "Document is no Kubernetes object", "every object has `apiVersion` and `kind`; keep other files out of the folder");

    /// <summary>NP1012.</summary>
    public static readonly DiagnosticDescriptor KindSkipped = Warning("NP1012", "Kind has no part in network policy and is skipped", "nothing to do if the kind does not matter for network policy");

    /// <summary>NP1013.</summary>
    public static readonly DiagnosticDescriptor UnsupportedApiVersion = Error("NP1013", "apiVersion is not supported for this kind", "convert the document to the version named");

    /// <summary>NP1014.</summary>
    public static readonly DiagnosticDescriptor TypeMissing = Error("NP1014", "Document lacks apiVersion or kind", "write both `apiVersion` and `kind`");

    /// <summary>NP1015.</summary>
    public static readonly DiagnosticDescriptor UnknownField = Error("NP1015", "Unknown field", "check spelling and indentation: an unknown field is dropped by API servers and the policy then means something else");

    /// <summary>NP1016.</summary>
    public static readonly DiagnosticDescriptor WrongType = Error("NP1016", "Value of the wrong type", "the API server refuses such a document when it decodes it");

    /// <summary>NP1017.</summary>
    public static readonly DiagnosticDescriptor UnquotedText = Error("NP1017", "YAML reads unquoted text as another type", "put the value in quotes");

    /// <summary>NP1018.</summary>
    public static readonly DiagnosticDescriptor NumberOutOfRange = Error("NP1018", "Number does not fit", "the field holds a smaller number");

    /// <summary>NP1019.</summary>
    public static readonly DiagnosticDescriptor NumberNotation = Warning("NP1019", "Number is not written in plain decimal", "write the decimal number, or put the value in quotes if it is a name");

    /// <summary>NP1020.</summary>
    public static readonly DiagnosticDescriptor PolicyKindNotRead = Error("NP1020", "Policy kind that cannot be read", "answers that leave this policy out would be wrong; remove the document or ask without it");

    /// <summary>NP1021.</summary>
    public static readonly DiagnosticDescriptor BadExpectation = Error("NP1021", "Expectation that cannot be used", "correct the value");

    /// <summary>NP1023.</summary>
    public static readonly DiagnosticDescriptor UnknownFieldDropped = Warning("NP1023", "Unknown field dropped", "check spelling and indentation: without the field the policy may mean something else");

    /// <summary>NP1022.</summary>
    public static readonly DiagnosticDescriptor NothingToRead = Warning("NP1022", "File or folder holds no documents", "of a folder, files ending in .yaml, .yml and .json are read");
}
