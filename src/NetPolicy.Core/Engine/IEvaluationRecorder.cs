using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>Listens to an evaluation: the explanation is the evaluator's own walk, written down.</summary>
internal interface IEvaluationRecorder
{
    /// <summary>False if nothing is kept, so that the walk can skip telling.</summary>
    bool IsRecording { get; }

    /// <summary>A flow towards one backend or owner begins; several may follow each other.</summary>
    void BeginAttempt(string source, string destination, Backend? backend);

    /// <summary>An endpoint is asked in a stage.</summary>
    void BeginStage(Endpoint endpoint, PolicyStage stage, Direction direction, string? interfaceName);

    /// <summary>A tier is asked.</summary>
    void Tier(Tier tier);

    /// <summary>A policy is asked; one that is not enforced is only mentioned.</summary>
    void Policy(Policy policy, bool isEnforced);

    /// <summary>A profile is asked; null if it does not exist.</summary>
    void Profile(string name, Profile? profile);

    /// <summary>A rule was tested.</summary>
    void Rule(Rule rule, bool matched);

    /// <summary>The stage ended with this decision.</summary>
    void EndStage(in EndDecision decision);

    /// <summary>Something decided without a stage, such as a node reaching its own pod.</summary>
    void Decided(in EndDecision decision);
}

/// <summary>Keeps nothing.</summary>
internal struct NoRecorder : IEvaluationRecorder
{
    public readonly bool IsRecording => false;

    public readonly void BeginAttempt(string source, string destination, Backend? backend)
    {
    }

    public readonly void BeginStage(Endpoint endpoint, PolicyStage stage, Direction direction, string? interfaceName)
    {
    }

    public readonly void Tier(Tier tier)
    {
    }

    public readonly void Policy(Policy policy, bool isEnforced)
    {
    }

    public readonly void Profile(string name, Profile? profile)
    {
    }

    public readonly void Rule(Rule rule, bool matched)
    {
    }

    public readonly void EndStage(in EndDecision decision)
    {
    }

    public readonly void Decided(in EndDecision decision)
    {
    }
}

/// <summary>Keeps nothing, and has every rule asked: what indexes are held to.</summary>
internal struct PlainWalk : IEvaluationRecorder
{
    public readonly bool IsRecording => false;

    public readonly void BeginAttempt(string source, string destination, Backend? backend)
    {
    }

    public readonly void BeginStage(Endpoint endpoint, PolicyStage stage, Direction direction, string? interfaceName)
    {
    }

    public readonly void Tier(Tier tier)
    {
    }

    public readonly void Policy(Policy policy, bool isEnforced)
    {
    }

    public readonly void Profile(string name, Profile? profile)
    {
    }

    public readonly void Rule(Rule rule, bool matched)
    {
    }

    public readonly void EndStage(in EndDecision decision)
    {
    }

    public readonly void Decided(in EndDecision decision)
    {
    }
}
