using System.Text;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <content>Sets as code.</content>
public sealed partial class PolicySet
{
    /// <summary>
    /// A class in C# that defines the same set: one property <c>Policies</c> over handles with names of their own. What the language has no word for is
    /// embedded YAML. Equal sets give the same bytes.
    /// </summary>
    /// <param name="options">Names, and how close the words stay to the documents; null for the defaults.</param>
    /// <exception cref="ArgumentException">A name in the options is none in C#, or the set's own name is none that <see cref="Define"/> takes.</exception>
    /// <exception cref="InvalidPolicySetException">The set has errors.</exception>
    public string ToCSharp(CSharpOptions? options = null)
    {
        CSharpOptions asked = options ?? new CSharpOptions();
        string className = asked.ClassName ?? CSharpText.Pascal(Name);
        if (!CSharpText.IsName(className) || !asked.Namespace.Split('.').All(CSharpText.IsName))
        {
            throw new ArgumentException($"`{asked.Namespace}.{className}` is no name in C#", nameof(options));
        }

        if (!SetChecks.IsFileName(Name))
        {
            throw new ArgumentException($"`{Name}` is no name of a set, expected one that a file can have", nameof(options));
        }

        // The first time round tells which groups of namespaces deserve a name.
        (_, Handles counted) = Speak(className, asked, new Dictionary<string, int>());
        (IReadOnlyList<string> parts, Handles handles) = Speak(className, asked, counted.GroupUses);
        return Write(className, asked.Namespace, parts, handles.InOrder);
    }

    private (IReadOnlyList<string> Parts, Handles Handles) Speak(string className, CSharpOptions options, IReadOnlyDictionary<string, int> uses)
    {
        Handles handles = new(new Names(className, PropertyOf(className)), Manifests, uses);
        return ([.. Manifests.Select(d => DocumentSpeech.Of(d, handles, options.IsExact))], handles);
    }

    private string Write(string className, string @namespace, IReadOnlyList<string> parts, IReadOnlyList<Handle> handles)
    {
        StringBuilder text = new();
        text.Append("using NetPolicy.Dsl;\nusing static NetPolicy.Dsl.Syntax;\n\n");
        text.Append($"namespace {@namespace};\n\n");
        text.Append($"/// <summary>The policy set <c>{Name}</c>.</summary>\n");
        text.Append($"public static class {className}\n{{\n");
        HandleKind? before = null;
        foreach (Handle handle in handles)
        {
            text.Append(before is { } kind && kind != handle.Kind ? "\n" : "");
            text.Append($"    private static readonly {handle.Kind} {handle.Name} = {handle.Expression};\n");
            before = handle.Kind;
        }

        text.Append(handles.Count == 0 ? "" : "\n");
        text.Append("    /// <summary>Its parts, in the order of their documents.</summary>\n");
        text.Append("    [GenerateYaml(\".\")]\n");
        text.Append($"    public static PolicySet {PropertyOf(className)} => PolicySet.Define({CSharpText.Literal(Name)},\n    [\n");
        for (int i = 0; i < parts.Count; i++)
        {
            bool apart = i > 0 && (parts[i].Contains('\n', StringComparison.Ordinal) || parts[i - 1].Contains('\n', StringComparison.Ordinal));
            text.Append(apart ? "\n" : "").Append($"        {parts[i]},\n");
        }

        return text.Append("    ]);\n}\n").ToString();
    }

    private static string PropertyOf(string className) => className == "Policies" ? "Set" : "Policies";
}
