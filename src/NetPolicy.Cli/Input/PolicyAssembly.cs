using System.Collections;
using System.Reflection;

namespace NetPolicy.Cli.Input;

/// <summary>
/// A compiled assembly of policies. Its types are not this tool's, even where both have the same name, so it is asked by reflection alone.
/// </summary>
internal sealed class PolicyAssembly : IDisposable
{
    private const string Attribute = "NetPolicy.Dsl.GenerateYamlAttribute";
    private const string Set = "NetPolicy.Dsl.PolicySet";
    private const BindingFlags Anything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly PolicyLoadContext _context;
    private readonly Assembly _assembly;
    private readonly string _path;

    private PolicyAssembly(PolicyLoadContext context, Assembly assembly, string path)
    {
        _context = context;
        _assembly = assembly;
        _path = path;
    }

    /// <summary>Loads an assembly.</summary>
    /// <exception cref="UnusableException">It cannot be loaded.</exception>
    public static PolicyAssembly Load(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new UnusableException($"`{path}` is no file, expected a compiled assembly");
        }

        try
        {
            PolicyLoadContext context = new(full);
            return new PolicyAssembly(context, context.LoadFromAssemblyPath(full), path);
        }
        catch (BadImageFormatException)
        {
            throw new UnusableException($"`{path}` is no .NET assembly, expected the .dll that a build makes");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new UnusableException($"`{path}` cannot be loaded: {FirstLine(refused)}");
        }
    }

    /// <summary>The sets that are marked, in the order of their types' names and their members' declarations.</summary>
    /// <exception cref="UnusableException">Nothing is marked, or what is marked cannot be had.</exception>
    public IReadOnlyList<GeneratedSet> Sets()
    {
        try
        {
            List<GeneratedSet> sets =
            [
                .. _assembly.GetTypes().OrderBy(t => t.FullName, StringComparer.Ordinal)
                    .SelectMany(t => t.GetMembers(Anything).OrderBy(m => m.MetadataToken))
                    .Select(m => (Member: m, Mark: m.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType.FullName == Attribute)))
                    .Where(m => m.Mark is not null)
                    .Select(m => SetOf(m.Member, m.Mark!)),
            ];
            return sets.Count > 0 ? sets : throw new UnusableException($"`{_path}` marks no policy set, expected [GenerateYaml(\"folder\")] on a static property");
        }
        catch (ReflectionTypeLoadException broken)
        {
            throw new UnusableException($"`{_path}` cannot be loaded: {FirstLine(broken.LoaderExceptions.FirstOrDefault(e => e is not null) ?? broken)}");
        }
        catch (Exception missing) when (missing is IOException or BadImageFormatException)
        {
            throw new UnusableException($"`{_path}` needs what is not beside it: {FirstLine(missing)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();

    private static GeneratedSet SetOf(MemberInfo member, CustomAttributeData mark)
    {
        string name = $"{member.DeclaringType!.FullName}.{member.Name}".Replace('+', '.');
        object set = Value(member, name);
        string folder = mark.ConstructorArguments[0].Value as string ?? "";
        byte layout = mark.NamedArguments.Where(a => a.MemberName == "Layout").Select(a => Convert.ToByte(a.TypedValue.Value, System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
        bool isValid = (bool)Get(set, "IsValid")!;
        return new GeneratedSet(
            name, folder, isValid, [.. ((IEnumerable)Get(set, "Diagnostics")!).Cast<object>().Select(d => d.ToString()!)], isValid ? Files(set, layout) : []);
    }

    private static List<(string Path, string Text)> Files(object set, byte layout)
    {
        MethodInfo toFiles = set.GetType().GetMethod("ToFiles") ?? throw new UnusableException("the assembly's version of NetPolicy.Dsl writes no files");
        object files = toFiles.Invoke(set, [Enum.ToObject(toFiles.GetParameters()[0].ParameterType, layout)])!;
        return [.. ((IEnumerable)files).Cast<object>().Select(f => ((string)Get(f, "Path")!, (string)Get(f, "Text")!))];
    }

    private static object Value(MemberInfo member, string name)
    {
        (Type type, bool isStatic, Func<object?> read) = member switch
        {
            PropertyInfo { GetMethod: { } getter } property => (property.PropertyType, getter.IsStatic, () => property.GetValue(null)),
            FieldInfo field => (field.FieldType, field.IsStatic, (Func<object?>)(() => field.GetValue(null))),
            _ => throw new UnusableException($"`{name}` is marked and cannot be read, expected a static property or field of a PolicySet"),
        };
        if (!isStatic || type.FullName != Set || member.DeclaringType!.ContainsGenericParameters)
        {
            throw new UnusableException($"`{name}` is marked, expected a static property or field of type PolicySet");
        }

        try
        {
            return read() ?? throw new UnusableException($"`{name}` is null, expected a policy set; write the property with `=>`");
        }
        catch (Exception failed) when (failed is TargetInvocationException or TypeInitializationException)
        {
            Exception cause = failed;
            while (cause is TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner)
            {
                cause = inner;
            }

            throw new UnusableException($"`{name}` cannot be had, its code fails with {cause.GetType().Name}: {FirstLine(cause)}");
        }
    }

    private static object? Get(object value, string property) => value.GetType().GetProperty(property)!.GetValue(value);

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].TrimEnd('\r', '.');
}
