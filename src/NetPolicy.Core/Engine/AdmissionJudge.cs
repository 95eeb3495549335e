using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Validation;

namespace NetPolicy.Engine;

/// <summary>Goes through documents, some of which have errors, and decides about each.</summary>
internal sealed class AdmissionJudge(InvalidPolicyMode mode)
{
    public List<Manifest> Documents { get; } = [];

    public List<SetAside> SetAside { get; } = [];

    public bool IsRejected { get; private set; }

    public void Take(ManifestReadResult read, EquatableArray<Diagnostic> conflicts, ValidationOptions? options)
    {
        ILookup<(string?, int?), Diagnostic> errors = read.Diagnostics.Where(Admission.IsError).ToLookup(d => (d.Span.File, d.Document));
        HashSet<Diagnostic> explained = [];
        HashSet<ObjectId> disputed = Disputed(read, conflicts);
        HashSet<Manifest> damaged = new(read.Damaged, ReferenceEqualityComparer.Instance);
        foreach (Manifest manifest in read.Manifests.Concat(read.Damaged).OrderBy(m => m.Source.File, StringComparer.Ordinal).ThenBy(m => m.Source.Document))
        {
            bool isDamaged = damaged.Contains(manifest);
            Diagnostic[] own = isDamaged ? [.. errors[(manifest.Source.File, manifest.Source.Document)].Where(d => Covers(manifest, d.Span))] : [];
            explained.UnionWith(own);
            HashSet<string?> paths = [.. own.Select(d => d.Path)];
            Diagnostic[] all =
            [
                .. own,
                .. Validator.Validate([manifest], options).Where(d => Admission.IsError(d) && !paths.Contains(d.Path)),
                .. disputed.Contains(manifest.Id) ? conflicts.Where(Admission.IsError) : [],
            ];
            Decide(manifest, all, isDamaged, disputed.Contains(manifest.Id));
        }

        foreach (Diagnostic orphan in read.Diagnostics.Where(d => Admission.IsError(d) && !explained.Contains(d)))
        {
            SetAside.Add(new SetAside(null, orphan.Span, Refuse(), [orphan]));
        }
    }

    private void Decide(Manifest manifest, Diagnostic[] errors, bool isDamaged, bool isDisputed)
    {
        if (manifest is ExpectationManifest)
        {
            if (isDamaged)
            {
                SetAside.Add(new SetAside(null, manifest.SpanOf(""), Refuse(), [.. errors]));
            }
        }
        else if (errors.Length == 0 && !isDamaged)
        {
            Documents.Add(manifest);
        }
        else if (mode == InvalidPolicyMode.IsolateSubject && errors.Length > 0 && !isDisputed && Isolation.StandInFor(manifest, errors) is { } standIn)
        {
            Documents.Add(standIn);
            SetAside.Add(new SetAside(manifest.Id, manifest.SpanOf(""), SetAsideTreatment.Isolated, [.. errors]));
        }
        else
        {
            SetAside.Add(new SetAside(manifest.Id, manifest.SpanOf(""), Refuse(), [.. errors]));
        }
    }

    private SetAsideTreatment Refuse()
    {
        IsRejected |= mode != InvalidPolicyMode.Skip;
        return mode == InvalidPolicyMode.Skip ? SetAsideTreatment.Skipped : SetAsideTreatment.Rejected;
    }

    // Of two documents for one object nobody knows which is meant; a damaged one counts too.
    private static HashSet<ObjectId> Disputed(ManifestReadResult read, EquatableArray<Diagnostic> conflicts)
    {
        HashSet<ObjectId> seen = [], disputed = [];
        foreach (Manifest manifest in read.Damaged.Where(m => !string.IsNullOrEmpty(m.Metadata.Name)))
        {
            if (!seen.Add(manifest.Id))
            {
                disputed.Add(manifest.Id);
            }
        }

        disputed.UnionWith(read.Manifests.Select(m => m.Id).Where(seen.Contains));
        HashSet<SourceSpan> places = [.. conflicts.Where(Admission.IsError).Select(c => c.Span)];
        disputed.UnionWith(read.Manifests.Where(m => m is not ExpectationManifest && places.Contains(m.SpanOf("metadata.name"))).Select(m => m.Id));
        return disputed;
    }

    private static bool Covers(Manifest manifest, SourceSpan place)
    {
        SourceSpan whole = manifest.SpanOf("");
        return (place.Line, place.Column).CompareTo((whole.Line, whole.Column)) >= 0
            && (place.Line, place.Column).CompareTo((whole.EndLine, whole.EndColumn)) <= 0;
    }
}
