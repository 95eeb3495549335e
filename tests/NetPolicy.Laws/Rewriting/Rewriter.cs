using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using NetPolicy.Collections;
using NetPolicy.Manifests;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Rebuilds documents part by part, inner parts first, whatever their kind: a kind that is added later is rewritten like the others.</summary>
public static class Rewriter
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> s_fields = new();
    private static readonly ConcurrentDictionary<Type, MethodInfo> s_makers = new();
    private static readonly ConcurrentDictionary<Type, MethodInfo> s_copies = new();

    /// <summary>Rebuilds all documents of a world.</summary>
    public static World Rewrite(this World world, Func<object, Place, object> change) =>
        world with { Manifests = world.Manifests.Select(manifest => Rewrite(manifest, change)).ToEquatableArray() };

    /// <summary>Rebuilds a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="change">Gets every part that is there (records, lists, maps, texts, numbers), its inner parts already changed, and says what takes its place.</param>
    public static Manifest Rewrite(Manifest document, Func<object, Place, object> change)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(change);
        return (Manifest)Visit(document, new Place(document, null, ""), change);
    }

    /// <summary>The fields of a record that documents are made of; what is derived from others, and what nobody writes, is none.</summary>
    public static IReadOnlyList<PropertyInfo> FieldsOf(Type record) => s_fields.GetOrAdd(record, static type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0 && !(property.DeclaringType == typeof(Manifest) && property.Name is (nameof(Manifest.Source) or nameof(Manifest.IsStandIn))))
            .OrderBy(property => property.Name, StringComparer.Ordinal),
    ]);

    /// <summary>True for the records that documents are made of.</summary>
    public static bool IsRecord(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.IsClass && type.Namespace is { } name && name.StartsWith("NetPolicy.Manifests", StringComparison.Ordinal);
    }

    /// <summary>A list of the type of another one with other items.</summary>
    public static object ListOf(Type itemType, IEnumerable<object?> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        object?[] all = [.. items];
        Array typed = Array.CreateInstance(itemType, all.Length);
        for (int i = 0; i < all.Length; i++)
        {
            typed.SetValue(all[i], i);
        }

        MethodInfo maker = s_makers.GetOrAdd(itemType, static type => typeof(EquatableArray).GetMethod(nameof(EquatableArray.ToEquatableArray))!.MakeGenericMethod(type));
        return maker.Invoke(null, [typed])!;
    }

    /// <summary>The type of the items of a list; null if it is none.</summary>
    public static Type? ItemTypeOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EquatableArray<>) ? type.GetGenericArguments()[0] : null;
    }

    private static object Visit(object part, Place place, Func<object, Place, object> change)
    {
        Type type = part.GetType();
        if (ItemTypeOf(type) is { } itemType)
        {
            part = ListOf(itemType, ((IEnumerable)part).Cast<object>().Select(item => (object?)Visit(item, place, change)));
        }
        else if (IsRecord(type))
        {
            part = Inside(part, type, place.Document, change);
        }

        return change(part, place);
    }

    private static object Inside(object record, Type type, Manifest document, Func<object, Place, object> change)
    {
        object? copy = null;
        foreach (PropertyInfo field in FieldsOf(type))
        {
            if (field.GetValue(record) is not { } value)
            {
                continue;
            }

            object changed = Visit(value, new Place(document, type, field.Name), change);
            if (!Equals(changed, value))
            {
                copy ??= s_copies.GetOrAdd(type, static t => t.GetMethod("<Clone>$")!).Invoke(record, null)!;
                field.SetValue(copy, changed);
            }
        }

        return copy ?? record;
    }
}
