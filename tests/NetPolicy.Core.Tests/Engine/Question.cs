using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Small worlds, and what they answer.</summary>
internal static class Question
{
    public static Manifest[] Read(string documents)
    {
        ManifestReadResult read = ManifestReader.Read(documents, "f");
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics));
        return [.. read.Manifests];
    }

    public static Flow Flow(this Snapshot snapshot, string from, string to, int? port = 80)
    {
        Assert.True(snapshot.TryResolve(new FlowRequest { From = from, To = to, Port = port }, out Flow flow, out string? error), error);
        return flow;
    }

    /// <summary>The answer by the rules themselves; asked often enough to be given by tables too, it must stay the same.</summary>
    public static Evaluation Ask(this Snapshot snapshot, string from, string to, int? port = 80) => snapshot.Ask(snapshot.Flow(from, to, port));

    /// <summary>As above.</summary>
    public static Evaluation Ask(this Snapshot snapshot, Flow flow)
    {
        PlainWalk walk = default;
        Evaluation answer = snapshot.Evaluate(flow, ref walk);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(answer, snapshot.Evaluate(flow));
        }

        return answer;
    }
}
