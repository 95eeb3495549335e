using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <content>Rules: what the cluster makes of their conditions, and the selectors that they share.</content>
internal sealed partial class Compilation
{
    private CompiledSelector Use(EndpointSelector selector)
    {
        ref SelectorEntry? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_selectors, selector, out bool exists);
        if (!exists)
        {
            int id = _freeSelectors.Count > 0 ? _freeSelectors.Pop() : _selectorById.Count;
            entry = new SelectorEntry(new CompiledSelector(id, selector));
            if (id == _selectorById.Count)
            {
                _selectorById.Add(entry);
            }
            else
            {
                _selectorById[id] = entry;
            }

            _fresh.Add(entry);
        }

        entry!.Uses++;
        _unused.Remove(entry);
        return entry.Compiled;
    }

    private void Release(CompiledSelector selector)
    {
        SelectorEntry entry = _selectorById[selector.Id]!;
        if (--entry.Uses == 0)
        {
            _unused.Add(entry);
        }
    }

    private void Release(RuleNeeds needs)
    {
        foreach (CompiledSelector selector in needs.Selectors)
        {
            Release(selector);
        }
    }

    private ProfileSteps CompileProfile(string name)
    {
        Profile? profile = _cluster.FindProfile(name);
        RuleNeeds needs = new();
        ProfileSteps steps = new(
            new ProfileStep(name, profile, Compile(profile?.Ingress ?? [], needs)),
            new ProfileStep(name, profile, Compile(profile?.Egress ?? [], needs)),
            needs.Close());
        _needyProfiles.Remove(name);
        if (needs.IsAny)
        {
            _needyProfiles.Add(name);
        }

        return steps;
    }

    private CompiledRule[] Compile(IReadOnlyList<Rule> rules, RuleNeeds needs)
    {
        CompiledRule[] compiled = new CompiledRule[rules.Count];
        for (int i = 0; i < compiled.Length; i++)
        {
            compiled[i] = Compile(rules[i], needs);
        }

        return compiled;
    }

    private CompiledRule Compile(Rule rule, RuleNeeds needs)
    {
        CompiledMatch[] alternatives = new CompiledMatch[rule.Alternatives.Count];
        for (int i = 0; i < alternatives.Length; i++)
        {
            RuleMatch match = rule.Alternatives[i];
            alternatives[i] = new CompiledMatch(match, Compile(match.Source, isDestination: false, needs), Compile(match.Destination, isDestination: true, needs));
        }

        return new CompiledRule(rule, alternatives);
    }

    private CompiledEnd Compile(EndMatch end, bool isDestination, RuleNeeds needs)
    {
        if (ReferenceEquals(end, EndMatch.Anything))
        {
            return isDestination ? CompiledEnd.AnyDestination : CompiledEnd.AnySource;
        }

        IpPrefix[]? nets = end.Nets?.AsSpan().ToArray();
        if (nets is null && end.Nodes is { } nodes)
        {
            needs.Nodes = true;
            nets = Prefixes(_cluster.Nodes.Where(n => nodes.Matches(n.Labels)).SelectMany(n => n.PublishedAddresses));
        }
        else if (nets is null && end.DomainNames is { } names)
        {
            needs.DomainNames = true;
            nets = Prefixes(_cluster.DomainNames.Where(n => names.Any(d => DomainPattern.Matches(d, n.Key))).SelectMany(n => n.Value));
        }

        SliceBackend[]? backends = null;
        if (end.Service is { } service)
        {
            needs.Add(service);
            backends = _cluster.SliceBackends.TryGetValue(service, out EquatableArray<SliceBackend> found) ? found.AsSpan().ToArray() : [];
        }

        return new CompiledEnd
        {
            Nets = nets,
            NotNets = end.NotNets?.AsSpan().ToArray(),
            Selected = Take(end.Selector, needs),
            NotSelected = Take(end.NotSelector, needs),
            Service = backends,
            Ports = end.Ports,
            NotPorts = end.NotPorts,
            IsDestination = isDestination,
        };
    }

    private CompiledSelector? Take(EndpointSelector? selector, RuleNeeds needs)
    {
        if (selector is null)
        {
            return null;
        }

        CompiledSelector compiled = Use(selector);
        needs.Add(compiled);
        return compiled;
    }

    private static IpPrefix[] Prefixes(IEnumerable<IpAddress> addresses) => [.. addresses.Distinct().Order().Select(IpPrefix.Single)];
}
