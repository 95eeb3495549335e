using NetPolicy.Laws;

namespace NetPolicy.Fuzz.Mutations;

/// <summary>Words that readers stumble over.</summary>
public static class Nasty
{
    private static readonly string[] s_scalars =
    [
        "~", "null", "true", "yes", "no", "on", "y", "N", "0x10", "0X1f", "010", "0o10", "0b11", "1e999", "-1e999", "1e3", ".nan", ".NaN", ".inf", "-.inf", "NaN", "Infinity",
        "2001-01-01", "2001-12-14t21:59:43.10-05:00", "12:30:45", "190:20:30", "1_000", "1__0", "_1", "0", "-0", "+0", "-1", "+1", "1.", ".5", "1.0", "80.5", "65535", "65536",
        "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "1e15", "1000000000000000", "1e-400", "0.1",
        "", "''", "\"\"", " ", "\"80\"", "'080'", "[]", "{}", "[[]]", "[null]", "{a: b}", "[a, [b, {c: d}]]", "[,]", "{,}", "{a}", "*a", "&a b", "&a", "!!binary aGk=", "!!str 1", "!!int x", "!!set {a, b}",
        "!x y", "!<tag:x> y", "!", "<<", "=", "|", "|\n    x", ">-\n  y\n", "|9\n x", "\"\\u0000\"", "\"\\uD800\"", "\"\\uDC00\\uD800\"", "\"\\uFFFF\"", "\"\\U0010FFFF\"", "\"\\U00110000\"", "\"\\x", "\"\\N\\_\\L\\P\"",
        "é", "\u00A0", "\u200B", "\u202E", "\u2028", "\u0085", "\uFEFF", "😀", "a\tb", "\t", "a b", "a: b", "a #b", "#", "-", "- -", "?", "? a", ":", "@", "`", "%", "%YAML 1.1", "---", "...", "--- a", "\"", "'", "\\", "{{ .Values.x }}", "${X}",
    ];

    private static readonly string[] s_ports =
    [
        "0", "1", "80", "65535", "65536", "-1", "http", "80:90", "90:80", "80:", ":80", "0:0", "0:65535", "1:65536", "80-90", "80.0", "8e1", "\"80\"", "080", "0x50", "+80", " 80", "80 ", "8080:9090:1", "99999999999",
        "a-very-long-name", "-http", "http-", "a--b", "HTTP", "1a", "1", "٣", "1:2,3",
    ];

    private static readonly string[] s_blocks =
    [
        "0.0.0.0/0", "::/0", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.1", "10.0.0.1/32", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/08", "10.0.0.1/", "/8", "10.0.0/8", "10/8", "010.0.0.0/8", "0x0a.0.0.0/8", "10.0.0.256/24",
        "256.0.0.0/8", "1.2.3.4.5/8", "fe80::1%eth0/64", "fe80::1%25eth0", "::ffff:10.0.0.1/128", "::ffff:10.0.0.0/104", "::ffff:0:0/96", "::10.0.0.1", "2001:db8::/32", "2001:DB8::1/64", "1::2::3/64", ":::/0", "::/129", "[::]/0",
        "12345::/16", "1:2:3:4:5:6:7:8:9/64", "1:2:3:4:5:6:7::/64", "0:0:0:0:0:0:0:0/0", "224.0.0.1/32", "127.0.0.1/8", "169.254.0.0/16", "255.255.255.255/32", "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0.0/+8", "１０.0.0.0/8", "any", "*",
    ];

    private static readonly string[] s_selectors =
    [
        "all()", "global()", "has(a)", "!has(a)", "a == 'b'", "a != \"b\"", "a in {'b', 'c'}", "a not in {'b'}", "a notin{}", "a contains 'b'", "a starts with 'b'", "a ends with \"\"", "all() && !all()", "(a == 'b' || has(c)) && d in {}",
        "", " ", "all(", "all( )", "has()", "has(a b)", "a", "a ==", "a = 'b'", "a == b", "'a' == 'b'", "a == 'b", "a in 'b'", "a in {b}", "a in {'b',}", "a in {,}", "&&", "a && b", "!", "! !all()", "!!!!all()", "((all()))", "(", ")", "()", "has(a) ||", "|| has(a)",
        "has(a)\nhas(b)", "a == 'x\ny'", "has(é)", "é == 'x'", "a == 'é'", "pcns.a == 'b'", "projectcalico.org/namespace == 'x'", "k8s-app == 'x' && all()", "global() && global()", "has(all)", "in in {'in'}", "not not in {'not'}", "a.b/c-d_e == 'x'",
    ];

    private static readonly string[] s_protocols = ["TCP", "tcp", "Tcp", "UDP", "SCTP", "ICMP", "ICMPv6", "icmpv6", "UDPLite", "ANY", "6", "0", "1", "58", "255", "256", "-1", "\"6\"", "6.0", "0x6", "XYZ", ""];

    private static readonly string[] s_names =
    [
        "default", "kube-admin", "kube-baseline", "kube-system", "", "a", "A", "-a", "a-", "a..b", "a.b", "a/b", "knp.default.a", "default.a", new('a', 63), new('a', 64), new('a', 253), new('a', 254), new('b', 5000), "é", "a b", "..", "../../etc/passwd", "null", "0",
    ];

    private static readonly string[] s_words =
    [
        "Allow", "Deny", "Pass", "Log", "allow", "Accept", "Ingress", "Egress", "ingress", "Set", "Delete", "Learn", "Ignore", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "None", "Cluster", "Local", "Running", "IPv4", "IPv6",
        "networking.k8s.io/v1", "projectcalico.org/v3", "crd.projectcalico.org/v1", "policy.networking.k8s.io/v1alpha1", "policy.networking.k8s.io/v1alpha2", "v1", "apps/v1", "batch/v1", "extensions/v1beta1", "networking.k8s.io/v1beta1",
        "NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy", "ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "Tier", "Profile", "NetworkSet", "GlobalNetworkSet", "HostEndpoint", "WorkloadEndpoint", "FelixConfiguration",
        "Pod", "Node", "Namespace", "Service", "EndpointSlice", "ServiceAccount", "Deployment", "CronJob", "Ingress", "List", "PodList", "NetworkPolicyList", "Expectation", "ConfigMap",
    ];

    private static readonly string[] s_keys =
    [
        "apiVersion", "kind", "metadata", "spec", "name", "namespace", "labels", "annotations", "generateName", "podSelector", "namespaceSelector", "serviceAccountSelector", "matchLabels", "matchExpressions", "key", "operator", "values", "ingress", "egress", "from", "to", "ports", "port",
        "endPort", "protocol", "notProtocol", "ipBlock", "cidr", "except", "policyTypes", "types", "selector", "notSelector", "nets", "notNets", "notPorts", "source", "destination", "action", "order", "tier", "doNotTrack", "preDNAT", "applyOnForward", "stagedAction", "icmp", "type", "code", "http", "methods",
        "paths", "exact", "prefix", "services", "serviceAccounts", "names", "subject", "namespaces", "pods", "networks", "nodes", "domainNames", "priority", "items", "status", "podIP", "podIPs", "hostNetwork", "nodeName", "containers", "initContainers", "containerPort", "interfaceName", "node", "expectedIPs",
        "profiles", "defaultAction", "defaultEndpointToHostAction", "failsafeInboundHostPorts", "template", "clusterIP", "clusterIPs", "nodePort", "targetPort", "externalIPs", "endpoints", "addresses", "addressType", "conditions", "ready", "unknown", "<<", "cluster", "checks", "flows", "steps", "expect",
    ];

    /// <summary>A scalar, or what stands where one is expected, as YAML text.</summary>
    public static string Scalar(Dice dice) => dice.Chance(3) ? Long(dice) : dice.Pick<string>(s_scalars);

    /// <summary>The name of a field.</summary>
    public static string Key(Dice dice) => dice.Pick<string>(s_keys);

    /// <summary>A port or a range of ports.</summary>
    public static string Port(Dice dice) => dice.Pick<string>(s_ports);

    /// <summary>An address or a block of addresses.</summary>
    public static string Block(Dice dice) => dice.Pick<string>(s_blocks);

    /// <summary>A selector; most of them made of others.</summary>
    public static string Selector(Dice dice)
    {
        if (dice.Chance(3))
        {
            return dice.Below(4) switch
            {
                0 => new string('(', dice.Between(1, 300)) + "all()" + new string(')', dice.Between(1, 300)),
                1 => new string('!', dice.Between(1, 2000)) + "all()",
                2 => string.Join(dice.Pick(" && ", " || "), Enumerable.Repeat(dice.Pick<string>(s_selectors), dice.Between(2, 300))),
                _ => "a in {" + string.Join(',', Enumerable.Range(0, dice.Between(1, 500)).Select(i => $"'{i % 50}'")) + "}",
            };
        }

        string text = dice.Pick<string>(s_selectors);
        for (int i = dice.Below(3); i > 0; i--)
        {
            string other = dice.Pick<string>(s_selectors);
            text = dice.Below(6) switch
            {
                0 => $"{text} && {other}",
                1 => $"{text} || {other}",
                2 => $"({text}) && ({other})",
                3 => $"!({text})",
                4 => text.Insert(dice.Below(text.Length + 1), dice.Pick("(", ")", "!", "'", "\"", "{", "}", ",", " ", "\t", "&", "|", "=", "has(", "é", "\0", "\n")),
                _ => text.Remove(dice.Below(text.Length + 1)),
            };
        }

        return text;
    }

    /// <summary>A value that fits a field of this name, or nearly does.</summary>
    public static string For(string key, Dice dice) => key switch
    {
        _ when dice.Chance(15) => Scalar(dice),
        "selector" or "notSelector" or "namespaceSelector" or "serviceAccountSelector" => Selector(dice),
        "port" or "ports" or "notPorts" or "endPort" or "containerPort" or "targetPort" or "nodePort" or "number" or "start" or "end" => Port(dice),
        "cidr" or "except" or "nets" or "notNets" or "networks" or "ip" or "podIP" or "podIPs" or "ips" or "expectedIPs" or "clusterIP" or "clusterIPs" or "addresses" or "externalIPs" or "ipNetworks" => Block(dice),
        "protocol" or "notProtocol" => dice.Pick<string>(s_protocols),
        "name" or "namespace" or "tier" or "node" or "nodeName" or "interfaceName" or "serviceAccountName" or "generateName" => dice.Pick<string>(s_names),
        "order" or "priority" or "type" or "code" or "ipVersion" => Scalar(dice),
        _ => dice.Below(4) switch { 0 => Scalar(dice), 1 => dice.Pick<string>(s_names), _ => dice.Pick<string>(s_words) },
    };

    private static string Long(Dice dice) => new(dice.Pick('a', '"', '[', '{', ' ', '-', '%', '(', '!', '\\', '9', 'é'), dice.Pick(64, 300, 1025, 5000, 70_000));
}
