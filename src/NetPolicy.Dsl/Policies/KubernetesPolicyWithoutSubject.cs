namespace NetPolicy.Dsl;

/// <summary>A Kubernetes NetworkPolicy that does not say its pods yet: say <c>.For(labels)</c> or <c>.ForAllPods()</c>.</summary>
public sealed class KubernetesPolicyWithoutSubject
{
    private readonly NameLink _name;

    internal KubernetesPolicyWithoutSubject(NameLink name) => _name = name;

    /// <summary>The policy is about the pods of its namespace that carry the labels.</summary>
    public KubernetesPolicyWithoutRules For(LabelSelector pods)
    {
        ArgumentNullException.ThrowIfNull(pods);
        return new(new SubjectLink(_name, pods, null));
    }

    /// <summary>The policy is about every pod of its namespace.</summary>
    public KubernetesPolicyWithoutRules ForAllPods() => new(new SubjectLink(_name, LabelSelector.All, null));
}
