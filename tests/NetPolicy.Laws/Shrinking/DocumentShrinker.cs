using System.Reflection;
using NetPolicy.Collections;
using NetPolicy.Laws.Documents;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Manifests;

namespace NetPolicy.Laws.Shrinking;

/// <summary>Fewer documents, then fewer fields that say something, the outer ones first.</summary>
internal static class DocumentShrinker
{
    public static IEnumerable<DocumentSet> Shrink(DocumentSet documents)
    {
        EquatableArray<Manifest> all = documents.Manifests;
        for (int i = 0; i < all.Count && all.Count > 1; i++)
        {
            yield return new DocumentSet([all[i]]);
        }

        for (int i = 0; i < all.Count && all.Count > 1; i++)
        {
            yield return new DocumentSet(all.Where((_, at) => at != i).ToEquatableArray());
        }

        for (int i = 0; i < all.Count; i++)
        {
            foreach (Manifest smaller in Shrink(all[i]))
            {
                yield return new DocumentSet(all.Select((manifest, at) => at == i ? smaller : manifest).ToEquatableArray());
            }
        }
    }

    // Each field of each record of the document in turn gets the value that nobody set; a list loses its items one by one.
    private static IEnumerable<Manifest> Shrink(Manifest document)
    {
        for (int target = 0; ; target++)
        {
            int at = 0;
            Manifest smaller = Rewriter.Rewrite(document, (part, place) => Rewriter.IsRecord(part.GetType()) ? WithoutField(part, ref at, target) : part);
            if (at <= target)
            {
                yield break;
            }

            if (!smaller.Equals(document))
            {
                yield return smaller;
            }
        }
    }

    private static object WithoutField(object record, ref int at, int target)
    {
        Type type = record.GetType();
        if (type.GetConstructor(Type.EmptyTypes) is null)
        {
            return record;
        }

        object blank = Activator.CreateInstance(type)!;
        foreach (PropertyInfo field in Rewriter.FieldsOf(type))
        {
            if (!Equals(field.GetValue(record), field.GetValue(blank)) && at++ == target)
            {
                object copy = type.GetMethod("<Clone>$")!.Invoke(record, null)!;
                field.SetValue(copy, field.GetValue(blank));
                return copy;
            }
        }

        return record;
    }
}
