using System.Collections;
using System.Reflection;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Manifests;

namespace NetPolicy.Laws.Documents;

/// <summary>How often each field of the documents' records says something else than its default. A field that no document sets is tested by nothing.</summary>
public sealed class FieldCensus
{
    private readonly Dictionary<Type, int> _records = [];
    private readonly Dictionary<(Type Record, string Field), int> _set = [];

    /// <summary>Counts all records of a document.</summary>
    public void Add(Manifest document) => Count(document);

    /// <summary>Fields that are set in less than so many percent of the records that have them, as <c>Record.Field</c>; records that are never there with all their fields.</summary>
    /// <param name="percent">The least share.</param>
    /// <param name="kinds">The kinds of documents.</param>
    public IReadOnlyList<string> Missing(double percent, IEnumerable<Type> kinds) =>
    [
        .. Records(kinds).SelectMany(record => Rewriter.FieldsOf(record).Select(field => (Record: record, Field: field.Name)))
            .Where(f => 100.0 * _set.GetValueOrDefault(f) < percent * Math.Max(1, _records.GetValueOrDefault(f.Record)))
            .Select(f => $"{f.Record.Name}.{f.Field}")
            .Order(StringComparer.Ordinal),
    ];

    private static HashSet<Type> Records(IEnumerable<Type> kinds)
    {
        HashSet<Type> records = [];
        Stack<Type> left = new(kinds);
        while (left.TryPop(out Type? type))
        {
            if (records.Add(type))
            {
                foreach (PropertyInfo field in Rewriter.FieldsOf(type))
                {
                    Type inner = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
                    inner = Rewriter.ItemTypeOf(inner) ?? inner;
                    if (Rewriter.IsRecord(inner))
                    {
                        left.Push(inner);
                    }
                }
            }
        }

        return records;
    }

    private void Count(object record)
    {
        Type type = record.GetType();
        _records[type] = _records.GetValueOrDefault(type) + 1;
        object? blank = type.GetConstructor(Type.EmptyTypes) is null ? null : Activator.CreateInstance(type);
        foreach (PropertyInfo field in Rewriter.FieldsOf(type))
        {
            object? value = field.GetValue(record);
            if (!Equals(value, blank is null ? null : field.GetValue(blank)))
            {
                _set[(type, field.Name)] = _set.GetValueOrDefault((type, field.Name)) + 1;
            }

            foreach (object? part in value is IEnumerable list and not string ? list.Cast<object?>() : [value])
            {
                if (part is not null && Rewriter.IsRecord(part.GetType()))
                {
                    Count(part);
                }
            }
        }
    }
}
