using System.Reflection;
using System.Xml.Linq;

namespace NetPolicy.Cli.Tests.Architecture;

/// <summary>Every public member of the libraries is documented; the compiler holds it as long as nobody tells it not to.</summary>
public sealed class DocumentationTests
{
    private const string Warning = "CS1591";

    [Fact]
    public void Nothing_suppresses_the_compilers_warning()
    {
        Assert.Empty(
            from file in Repository.Files(".cs").Concat(Repository.Files(".csproj")).Concat(Repository.Files(".props")).Append(".editorconfig")
            where !file.StartsWith("tests/", StringComparison.Ordinal)
            where File.ReadAllText(Repository.PathOf(file)).Contains(Warning, StringComparison.Ordinal)
            select file);
    }

    [Fact]
    public void Documentation_is_written_beside_each_library_and_names_every_public_type()
    {
        Assert.All(Libraries.Assemblies, assembly =>
        {
            XDocument documentation = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
            HashSet<string> documented = [.. documentation.Descendants("member").Where(m => m.Element("summary") is not null || m.Element("inheritdoc") is not null || m.Element("content") is not null).Select(m => m.Attribute("name")!.Value)];
            Type[] types = [.. assembly.GetExportedTypes().Where(t => !documented.Contains("T:" + t.FullName!.Replace('+', '.')))];
            Assert.Empty(types);
        });
    }

    [Fact]
    public void Warnings_are_errors_and_documentation_is_generated()
    {
        string properties = File.ReadAllText(Repository.PathOf("Directory.Build.props"));
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", properties, StringComparison.Ordinal);
        Assert.Contains("GenerateDocumentationFile", properties, StringComparison.Ordinal);
        Assert.All(Libraries.Assemblies, a => Assert.True(File.Exists(Path.ChangeExtension(a.Location, ".xml")), a.GetName().Name));
    }
}
