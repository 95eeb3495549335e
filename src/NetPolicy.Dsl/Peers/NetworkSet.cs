using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>Labelled address blocks, in a namespace or global. As a peer it is selected by its labels, and so is whatever else in its scope carries them.</summary>
public sealed class NetworkSet : CalicoPeer, IPolicyPart
{
    private readonly NamespaceRef? _home;
    private readonly string _name;
    private readonly LabelPairs _labels;
    private readonly EquatableArray<IpBlock> _blocks;
    private readonly SourceLine _line;

    internal NetworkSet(NamespaceRef? home, string name, LabelPairs labels, EquatableArray<IpBlock> blocks, SourceLine line)
        : base([new NetworkSetTerm(home?.Scope, labels.Node, line)], labels.Faults.AddRange(home?.Faults ?? []))
    {
        _home = home;
        _name = name;
        _labels = labels;
        _blocks = blocks;
        _line = line;
    }

    /// <summary>Also these addresses. A block with exceptions is reported: a set holds plain blocks.</summary>
    public NetworkSet Containing(IpBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return new NetworkSet(_home, _name, _labels, _blocks.Add(block), _line);
    }

    void IPolicyPart.AddTo(Lowering lowering)
    {
        lowering.Report(Faults);
        CallerSourceMap source = new(_line);
        source.Set("metadata.labels", _labels.Line);
        source.Set("metadata.namespace", _home?.Line ?? default);
        for (int i = 0; i < _blocks.Count; i++)
        {
            source.Set($"spec.nets[{i}]", _blocks[i].Block.Line);
            if (!_blocks[i].Block.Except.IsEmpty)
            {
                lowering.Report(
                    DslDiagnostics.ExceptInSet,
                    $"network set `{_name}` contains `{_blocks[i].Block.Cidr}` with an exception, expected a plain block",
                    _blocks[i].Block.Line);
            }
        }

        ObjectMetadata metadata = new() { Name = _name, Namespace = _home?.Name, Labels = _labels.ToMap() };
        EquatableArray<string>? nets = _blocks.IsEmpty ? null : [.. _blocks.Select(b => b.Block.Cidr)];
        lowering.Add(_home is null
            ? new GlobalNetworkSetManifest { Metadata = metadata, Source = source, Nets = nets }
            : new NetworkSetManifest { Metadata = metadata, Source = source, Nets = nets });
    }
}
