using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Spec.Tests;

/// <summary>What sections 2.1 and 2.2 say beyond the cases that an API server has answered (<c>tests/corpus/kubernetes-validation</c>): path and reason of every error.</summary>
public sealed class KubernetesValidityTests
{
    private const string Invalid = "FieldValueInvalid";
    private const string Text63 = "a23456789-123456789-123456789-123456789-123456789-123456789-123";

    /// <summary>Name, what stands beside the name in <c>metadata</c>, <c>spec</c>, and the errors.</summary>
    public static TheoryData<string, string, string, string[]> Policies => new()
    {
        { "a name may be generated", "generateName: p-", "{}", [] },
        { "a namespace of 63 characters", $"name: p, namespace: {Text63}", "{}", [] },
        { "a namespace of 64 characters", $"name: p, namespace: {Text63}4", "{}", ["metadata.namespace " + Invalid] },
        { "an empty namespace is filled in", "name: p, namespace: ''", "{}", [] },
        { "a name of 253 characters in one part", $"name: {new string('a', 253)}", "{}", [] },
        { "a name of 254 characters", $"name: {new string('a', 254)}", "{}", ["metadata.name " + Invalid] },
        { "a bad label key", "name: p, labels: {-a: b}", "{}", ["metadata.labels " + Invalid] },
        { "a bad label value", "name: p, labels: {a: b-}", "{}", ["metadata.labels " + Invalid] },
        { "a bad annotation key", "name: p, annotations: {-a: b}", "{}", ["metadata.annotations " + Invalid] },
        { "any annotation value", "name: p, annotations: {a: 'b- c'}", "{}", [] },
        { "annotations of 256 KiB", $"name: p, annotations: {{a: {new string('b', 262_143)}}}", "{}", [] },
        { "annotations over 256 KiB", $"name: p, annotations: {{a: {new string('b', 262_144)}}}", "{}", ["metadata.annotations FieldValueTooLong"] },
        { "a prefix of a key that is no subdomain", "name: p, labels: {a_b/c: d}", "{}", ["metadata.labels " + Invalid] },
        { "a key with nothing after its prefix", "name: p, labels: {a.b/: d}", "{}", ["metadata.labels " + Invalid, "metadata.labels " + Invalid] },
        { "a label value with an underscore inside", "name: p, labels: {a: b_c.d-E}", "{}", [] },
        { "except is not checked under an unreadable cidr", "name: p", "{ingress: [{from: [{ipBlock: {cidr: x, except: [nonsense]}}]}]}", ["spec.ingress[0].from[0].ipBlock.cidr " + Invalid] },
        { "an exception that begins with the block and is wider", "name: p", "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.0.0/8]}}]}]}", ["spec.ingress[0].from[0].ipBlock.except[0] " + Invalid] },
        { "too many policy types are one error", "name: p", "{policyTypes: [Ingress, Both, Egress]}", ["spec.policyTypes " + Invalid] },
        { "a repeated port", "name: p", "{ingress: [{ports: [{port: 80}, {port: 80}]}]}", [] },
        { "a repeated peer", "name: p", "{ingress: [{from: [{podSelector: {}}, {podSelector: {}}]}]}", [] },
        { "ingress rules under Egress alone", "name: p", "{policyTypes: [Egress], ingress: [{}]}", [] },
        { "a key in matchLabels and matchExpressions", "name: p", "{podSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}]}}", [] },
        { "blocks of both families in one rule", "name: p", "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 'fd00::/8'}}]}]}", [] },
        { "an exception of a mapped spelling is another block's", "name: p", "{ingress: [{from: [{ipBlock: {cidr: 'fd00::/8', except: [10.0.0.0/16]}}]}]}", ["spec.ingress[0].from[0].ipBlock.except[0] " + Invalid] },
    };

    /// <summary>Name, the object, and the errors: container ports and Services follow the same rules of syntax.</summary>
    public static TheoryData<string, string, string[]> Others => new()
    {
        { "a container port's name", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{ports: [{name: Http, containerPort: 80}]}]}", ["spec.containers " + Invalid] },
        { "a container port's name of 15 characters", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{ports: [{name: abcdefghij12345, containerPort: 80}]}]}", [] },
        { "one name in two containers", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{ports: [{name: a, containerPort: 80}]}, {ports: [{name: a, containerPort: 81}]}]}", [] },
        { "a named targetPort", "apiVersion: v1\nkind: Service\nmetadata: {name: p}\nspec: {ports: [{port: 80, targetPort: a--b}]}", ["spec.ports[0].targetPort " + Invalid] },
        { "a Service port's name is a label", "apiVersion: v1\nkind: Service\nmetadata: {name: p}\nspec: {ports: [{name: a--b-and-more-than-15-characters, port: 80}]}", [] },
        { "a Service port's name is no subdomain", "apiVersion: v1\nkind: Service\nmetadata: {name: p}\nspec: {ports: [{name: a.b, port: 80}]}", ["spec.ports[0].name " + Invalid] },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_is_refused_as_an_API_server_does(string name, string metadata, string spec, string[] errors) =>
        Check(name, $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{{metadata}}}\nspec: {spec}", errors);

    [Theory]
    [MemberData(nameof(Others))]
    public void Ports_of_pods_and_Services_follow_their_syntax(string name, string text, string[] errors) => Check(name, text, errors);

    private static void Check(string name, string text, string[] errors)
    {
        ManifestReadResult read = ManifestReader.Read(text, name);
        Assert.Empty(read.Diagnostics);
        Assert.Equal(errors, Validator.Validate(read).Where(finding => finding.Severity == DiagnosticSeverity.Error).Select(finding => $"{finding.Path} {finding.Reason}"));
    }
}
