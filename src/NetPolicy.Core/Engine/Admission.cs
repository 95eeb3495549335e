using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Validation;

namespace NetPolicy.Engine;

/// <summary>Which of the documents that were read are judged, and how those with errors were dealt with.</summary>
/// <remarks>Fails closed: <c>default</c> modes and everything that cannot be attributed to one policy reject.</remarks>
public sealed record Admission
{
    private Admission(InvalidPolicyMode mode, EquatableArray<Diagnostic> diagnostics)
    {
        Mode = mode;
        Diagnostics = diagnostics;
    }

    /// <summary>The mode that was asked for.</summary>
    public InvalidPolicyMode Mode { get; }

    /// <summary>Everything there is to say about the documents, each on its own and compared with each other.</summary>
    public EquatableArray<Diagnostic> Diagnostics { get; }

    /// <summary>True if nothing may be judged: <see cref="Documents"/> is empty then.</summary>
    public bool IsRejected { get; private init; }

    /// <summary>What is judged: documents without errors, and what stands in for policies with errors. Expectations are not among them.</summary>
    public EquatableArray<Manifest> Documents { get; private init; }

    /// <summary>Documents that are not judged as written, in the order in which they were read.</summary>
    public EquatableArray<SetAside> SetAside { get; private init; }

    /// <summary>Validates what was read and decides what is judged. O(documents + diagnostics).</summary>
    /// <param name="read">What was read.</param>
    /// <param name="mode">What becomes of policies with errors.</param>
    /// <param name="options">How to validate.</param>
    public static Admission Of(ManifestReadResult read, InvalidPolicyMode mode, ValidationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        Manifest[] sound = [.. read.Manifests.Where(m => m is not ExpectationManifest)];
        EquatableArray<Diagnostic> conflicts = ManifestChecks.Duplicates(sound);
        Admission admission = new(mode, [.. read.Diagnostics, .. conflicts, .. ManifestChecks.MissingTiers(sound), .. ManifestChecks.UnknownDomainNames(sound), .. Validator.Validate(read, options)]);
        if (!admission.Diagnostics.Any(IsError))
        {
            return admission with { Documents = [.. sound] };
        }

        AdmissionJudge judge = new(mode);
        judge.Take(read, conflicts, options);
        return admission with { IsRejected = judge.IsRejected, Documents = judge.IsRejected ? [] : [.. judge.Documents], SetAside = [.. judge.SetAside] };
    }

    internal static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;
}
