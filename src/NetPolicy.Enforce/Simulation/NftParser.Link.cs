namespace NetPolicy.Enforce.Simulation;

/// <summary>Binding of names, element checks and the kernel's check of jumps, once the text is read.</summary>
internal sealed partial class NftParser
{
    private NftRuleset Link()
    {
        foreach (NftTableBuilder table in tables)
        {
            foreach (NftSetBuilder set in table.Sets)
            {
                set.Built = BuildSet(set.Name, set.KeyTypes, set.DataTypes, set.Flags, set.Elements, isLiteral: false);
            }

            table.Table.Sets = [.. table.Sets.Select(set => set.Built!)];
            table.Table.Counters = table.CounterNames;
            table.Table.Chains = [.. table.Chains.Select(Freeze)];
        }

        foreach (PendingSet pending in pendingSets)
        {
            BindSet(pending);
        }

        foreach ((NftTableBuilder table, NftDecision decision, int position) in pendingChains)
        {
            decision.Target = table.ChainsByName.TryGetValue(decision.TargetName!, out NftChainBuilder? target)
                ? target.Chain
                : throw Error(position, $"found chain `{decision.TargetName}`, which table `{table.Table.Name}` does not have");
            if (decision.Target.Base is not null)
            {
                throw Error(position, $"found a jump to `{decision.TargetName}`, which hangs on a hook");
            }
        }

        CheckDepth();
        Dictionary<(string, string), int> named = [];
        foreach (NftTableBuilder table in tables)
        {
            foreach ((string name, int slot) in table.Counters)
            {
                named[(table.Table.Name, name)] = slot;
            }
        }

        return new NftRuleset([.. tables.Select(table => table.Table)], counters, named, limitCount);
    }

    private static NftChain Freeze(NftChainBuilder builder)
    {
        builder.Chain.RuleArray = [.. builder.Rules];
        for (int index = 0; index < builder.Rules.Count; index++)
        {
            builder.Rules[index].Index = index;
        }

        return builder.Chain;
    }

    private void BindSet(PendingSet pending)
    {
        if (!pending.Table.SetsByName.TryGetValue(pending.Reference.Name, out NftSetBuilder? builder))
        {
            throw Error(pending.Position, $"found set `{pending.Reference.Name}`, which table `{pending.Table.Table.Name}` does not have");
        }

        NftSet set = builder.Built!;
        if (!set.KeyTypes.SequenceEqual(pending.KeyTypes))
        {
            throw Error(
                pending.Position,
                $"found `{set.Name}` of key type {Names(set.KeyTypes)}, expected {Names(pending.KeyTypes)}");
        }

        bool isAddressMap = pending.DataTypes is [{ IsAddress: true }] && set.DataTypes.Count == 2 && set.DataTypes[1] == NftType.Port
            && set.DataTypes[0] == pending.DataTypes[0];
        if (!set.DataTypes.SequenceEqual(pending.DataTypes) && !isAddressMap)
        {
            throw Error(
                pending.Position,
                $"found `{set.Name}` mapping to {Names(set.DataTypes)}, expected {Names(pending.DataTypes)}");
        }

        pending.Reference.Bind(set);
    }

    private static string Names(IReadOnlyList<NftType> types) => types.Count == 0 ? "nothing" : string.Join(" . ", types.Select(type => type.Name));

    private static NftSet BuildSet(
        string name, IReadOnlyList<NftType> keyTypes, IReadOnlyList<NftType> dataTypes, NftSetFlags flags, List<NftElement> elements, bool isLiteral)
    {
        if (elements.Count(element => element.IsCatchAll) > 1)
        {
            NftElement second = elements.Where(element => element.IsCatchAll).ElementAt(1);
            throw Error(second.Line, second.Column, $"found a second `*` in `{name}`");
        }

        bool hasRanges = flags.HasFlag(NftSetFlags.Interval);
        foreach (NftElement element in elements)
        {
            if (!isLiteral && !element.IsExact && !flags.HasFlag(NftSetFlags.Interval))
            {
                throw Error(element.Line, element.Column, $"found a range in `{name}`, expected `flags interval` in its declaration");
            }

            if (element.Timeout is not null && !flags.HasFlag(NftSetFlags.Timeout))
            {
                throw Error(element.Line, element.Column, $"found a timeout in `{name}`, expected `flags timeout` in its declaration");
            }

            hasRanges |= !element.IsExact;
        }

        bool merges = dataTypes.Count == 0 && (isLiteral || flags.HasFlag(NftSetFlags.AutoMerge));
        List<NftElement> distinct = keyTypes.Count == 1 && hasRanges ? Disjoint(name, elements, merges) : Distinct(name, keyTypes, elements);
        return new NftSet(name, keyTypes, dataTypes, flags & ~NftSetFlags.AutoMerge, distinct);
    }

    /// <summary>Equal elements once; equal keys with different data are refused, as the kernel does.</summary>
    private static List<NftElement> Distinct(string name, IReadOnlyList<NftType> keyTypes, List<NftElement> elements)
    {
        NftKeyLayout layout = new(keyTypes);
        Dictionary<(NftKey, NftKey), NftElement> byKey = new(elements.Count);
        List<NftElement> distinct = new(elements.Count);
        Span<UInt128> low = stackalloc UInt128[keyTypes.Count];
        Span<UInt128> high = stackalloc UInt128[keyTypes.Count];
        foreach (NftElement element in elements)
        {
            for (int field = 0; field < element.Key.Length; field++)
            {
                low[field] = element.Key[field].Low;
                high[field] = element.Key[field].High;
            }

            if (element.IsCatchAll || byKey.TryAdd((layout.Pack(low), layout.Pack(high)), element))
            {
                distinct.Add(element);
            }
            else if (!byKey[(layout.Pack(low), layout.Pack(high))].HasSameData(element))
            {
                throw Error(element.Line, element.Column, $"found a second element with this key in `{name}`, mapping to something else");
            }
        }

        return distinct;
    }

    /// <summary>Ranges of one field must not overlap, except equal ones, and in sets that merge.</summary>
    private static List<NftElement> Disjoint(string name, List<NftElement> elements, bool merges)
    {
        List<NftElement> disjoint = [];
        foreach (NftElement element in elements.Where(element => !element.IsCatchAll).OrderBy(element => element.Key[0].Low))
        {
            NftElement? last = disjoint.Count > 0 ? disjoint[^1] : null;
            if (last is null || element.Key[0].Low > last.Key[0].High)
            {
                disjoint.Add(element);
            }
            else if (merges)
            {
                UInt128 high = UInt128.Max(last.Key[0].High, element.Key[0].High);
                disjoint[^1] = new NftElement { Key = [new NftRange(last.Key[0].Low, high)], Line = last.Line, Column = last.Column };
            }
            else if (!element.HasSameKey(last) || !element.HasSameData(last))
            {
                throw Error(element.Line, element.Column, $"found an element of `{name}` that overlaps the one at line {last.Line}");
            }
        }

        disjoint.AddRange(elements.Where(element => element.IsCatchAll));
        return disjoint;
    }

    /// <summary>The kernel refuses loops and more than 15 nested calls below a base chain; gotos count too.</summary>
    private void CheckDepth()
    {
        Dictionary<NftChain, int> depths = [];
        foreach (NftTableBuilder table in tables)
        {
            Dictionary<NftChain, List<NftChain>> targets = [];
            foreach (NftChain chain in table.Table.Chains)
            {
                targets.Add(chain, [.. Targets(chain).Distinct()]);
            }

            foreach (NftChain chain in table.Table.Chains.Where(chain => chain.Base is not null))
            {
                if (Depth(chain, targets, depths) >= NftMachine.JumpStackSize)
                {
                    throw Error(
                        chain.RuleArray.Length > 0 ? chain.RuleArray[0].Line : 1,
                        1,
                        $"found jumps below chain `{chain.Name}` in a loop or nested deeper than {NftMachine.JumpStackSize - 1}");
                }
            }
        }
    }

    private static IEnumerable<NftChain> Targets(NftChain chain) =>
        chain.RuleArray.SelectMany(rule => rule.Instructions).SelectMany(instruction => instruction.Decisions)
            .Select(decision => decision.Target).OfType<NftChain>();

    /// <summary>The longest way down, capped; a chain that is being measured is part of a loop.</summary>
    private static int Depth(NftChain chain, Dictionary<NftChain, List<NftChain>> targets, Dictionary<NftChain, int> depths)
    {
        const int Loop = 1 << 16;
        if (depths.TryGetValue(chain, out int known))
        {
            return known;
        }

        depths.Add(chain, Loop);
        int depth = 0;
        foreach (NftChain target in targets[chain])
        {
            depth = Math.Max(depth, Math.Min(Depth(target, targets, depths) + 1, Loop));
        }

        depths[chain] = depth;
        return depth;
    }
}
