using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Dsl;

/// <summary>One peer of a cluster policy's rule, where it is written, and where what is below it is.</summary>
internal sealed record ClusterEnd(ClusterPolicyPeer Peer, SourceLine Line, IReadOnlyList<(string Path, SourceLine Line)> Lines);
