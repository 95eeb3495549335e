using System.Runtime.CompilerServices;

namespace NetPolicy.Dsl;

/// <summary>A ClusterNetworkPolicy that does not say its tier yet: say <c>.Admin(priority)</c> or <c>.Baseline(priority)</c>.</summary>
public sealed class ClusterPolicyWithoutTier
{
    private readonly NameLink _name;

    internal ClusterPolicyWithoutTier(NameLink name) => _name = name;

    /// <summary>The policy is asked before the policies of namespaces.</summary>
    /// <param name="priority">0 to 1000; lower comes first.</param>
    /// <param name="file">The calling file.</param>
    /// <param name="line">The calling line.</param>
    public ClusterPolicyWithoutSubject Admin(ushort priority, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(new ClusterTierLink(_name, "Admin", priority, new SourceLine(file, line)));

    /// <summary>The policy is asked where no policy of a namespace selects the pod.</summary>
    /// <param name="priority">0 to 1000; lower comes first.</param>
    /// <param name="file">The calling file.</param>
    /// <param name="line">The calling line.</param>
    public ClusterPolicyWithoutSubject Baseline(ushort priority, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(new ClusterTierLink(_name, "Baseline", priority, new SourceLine(file, line)));
}
