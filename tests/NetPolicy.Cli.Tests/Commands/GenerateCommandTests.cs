using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetPolicy.Dsl;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary><c>netpol generate</c> with assemblies that are compiled here, and <c>netpol import</c> in front of it.</summary>
public sealed class GenerateCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("netpol-generate-");

    private static string Samples => Path.Combine(AppContext.BaseDirectory, "NetPolicy.Samples.dll");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Writes_marked_sets_where_they_belong_and_then_finds_them_up_to_date()
    {
        NetpolResult missing = Run("generate", Samples, "--check");
        Assert.Equal((1, "deploy/shop/shop.yaml: missing\n"), (missing.ExitCode, missing.Output));
        NetpolResult written = Run("generate", Samples);
        Assert.Equal((0, "deploy/shop/shop.yaml: written\n", ""), (written.ExitCode, written.Output, written.Error));
        string yaml = File.ReadAllText(PathOf("deploy/shop/shop.yaml"));
        Golden.Compare(Repository.PathOf("tests", "golden", "generate", "shop.yaml"), yaml);
        Assert.Equal((0, "deploy/shop/shop.yaml: up to date\n"), (Run("generate", Samples).ExitCode, Run("generate", Samples, "--check").Output));
        File.AppendAllText(PathOf("deploy/shop/shop.yaml"), "# by hand\n");
        NetpolResult differs = Run("generate", Samples, "--check");
        Assert.Equal((1, "deploy/shop/shop.yaml: differs\n"), (differs.ExitCode, differs.Output));
        Assert.Equal((0, yaml), (Run("generate", Samples, "--out", "-").ExitCode, Run("generate", Samples, "--out", "-").Output));
        Assert.Equal("out/deploy/shop/shop.yaml: written\n", Run("generate", Samples, "--out", "out").Output);
    }

    [Fact]
    public void Layouts_fields_and_members_that_are_not_public_are_written_too()
    {
        string assembly = Compile(
            """
            public static class B
            {
                [GenerateYaml("all", Layout = YamlLayout.FilePerPolicy)]
                internal static readonly PolicySet Many = PolicySet.Define("many", [Namespace("a").DenyAll(), Namespace("b").DenyAll(), Tier("t")]);
            }

            public static class A
            {
                [GenerateYaml(".")] private static PolicySet One => PolicySet.Define("one", [Namespace("a").AllowDns()]);

                public static PolicySet Unmarked => PolicySet.Define("unmarked", [Namespace("a").AllowDns()]);
            }
            """);
        Assert.Equal(
            "all/_cluster/calico-tier-t.yaml: written\nall/a/networkpolicy-deny-all.yaml: written\nall/b/networkpolicy-deny-all.yaml: written\none.yaml: written\n",
            Run("generate", assembly).Output);
        Assert.Contains("name: allow-dns", File.ReadAllText(PathOf("one.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_with_errors_is_told_in_full_and_nothing_is_written()
    {
        string assembly = Compile(
            """
            public static class Policies
            {
                [GenerateYaml("good")] public static PolicySet Good => PolicySet.Define("good", [Namespace("a").DenyAll()]);
                [GenerateYaml("bad")] public static PolicySet Bad => PolicySet.Define("bad", [Namespace("a").Policy("Bad_Name").ForAllPods().NoIngress(), Raw("")]);
            }
            """);
        NetpolResult result = Run("generate", assembly);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Code.cs:5:1: error NP2011:", result.Error, StringComparison.Ordinal);
        Assert.Contains("Code.cs:5:1: error NP2815:", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("netpol: `Policies.Bad` has errors, nothing was written\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName, "good"));
    }

    [Theory]
    [InlineData("public static PolicySet Set => PolicySet.Define(\"set\", []);", "marks no policy set, expected [GenerateYaml(\"folder\")] on a static property")]
    [InlineData("[GenerateYaml(\"x\")] public static string Set => \"\";", "`Code.Set` is marked, expected a static property or field of type PolicySet")]
    [InlineData("[GenerateYaml(\"x\")] public static PolicySet Set { set { } }", "`Code.Set` is marked and cannot be read")]
    [InlineData("[GenerateYaml(\"x\")] public static PolicySet Set => null!;", "`Code.Set` is null, expected a policy set; write the property with `=>`")]
    [InlineData("[GenerateYaml(\"x\")] public static PolicySet Set => throw new System.Exception(\"no\\nway\");", "`Code.Set` cannot be had, its code fails with Exception: no\n")]
    [InlineData("[GenerateYaml(\"x\")] public static readonly PolicySet Set = PolicySet.Define(null!, []);", "`Code.Set` cannot be had, its code fails with ArgumentNullException: ")]
    [InlineData("[GenerateYaml(\"../x\")] public static PolicySet Set => PolicySet.Define(\"set\", []);", "`Code.Set` writes to `../x`, expected a folder inside the output folder")]
    [InlineData("[GenerateYaml(\"/x\")] public static PolicySet Set => PolicySet.Define(\"set\", []);", "`Code.Set` writes to `/x`, expected a folder inside the output folder")]
    [InlineData(
        "[GenerateYaml(\".\")] public static PolicySet A => PolicySet.Define(\"set\", []); [GenerateYaml(\"./y/..\")] public static PolicySet B => PolicySet.Define(\"set\", []);",
        "two policy sets write `set.yaml`, expected one; `Code.B` is one of them")]
    public void What_cannot_be_written_is_refused_before_anything_is(string member, string message)
    {
        string assembly = Compile($"public static class Code {{ {member} }}");
        NetpolResult result = Run("generate", assembly);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal([Path.GetFileName(assembly)], Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void A_member_of_an_object_is_no_place_for_a_set()
    {
        NetpolResult result = Run("generate", Compile("public class Code { [GenerateYaml(\"x\")] public PolicySet Set => PolicySet.Define(\"set\", []); }"));
        Assert.Equal((2, "netpol: `Code.Set` is marked, expected a static property or field of type PolicySet\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public void What_is_imported_compiles_and_generates_the_same_yaml()
    {
        string yaml = Run("generate", Samples, "--out", "-").Output;
        File.WriteAllText(PathOf("shop.yaml"), yaml);
        string assembly = Compile(Run("import", "shop.yaml").Output);
        Assert.Equal("out/shop.yaml: written\n", Run("generate", assembly, "--out", "out").Output);
        Assert.Equal(yaml, File.ReadAllText(PathOf("out/shop.yaml")));
    }

    private NetpolResult Run(params string[] arguments) => Netpol.Run(arguments, folder: _folder.FullName);

    private string PathOf(string relative) => Path.Combine(_folder.FullName, relative);

    // The language does not lie beside what is compiled here, so the tool's own is used.
    private string Compile(string code)
    {
        string text = code.StartsWith("using", StringComparison.Ordinal) ? code : $"using NetPolicy.Dsl; using static NetPolicy.Dsl.Syntax;\n{code}";
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Code",
            [CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), "Code.cs", System.Text.Encoding.UTF8)],
            [
                .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                    .Where(p => Path.GetFileName(p) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "NetPolicy.Core.dll")
                    .Append(typeof(PolicySet).Assembly.Location)
                    .Select(p => MetadataReference.CreateFromFile(p)),
            ],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        string path = PathOf("Code.dll");
        var emitted = compilation.Emit(path);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return path;
    }
}
