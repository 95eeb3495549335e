namespace NetPolicy.Benchmarks.Quick;

/// <summary>All rows of both tables.</summary>
public static class Rows
{
    private const double Second = 1e9, Millisecond = 1e6, Microsecond = 1e3;
    private const long Megabyte = 1_000_000;

    /// <summary>
    /// The rows that show how cost grows: the worlds at an eighth, a quarter and a half of their size, W1 at twice its size too, and W1 with twice, four and eight
    /// times the replicas. The rows of <see cref="Tables"/> are the whole.
    /// </summary>
    public static IReadOnlyList<Row> Growth { get; } =
    [
        .. Grown("W1", 0.125, 0.25, 0.5, 2),
        .. Replicated("W1", 2, 4, 8),
        .. new[] { "W2", "W3", "W4", "W5", "W6" }.SelectMany(world => Grown(world, 0.125, 0.25, 0.5)),
    ];

    /// <summary>All rows.</summary>
    public static IReadOnlyList<Row> All => [.. Tables, .. Growth];

    /// <summary>The rows in the order of the tables, those of one world together.</summary>
    public static IReadOnlyList<Row> Tables { get; } =
    [
        new("W1.index", "W1", IndexWork.Measure) { What = "a real cluster's profile, from documents in memory", Target = new() { Median = 0.4 * Second } },
        new("W1.matrix", "W1", MatrixWork.Measure) { What = "its full matrix", Target = new() { Median = 1 * Second } },
        new("W1.edit", "W1", stage => ChangeWork.Measure(stage, ChangePlan.PolicyEdited)) { What = "one of its policies edited", Target = new() { Median = 1 * Millisecond } },
        new("W1.edit-matrix", "W1", ChangeWork.MeasureMatrix) { What = "its matrix brought up to date after that", Target = new() { Median = 10 * Millisecond } },
        new("W1.evaluate", "W1", FlowWork.MeasureBulk) { What = "distinct random flows, ends resolved", IsRate = true, Target = new() { Median = Second / 5e6, Allocated = 0 } },
        new("W1.evaluate-text", "W1", FlowWork.MeasureText) { What = "flows from addresses as text", IsRate = true, Target = new() { Median = Second / 300e3 } },
        new("W1-nodes.matrix", "W1-nodes", MatrixWork.Measure) { What = "the full matrix of the same cluster on 60 nodes" },
        new("W1-nodes.edit-matrix", "W1-nodes", ChangeWork.MeasureMatrix) { What = "that matrix brought up to date after a policy was edited" },
        new("W2.index", "W2", IndexWork.Measure)
        {
            What = "25,000 namespaces, 75,000 policies, 100,000 pods",
            Target = new() { Median = 2 * Second, Retained = 600 * Megabyte },
            BestKnown = 5.8 * Second,
        },
        new("W2.pod-added", "W2", stage => ChangeWork.Measure(stage, ChangePlan.PodAdded)) { What = "a pod added", Target = new() { P99 = 1 * Millisecond } },
        new("W2.pod-relabelled", "W2", stage => ChangeWork.Measure(stage, ChangePlan.PodRelabelled)) { What = "a pod relabelled", Target = new() { P99 = 1 * Millisecond } },
        new("W2.namespace-relabelled", "W2", stage => ChangeWork.Measure(stage, ChangePlan.NamespaceRelabelled)) { What = "a namespace relabelled", Target = new() { P99 = 1 * Millisecond } },
        new("W2.policy-added", "W2", stage => ChangeWork.Measure(stage, ChangePlan.PolicyAdded)) { What = "a policy added", Target = new() { P99 = 1 * Millisecond } },
        new("W2.policy-removed", "W2", stage => ChangeWork.Measure(stage, ChangePlan.PolicyRemoved)) { What = "a policy removed", Target = new() { P99 = 1 * Millisecond } },
        new("W3.index", "W3", IndexWork.Measure)
        {
            What = "10,000 policies that all select 10,000 pods",
            Target = new() { Median = 0.3 * Second },
            BestKnown = 10.7 * Second,
        },
        new("W4.index", "W4", IndexWork.Measure)
        {
            What = "100,000 isolated tenants",
            Target = new() { Median = 1.5 * Second, Retained = 250 * Megabyte },
            BestKnown = 6.9 * Second,
        },
        new("W5.index", "W5", IndexWork.Measure) { What = "20,000 ordered rules, 3,700 sets, 256,000 members" },
        new("W5.first", "W5", FlowWork.MeasureFirst)
        {
            What = "first evaluation of a fresh pair",
            Target = new() { Median = 20 * Microsecond },
            BestKnown = 360 * Microsecond,
        },
        new("W5.repeated", "W5", FlowWork.MeasureRepeated) { What = "repeated evaluation", Target = new() { Median = 200, Allocated = 0 } },
        new("W6.index", "W6", IndexWork.Measure)
        {
            What = "250,000 endpoints, 10,000 policies",
            Target = new() { Median = 3 * Second, Retained = 500 * Megabyte },
            BestKnown = 10.2 * Second,
        },
        new("read.json", "W1", ReadWork.MeasureJson) { What = "W1 read from the text of a List, as `kubectl get -A -o json` prints it", NeedsEngine = false },
        new("read.yaml", "W1", ReadWork.MeasureYaml) { What = "W1 read from YAML, without what policy does not look at", NeedsEngine = false },
        new("10x100.index", "10x100", IndexWork.Measure) { What = "10 namespaces of 100 pods, 100 policies" },
        new("10x100.matrix", "10x100", MatrixWork.Measure) { What = "its full matrix", BestKnown = 38 * Second },
        new("50x200.index", "50x200", IndexWork.Measure) { What = "50 namespaces of 200 pods, 1,000 policies" },
        new("50x200.matrix", "50x200", MatrixWork.Measure) { What = "its full matrix", BestKnown = 600 * Second },
        new("10x20.diff", "10x20", stage => MatrixWork.MeasureDiff(stage, "10x20-removed"))
        {
            What = "10 namespaces of 20 pods, 100 policies, 5 removed: semantic difference",
            BestKnown = 18 * Second,
        },
        new("10000/1000.index", "10000/1000", IndexWork.Measure) { What = "10,000 endpoints, 1,000 policies", BestKnown = 1.4 * Second },
        new("10000/10000.index", "10000/10000", IndexWork.Measure) { What = "10,000 endpoints, 10,000 policies", BestKnown = 13.7 * Second },
        new("selectors.label-update", "selectors", stage => ChangeWork.Measure(stage, ChangePlan.PodRelabelled))
        {
            What = "one label update against 10,000 selectors",
            Target = new() { Median = 50 * Microsecond },
            BestKnown = 21 * Millisecond,
        },
    ];

    private static IEnumerable<Row> Grown(string world, params double[] scales) => scales.SelectMany(scale => Both(
        world, System.FormattableString.Invariant($"growth.{world}.x{scale * 8:0}"), new Row("", world, IndexWork.Measure) { Scale = scale }));

    private static IEnumerable<Row> Replicated(string world, params int[] factors) => factors.SelectMany(factor => Both(
        world, System.FormattableString.Invariant($"growth.{world}.replicas-x{factor}"), new Row("", world, IndexWork.Measure) { Replicas = factor }));

    // The matrices of the other worlds are not asked for.
    private static IEnumerable<Row> Both(string world, string name, Row row) => world == "W1"
        ? [row with { Name = name + ".index" }, row with { Name = name + ".matrix", Measure = MatrixWork.Measure }]
        : [row with { Name = name + ".index" }];
}
