namespace NetPolicy.Dsl;

/// <summary>A Calico NetworkPolicy that does not say its pods yet: say <c>.For(condition)</c>, <c>.ForAllPods()</c> or <c>.ForServiceAccounts(condition)</c>.</summary>
public sealed class CalicoPolicyWithoutSubject
{
    private readonly NameLink _name;

    internal CalicoPolicyWithoutSubject(NameLink name) => _name = name;

    /// <summary>The policy is about the pods of its namespace that the condition selects.</summary>
    public CalicoPolicyWithoutRules For(Selector pods)
    {
        ArgumentNullException.ThrowIfNull(pods);
        return new(new SubjectLink(_name, pods, null));
    }

    /// <summary>The policy is about every pod of its namespace.</summary>
    public CalicoPolicyWithoutRules ForAllPods() => new(new SubjectLink(_name, LabelSelector.All, null));

    /// <summary>The policy is about the pods of its namespace whose service account's labels the condition selects.</summary>
    public CalicoPolicyWithoutRules ForServiceAccounts(Selector serviceAccounts)
    {
        ArgumentNullException.ThrowIfNull(serviceAccounts);
        return new(new SubjectLink(_name, null, serviceAccounts));
    }
}
