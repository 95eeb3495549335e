namespace NetPolicy.Dsl.Tests.Laws;

/// <summary>What a generated policy begins with.</summary>
internal enum PolicyNoun
{
    Kubernetes,
    Calico,
    Global,
    Host,
    Untracked,
    PreDnat,
    Cluster,
}
