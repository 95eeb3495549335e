namespace NetPolicy.Engine;

/// <summary>What becomes of policies that have errors. Whatever is chosen shows in <see cref="Admission"/> and <see cref="Snapshot.SetAside"/>.</summary>
public enum InvalidPolicyMode : byte
{
    /// <summary>Nothing is judged as long as any document has an error. The default, and the zero value.</summary>
    Reject = 0,

    /// <summary>
    /// The policy's subject is isolated: of a Kubernetes NetworkPolicy no rule is left, of the other kinds a rule that denies everything stands in its place.
    /// No repair of the policy can deny what is still allowed. Where subject, directions or place of the policy cannot be known, and for errors in anything
    /// that is no policy, everything is rejected.
    /// </summary>
    IsolateSubject,

    /// <summary>Documents with errors are left out, as if they were not there. What only they deny is then allowed.</summary>
    Skip,
}
