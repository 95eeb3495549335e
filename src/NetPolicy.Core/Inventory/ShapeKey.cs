using NetPolicy.Collections;
using NetPolicy.Labels;

namespace NetPolicy.Inventory;

/// <summary>What a document contributes to a <see cref="LabelShape"/>; the rest follows from its namespace and profiles.</summary>
internal readonly struct ShapeKey
{
    public readonly EndpointKind? Kind;
    public readonly string? Namespace;
    public readonly LabelSet Labels;
    public readonly string? Orchestrator;
    public readonly string? Account;
    public readonly EquatableArray<string> Profiles;
    public readonly EquatableArray<NamedPort> Ports;
    public readonly int Hash;

    public ShapeKey(
        EndpointKind? kind, string? @namespace, LabelSet labels, string? orchestrator, string? account, EquatableArray<string> profiles, EquatableArray<NamedPort> ports)
        : this(kind, @namespace, labels, orchestrator, account, profiles, ports, HashOf(@namespace, labels, account, ports))
    {
    }

    public ShapeKey(
        EndpointKind? kind, string? @namespace, LabelSet labels, string? orchestrator, string? account, EquatableArray<string> profiles, EquatableArray<NamedPort> ports, int hash)
    {
        Kind = kind;
        Namespace = @namespace;
        Labels = labels;
        Orchestrator = orchestrator;
        Account = account;
        Profiles = profiles;
        Ports = ports;
        Hash = hash;
    }

    private static int HashOf(string? @namespace, LabelSet labels, string? account, EquatableArray<NamedPort> ports)
    {
        int hash = ((@namespace?.GetHashCode(StringComparison.Ordinal) ?? 0) * 31) + (account?.Length ?? 0) + (ports.Count * 7);
        foreach ((string key, string value) in labels.Entries)
        {
            hash = (hash * 31) + key.GetHashCode(StringComparison.Ordinal);
            hash = (hash * 31) + value.GetHashCode(StringComparison.Ordinal);
        }

        return hash;
    }

    public bool Equals(in ShapeKey other) =>
        Hash == other.Hash && Kind == other.Kind && Namespace == other.Namespace && Labels.Entries == other.Labels.Entries
        && Orchestrator == other.Orchestrator && Account == other.Account && Profiles == other.Profiles && Ports == other.Ports;
}
