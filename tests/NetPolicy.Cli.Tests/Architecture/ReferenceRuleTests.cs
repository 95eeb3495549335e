using System.Reflection;
using System.Xml.Linq;

namespace NetPolicy.Cli.Tests.Architecture;

/// <summary>Who may know whom.</summary>
public sealed class ReferenceRuleTests
{
    [Fact]
    public void Core_references_YamlDotNet_and_nothing_else() =>
        Assert.Equal(["YamlDotNet"], Beyond(Libraries.Core));

    [Fact]
    public void Dsl_and_Enforce_reference_Core_and_not_each_other()
    {
        Assert.Equal(["NetPolicy.Core"], Beyond(Libraries.Dsl));
        Assert.Equal(["NetPolicy.Core"], Beyond(Libraries.Enforce));
    }

    [Fact]
    public void Projects_say_the_same()
    {
        Assert.Equal(["YamlDotNet"], Included("src/NetPolicy.Core/NetPolicy.Core.csproj"));
        Assert.All(Included("src/NetPolicy.Dsl/NetPolicy.Dsl.csproj"), r => Assert.Contains(r, (string[])["NetPolicy.Core", "NetPolicy.Dsl.Analyzers"]));
        Assert.Equal(["NetPolicy.Core"], Included("src/NetPolicy.Enforce/NetPolicy.Enforce.csproj"));
    }

    [Fact]
    public void The_oracle_is_referenced_by_tests_only()
    {
        Assert.All(Projects().Where(p => !p.StartsWith("tests/", StringComparison.Ordinal)), p => Assert.DoesNotContain("NetPolicy.Spec", Included(p)));
        Assert.Contains(Projects(), p => p.StartsWith("tests/", StringComparison.Ordinal) && Included(p).Contains("NetPolicy.Spec"));
    }

    [Fact]
    public void The_oracle_shares_nothing_with_the_engine() =>
        Assert.DoesNotContain("NetPolicy.Core", Included("tests/NetPolicy.Spec/NetPolicy.Spec.csproj").Concat(UsedByTheOracle()));

    [Fact]
    public void Every_project_is_in_the_solution_but_the_one_for_mutations()
    {
        // It compiles tests of another project a second time; build/mutate.sh alone runs it.
        const string Mutation = "tests/NetPolicy.Mutation/NetPolicy.Mutation.csproj";
        string solution = File.ReadAllText(Repository.PathOf("NetPolicy.sln"));
        Assert.All(Projects().Where(p => p != Mutation), p => Assert.Contains(p.Replace('/', '\\'), solution, StringComparison.Ordinal));
    }

    // Its README allows the document types and nothing else; it uses not even those.
    private static IEnumerable<string> UsedByTheOracle() =>
        Repository.Files(".cs").Where(f => f.StartsWith("tests/NetPolicy.Spec/", StringComparison.Ordinal))
            .SelectMany(f => File.ReadAllLines(Repository.PathOf(f)))
            .Where(l => l.StartsWith("using NetPolicy.", StringComparison.Ordinal) && !l.StartsWith("using NetPolicy.Spec", StringComparison.Ordinal))
            .Select(_ => "NetPolicy.Core");

    private static IReadOnlyList<string> Projects() => Repository.Files(".csproj");

    private static string[] Beyond(Assembly assembly) =>
    [
        .. assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => !n.StartsWith("System.", StringComparison.Ordinal) && n is not ("System" or "netstandard") && !n.StartsWith("Microsoft.Win32", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Included(string project) =>
    [
        .. XDocument.Load(Repository.PathOf(project)).Descendants()
            .Where(e => e.Name.LocalName is "PackageReference" or "ProjectReference")
            .Select(e => Path.GetFileName(e.Attribute("Include")!.Value.Replace('\\', '/')).Replace(".csproj", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
