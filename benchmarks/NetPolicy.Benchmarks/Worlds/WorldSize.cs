using System.Globalization;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>How much of a world is made.</summary>
/// <param name="Scale">Factor on everything: namespaces, pods, policies, sets. 1 is the world as its name promises; fractions are for smoke runs.</param>
/// <param name="Replicas">Factor on the pods of every workload alone. The extra pods have the same labels but for that of their ReplicaSet.</param>
public sealed record WorldSize(double Scale = 1, int Replicas = 1)
{
    /// <summary><paramref name="count"/> at this scale, at least one.</summary>
    public int Of(int count) => Math.Max(1, (int)Math.Round(count * Scale));

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"x{Scale:0.####}") + (Replicas == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" replicas x{Replicas}"));
}
