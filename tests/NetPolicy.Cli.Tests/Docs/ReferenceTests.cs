using System.Reflection;
using System.Text.RegularExpressions;

namespace NetPolicy.Cli.Tests.Docs;

public sealed partial class ReferenceTests
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    [Fact]
    public void Every_API_reference_names_a_public_type_or_member()
    {
        Assert.Empty(
            from page in MarkdownPage.All()
            from reference in page.References()
            where !Exists(reference.Name)
            select $"{page.Path}:{reference.Line + 1}: {reference.Name}");
    }

    [Fact]
    public void A_reference_to_nothing_is_noticed()
    {
        Assert.True(Exists("NetPolicy.Engine.PolicyEngine"));
        Assert.True(Exists("NetPolicy.Engine.PolicyEngine.Apply*"));
        Assert.False(Exists("NetPolicy.Engine.PolicyEngine.Nothing"));
        Assert.False(Exists("NetPolicy.Engine.Nothing"));
    }

    private static bool Exists(string name)
    {
        name = name.Split('?')[0].TrimEnd('*');
        if (TypeOf(name) is not null)
        {
            return true;
        }

        string withoutParameters = Parameters().Replace(name, "");
        int dot = withoutParameters.LastIndexOf('.');
        return dot > 0
            && TypeOf(withoutParameters[..dot]) is { } type
            && type.GetMember(withoutParameters[(dot + 1)..], Members | BindingFlags.FlattenHierarchy).Length > 0;
    }

    private static Type? TypeOf(string name) => Libraries.Assemblies
        .Select(a => a.GetType(name.Replace("{", "`", StringComparison.Ordinal).TrimEnd('}'), throwOnError: false))
        .FirstOrDefault(t => t is { IsVisible: true });

    [GeneratedRegex(@"\(.*\)$")]
    private static partial Regex Parameters();
}
