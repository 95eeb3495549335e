using System.Runtime.CompilerServices;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>A Calico tier: an ordered group of policies. Listed in a set it is defined there; the three fixed tiers define nothing.</summary>
public sealed class Tier : IPolicyPart
{
    private readonly bool _isFixed;
    private readonly PolicyOrder? _order;
    private readonly bool _passes;
    private readonly SourceLine _line;
    private readonly SourceLine _orderLine;

    internal Tier(string name, SourceLine line)
        : this(name, isFixed: false, null, passes: false, line, default)
    {
    }

    private Tier(string name, bool isFixed, PolicyOrder? order, bool passes, SourceLine line, SourceLine orderLine)
    {
        Name = name;
        _isFixed = isFixed;
        _order = order;
        _passes = passes;
        _line = line;
        _orderLine = orderLine;
    }

    /// <summary>The tier of policies that name none.</summary>
    public static Tier Default { get; } = Fixed("default");

    /// <summary>The fixed tier before <see cref="Default"/>.</summary>
    public static Tier KubeAdmin { get; } = Fixed("kube-admin");

    /// <summary>The fixed tier after <see cref="Default"/>.</summary>
    public static Tier KubeBaseline { get; } = Fixed("kube-baseline");

    /// <summary>The tier's name.</summary>
    public string Name { get; }

    /// <summary>The tier's place among tiers; lower comes first.</summary>
    public Tier Order(PolicyOrder order, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(Name, _isFixed, order, _passes, _line, new SourceLine(file, line));

    /// <summary>What the tier's policies select and do not decide goes on to the next tier instead of being denied.</summary>
    public Tier PassByDefault() => new(Name, _isFixed, _order, passes: true, _line, _orderLine);

    void IPolicyPart.AddTo(Lowering lowering)
    {
        if (_isFixed && _order is null && !_passes)
        {
            return;
        }

        CallerSourceMap source = new(_line);
        source.Set("spec.order", _orderLine);
        if (_order is { } order)
        {
            lowering.CheckOrder(order, _orderLine.Or(_line));
        }

        lowering.Add(new TierManifest
        {
            Metadata = new ObjectMetadata { Name = Name },
            Order = _order?.Value,
            DefaultAction = _passes ? "Pass" : null,
            Source = source,
        });
    }

    private static Tier Fixed(string name) => new(name, isFixed: true, null, passes: false, default, default);
}
