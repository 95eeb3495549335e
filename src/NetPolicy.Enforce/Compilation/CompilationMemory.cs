using System.Runtime.InteropServices;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>
/// Numbers of identities and classes by what they mean, kept from one compilation to the next, so that what did not change keeps its name and what did
/// never gets a name that means something else. The first compilation numbers in the order of asking.
/// </summary>
internal sealed class CompilationMemory
{
    private const int FirstIdentity = 16;

    private readonly Dictionary<EndConditions.Key, int> _conditions = [];
    private readonly Dictionary<EndView, int> _views = [];
    private int _ends;

    /// <summary>Identities by family, ownership and the views they have of what they match.</summary>
    public Numbering<(int Kind, EquatableArray<long> Views)> Identities { get; } = new(FirstIdentity);

    /// <summary>Classes of workloads by direction, policies and own end.</summary>
    public Numbering<string> Workloads { get; } = new(1);

    /// <summary>Chains for what comes back to its sender.</summary>
    public Numbering<string> Returns { get; } = new(1);

    /// <summary>Chains that choose by the address of arrival.</summary>
    public Numbering<string> Arrivals { get; } = new(1);

    /// <summary>Lists of addresses.</summary>
    public Numbering<EquatableArray<Addresses.IpRange>> AddressLists { get; } = new(1);

    /// <summary>Host endpoints.</summary>
    public Numbering<string> Hosts { get; } = new(1);

    /// <summary>Conditions of the last compilation.</summary>
    public IReadOnlyDictionary<EndConditions.Key, EndConditions> Conditions { get; private set; } = new Dictionary<EndConditions.Key, EndConditions>();

    /// <summary>All conditions of the last compilation.</summary>
    public EndConditionsTable? Table { get; private set; }

    /// <summary>Conditions of ends that compilations have met.</summary>
    public Dictionary<CompiledEnd, EndConditions> Ends { get; private set; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What programs of the last compilation ask.</summary>
    public Dictionary<EndpointProgram, ProgramShape> Shapes { get; private set; } = [];

    /// <summary>Tables of the last compilation, by program, own end, and whether it is a host's.</summary>
    public Dictionary<(EndpointProgram Program, string Own, bool IsHost), TableCompiler> Tables { get; private set; } = [];

    /// <summary>The identities of the last compilation.</summary>
    public IdentitySpace? Space { get; set; }

    /// <summary>The chains of decisions.</summary>
    public OutcomeChains? Outcomes { get; set; }

    /// <summary>All other chains.</summary>
    public KnownChains Chains { get; } = new();

    /// <summary>What the inventory says of the node, when it was last asked.</summary>
    public LocalInventory? Local { get; set; }

    /// <summary>How workloads were led to their chains.</summary>
    public WorkloadDispatch? Dispatch { get; set; }

    /// <summary>One number for a condition and the view of it.</summary>
    public long NumberOf(EndConditions conditions, EndView view) => ((long)NumberOf(_conditions, conditions.Content) << 32) | (uint)NumberOf(_views, view);

    /// <summary>Keeps what a compilation had, and forgets names that it had no use for: they are not given again.</summary>
    public void Finish(
        EndConditionsTable conditions,
        Dictionary<EndpointProgram, ProgramShape> shapes,
        Dictionary<(EndpointProgram Program, string Own, bool IsHost), TableCompiler> tables)
    {
        (Table, Conditions) = (conditions, conditions.ByContent);
        Shapes = shapes;
        Tables = tables;
        ForgetEnds();
        Identities.Finish();
        Workloads.Finish();
        Returns.Finish();
        Arrivals.Finish();
        AddressLists.Finish();
        Hosts.Finish();
    }

    // Those of policies that are no more.
    private void ForgetEnds()
    {
        if (Ends.Count > (2 * _ends) + 1024)
        {
            Ends = new Dictionary<CompiledEnd, EndConditions>(ReferenceEqualityComparer.Instance);
            foreach (ShapedMatch match in Shapes.Values.SelectMany(s => s.Matches))
            {
                Ends[match.Match.Source] = match.Source;
                Ends[match.Match.Destination] = match.Destination;
            }

            _ends = Ends.Count;
        }
    }

    private static int NumberOf<T>(Dictionary<T, int> numbers, T key)
        where T : notnull
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out bool isKnown);
        return isKnown ? number : number = numbers.Count;
    }
}
