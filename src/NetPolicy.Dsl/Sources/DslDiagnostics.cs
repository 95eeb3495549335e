using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>What only the language can know to be wrong; everything that a document shows is the validator's to say.</summary>
public static class DslDiagnostics
{
    /// <summary>One concrete label was given two values.</summary>
    public static readonly DiagnosticDescriptor LabelGivenTwice = new(
        "NP2801", DiagnosticSeverity.Error, "label with two values", "keep one of the values; a thing carries each label once");

    /// <summary><c>NoIngress</c> or <c>NoEgress</c> beside rules of that direction.</summary>
    public static readonly DiagnosticDescriptor NothingBesideRules = new(
        "NP2802", DiagnosticSeverity.Error, "nothing and something allowed", "remove NoIngress or NoEgress, or the rules of that direction");

    /// <summary>No combination of the ends and the traffic of a rule shares an address family.</summary>
    public static readonly DiagnosticDescriptor FamiliesNeverMeet = new(
        "NP2803", DiagnosticSeverity.Error, "rule without a common address family", "give both ends, and ICMP of the same version, an address family in common");

    /// <summary>An order outside its band.</summary>
    public static readonly DiagnosticDescriptor OrderOutsideBand = new(
        "NP2804", DiagnosticSeverity.Error, "order outside its band", "choose an offset inside the band, or widen the band");

    /// <summary>Traffic beside a Service peer.</summary>
    public static readonly DiagnosticDescriptor TrafficBesideService = new(
        "NP2805", DiagnosticSeverity.Error, "traffic beside a Service", "say OnAllTraffic(): a Service brings its own ports");

    /// <summary>A Service as the end that the policy's subject is.</summary>
    public static readonly DiagnosticDescriptor ServiceAsOwnEnd = new(
        "NP2806", DiagnosticSeverity.Error, "Service as the subject's own end", "select the pods behind the Service instead");

    /// <summary>An exception that has nothing to do with what it excepts from.</summary>
    public static readonly DiagnosticDescriptor ExceptionOfAnotherKind = new(
        "NP2807", DiagnosticSeverity.Error, "exception of another kind", "except ports of the same protocol, and leave something over");

    /// <summary>The same object is defined twice.</summary>
    public static readonly DiagnosticDescriptor DefinedTwice = new(
        "NP2808", DiagnosticSeverity.Error, "object defined twice", "rename one of the two, or list the shared value once");

    /// <summary>A union of no peers.</summary>
    public static readonly DiagnosticDescriptor NoPeer = new(
        "NP2809", DiagnosticSeverity.Error, "union of no peers", "leave the rule out, or say NoIngress() or NoEgress()");

    /// <summary>A label value that no label can have, or that the selector language cannot write.</summary>
    public static readonly DiagnosticDescriptor ImpossibleLabelValue = new(
        "NP2810", DiagnosticSeverity.Error, "impossible label value", "compare with a value that a label can have: up to 63 of A-Z a-z 0-9 - _ ., alphanumeric at both ends");

    /// <summary>A namespace known by several labels cannot be taken out of a group.</summary>
    public static readonly DiagnosticDescriptor ExceptedByManyLabels = new(
        "NP2811", DiagnosticSeverity.Error, "namespace excepted by several labels", "except it by its name, or know it by one label");

    /// <summary>A port range under one name.</summary>
    public static readonly DiagnosticDescriptor NamedRange = new(
        "NP2812", DiagnosticSeverity.Error, "named port range", "name a single port");

    /// <summary>A network set that contains a block with exceptions.</summary>
    public static readonly DiagnosticDescriptor ExceptInSet = new(
        "NP2813", DiagnosticSeverity.Error, "exception in a network set", "list the blocks that remain");

    /// <summary>A policy set whose name cannot be a file name.</summary>
    public static readonly DiagnosticDescriptor BadSetName = new(
        "NP2814", DiagnosticSeverity.Error, "bad name of a policy set", "use letters, digits, `-`, `_` and `.`, beginning with a letter or digit");

    /// <summary>Embedded YAML that is no document of a known kind.</summary>
    public static readonly DiagnosticDescriptor EmptyRaw = new(
        "NP2815", DiagnosticSeverity.Error, "embedded YAML without documents", "embed at least one document of a kind that `netpol validate` reads");

    /// <summary>One attribute of a policy was given two values.</summary>
    public static readonly DiagnosticDescriptor SaidTwice = new(
        "NP2816", DiagnosticSeverity.Error, "attribute said twice", "say the attribute once");

    /// <summary>A block with exceptions in a cluster policy.</summary>
    public static readonly DiagnosticDescriptor ExceptInClusterPolicy = new(
        "NP2817", DiagnosticSeverity.Error, "exception in a cluster policy", "write an earlier rule for the exception; the first rule that matches decides");

    /// <summary>A union as the subject of a cluster policy.</summary>
    public static readonly DiagnosticDescriptor UnionAsClusterSubject = new(
        "NP2818", DiagnosticSeverity.Error, "union as the subject of a cluster policy", "write one policy for each group, or give the groups a label in common");

    /// <summary>A policy that has no staged form, in a staged set.</summary>
    public static readonly DiagnosticDescriptor CannotBeStaged = new(
        "NP2819", DiagnosticSeverity.Error, "policy without a staged form", "leave the policy out of the staged set");
}
