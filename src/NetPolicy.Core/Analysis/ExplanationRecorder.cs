using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Analysis;

/// <summary>Writes an evaluation down.</summary>
internal sealed class ExplanationRecorder : IEvaluationRecorder
{
    private readonly List<ExplainedAttempt> _attempts = [];
    private readonly List<ExplainedStage> _orphans = [];
    private List<ExplainedRule>? _rules;

    public bool IsRecording => true;

    public IReadOnlyList<ExplainedAttempt> Attempts =>
        _attempts.Count > 0 ? _attempts : [new ExplainedAttempt("", "", null, _orphans)];

    private List<ExplainedStage> Stages => _attempts.Count > 0 ? (List<ExplainedStage>)_attempts[^1].Stages : _orphans;

    private ExplainedStage Stage => Stages[^1];

    public void BeginAttempt(string source, string destination, Backend? backend) =>
        _attempts.Add(new ExplainedAttempt(source, destination, backend, new List<ExplainedStage>()));

    public void BeginStage(Endpoint endpoint, PolicyStage stage, Direction direction, string? interfaceName) =>
        Stages.Add(new ExplainedStage { Endpoint = endpoint, Stage = stage, Direction = direction, InterfaceName = interfaceName });

    public void Tier(Tier tier) => Stage.TierList.Add(new ExplainedTier(tier));

    public void Policy(Policy policy, bool isEnforced)
    {
        ExplainedPolicy explained = new(policy, isEnforced);
        Stage.TierList[^1].PolicyList.Add(explained);
        _rules = explained.RuleList;
    }

    public void Profile(string name, Profile? profile)
    {
        ExplainedProfile explained = new(name, profile);
        Stage.ProfileList.Add(explained);
        _rules = explained.RuleList;
    }

    public void Rule(Rule rule, bool matched) => _rules!.Add(new ExplainedRule(rule, matched));

    public void EndStage(in EndDecision decision) => Stage.Decision = decision;

    public void Decided(in EndDecision decision) =>
        Stages.Add(new ExplainedStage { Direction = decision.Direction, Stage = decision.Stage, Decision = decision });
}
