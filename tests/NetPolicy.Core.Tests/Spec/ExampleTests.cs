using Xunit;

namespace NetPolicy.Spec.Tests;

/// <summary>The oracle and the engine say what the examples from the specifications say, and the examples reach all of the oracle.</summary>
public sealed class ExampleTests
{
    private static readonly Example[] Examples = [.. KubernetesExamples.All, .. CalicoExamples.All, .. ClusterExamples.Examples, .. ClusterPolicyExamples.Examples];

    /// <summary>All examples; or those whose names hold a line of <c>NETPOLICY_EXAMPLES</c>, which is how one of them is run alone.</summary>
    public static TheoryData<int, string> Cases()
    {
        string[] chosen = (Environment.GetEnvironmentVariable("NETPOLICY_EXAMPLES") ?? "").Split('\n');
        TheoryData<int, string> cases = [];
        for (int i = 0; i < Examples.Length; i++)
        {
            if (Array.Exists(chosen, part => Examples[i].Says.Contains(part, StringComparison.Ordinal)))
            {
                cases.Add(i, Examples[i].Says);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_oracle_says_what_the_specification_says(int index, string says)
    {
        Assert.Equal(Examples[index].Says, says);
        Assert.Equal(Examples[index].Answer, Example.Write(Examples[index].Judge()));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_engine_says_what_the_specification_says(int index, string says)
    {
        Assert.Equal(Examples[index].Says, says);
        if (Examples[index].IsRefused)
        {
            Assert.Throws<FormatException>(() => Examples[index].Evaluate());
            return;
        }

        Assert.Equal(Examples[index].Answer, Examples[index].Evaluate());
    }

    [Fact]
    public void The_examples_reach_every_branch_and_no_other()
    {
        SortedSet<string> reached = new(Examples.SelectMany(example => example.Judge().Branches), StringComparer.Ordinal);
        Assert.Equal(SpecBranches.All.Order(StringComparer.Ordinal), reached);
    }

    [Theory]
    [InlineData("selector: 'a == b'")]
    [InlineData("selector: 'a in {,}'")]
    [InlineData("selector: '()'")]
    [InlineData("selector: \"'b' == a\"")]
    [InlineData("selector: \"a = 'b'\"")]
    [InlineData("ingress: [{action: allow}]")]
    [InlineData("ingress: [{action: Allow, protocol: tcp}]")]
    [InlineData("ingress: [{action: Allow, source: {nets: [10.0.0.300/32]}}]")]
    [InlineData("types: [Both]")]
    public void A_policy_without_meaning_is_refused(string spec) =>
        Assert.Throws<FormatException>(() => Yaml.World(Yaml.Calico("GlobalNetworkPolicy", "p", spec)));

    [Theory]
    [InlineData("tier: Middle, priority: 1, subject: {namespaces: {}}")]
    [InlineData("tier: Admin, subject: {namespaces: {}}")]
    [InlineData("tier: Admin, priority: 1, subject: {}")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {matchExpressions: [{key: a, operator: Near}]}}")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}, pods: {podSelector: {}}}")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{nodes: {}, namespaces: {}}]}]")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [10.0.0.300/8]}]}]")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{nodes: {}}], protocols: []}]")]
    public void A_cluster_policy_without_meaning_is_refused(string spec) =>
        Assert.Throws<FormatException>(() => Yaml.World(Yaml.ClusterPolicy("ClusterNetworkPolicy", "p", spec)));

    [Theory]
    [InlineData("ingress: [{from: [{}]}]")]
    [InlineData("ingress: [{from: [null]}]")]
    [InlineData("ingress: [{ports: [{port: '80'}]}]")]
    [InlineData("ingress: [{ports: [{protocol: tcp}]}]")]
    [InlineData("ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]")]
    [InlineData("policyTypes: [ingress]")]
    public void A_Kubernetes_policy_without_meaning_is_refused(string spec) =>
        Assert.Throws<FormatException>(() => Yaml.World(Yaml.Policy("a/p", spec)));

    [Theory]
    [InlineData("contains contains \"contains\"", "contains=xcontainsx", true)]
    [InlineData("in in {\"x\"}", "in=x", true)]
    [InlineData("a   starts   with 'x'", "a=xy", true)]
    [InlineData("a endswith'y'", "a=xy", true)]
    [InlineData("a notin {'x',}", "b=1", true)]
    [InlineData("a in {}", "a=x", false)]
    [InlineData("a not in {}", "a=x", true)]
    [InlineData("!a == \"b\"", "a=c", true)]
    [InlineData("!!has(a)", "a=", true)]
    [InlineData("a == 'x' || b == 'y' && c == 'z'", "a=x", true)]
    [InlineData("(a == 'x' || b == 'y') && c == 'z'", "a=x", false)]
    [InlineData("a != 'x'", "b=1", true)]
    public void Selectors_match_as_the_language_says(string selector, string label, bool matches)
    {
        string[] pair = label.Split('=');
        SpecWorld world = Yaml.World(
            Yaml.Pod("a/p", $"'{pair[0]}': '{pair[1]}'", "10.0.0.1"),
            Yaml.Calico("GlobalNetworkPolicy", "p", $"selector: '{selector.Replace("'", "''", StringComparison.Ordinal)}'"));
        Assert.Equal(!matches, world.Allows("203.0.113.9", "a/p"));
    }

    [Theory]
    [InlineData("010.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("FD00:0::0:1", "fd00::1")]
    public void Addresses_are_compared_as_numbers(string written, string same)
    {
        SpecWorld world = Yaml.World(Yaml.Pod("a/p", "", same), Yaml.Policy("a/deny", "podSelector: {}, policyTypes: [Ingress, Egress]"));
        Assert.True(world.Allows("a/p", written));
    }

    [Fact]
    public void A_list_is_opened_and_JSON_is_read()
    {
        SpecWorld world = SpecWorld.Load(
        [
            """{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"p","namespace":"a"},"status":{"podIP":"10.0.0.1"}}]}""",
            "{\n\t\"apiVersion\": \"networking.k8s.io/v1\", \"kind\": \"NetworkPolicyList\",\n\t\"items\": [{\"metadata\": {\"name\": \"d\", \"namespace\": \"a\"}}]\n}",
        ]);
        Assert.False(world.Allows("203.0.113.9", "10.0.0.1"));
    }

    [Fact]
    public void Two_different_documents_for_one_object_are_refused()
    {
        string first = Yaml.Namespace("a", "x: y");
        Assert.NotNull(Yaml.World(first, first));
        Assert.Throws<FormatException>(() => Yaml.World(first, Yaml.Namespace("a")));
    }

    [Theory]
    [InlineData("a/ghost", "203.0.113.9")]
    [InlineData("203.0.113.9", "host:ghost")]
    [InlineData("203.0.113.9", "svc:a/ghost")]
    public void An_end_that_does_not_exist_makes_the_flow_unusable(string from, string to) =>
        Assert.Throws<ArgumentException>(() => Yaml.World().Allows(from, to));
}
