using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Reads a table back from the kernel.</summary>
internal static class NetlinkTableReader
{
    private const int Attempts = 100;

    /// <summary>The generation of the kernel's rules, a number that every change by anybody raises.</summary>
    /// <exception cref="NetlinkException">The kernel refused to tell.</exception>
    public static uint Generation(NetlinkSocket socket)
    {
        const string What = "asking for the generation of the rules";
        using NetlinkWriter request = new();
        request.Begin(Nf.GetGeneration, Nf.Request | Nf.Acknowledge, 1, Nf.FamilyUnspecified);
        request.End();
        uint? generation = null;
        socket.Dump(request.Written, What, (type, attributes) =>
        {
            NetlinkReader reader = new(attributes);
            while (type == Nf.NewGeneration && reader.MoveNext())
            {
                if (reader.Type == NftAttribute.GenerationId)
                {
                    generation = reader.UInt32;
                }
            }
        });
        return generation ?? throw new NetlinkException("the kernel did not tell the generation of its rules");
    }

    /// <summary>The table as it is at one moment; null if there is none.</summary>
    /// <param name="socket">A socket in the namespace that is meant.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="withElements">False to leave out the elements of named sets and maps.</param>
    /// <param name="family">The table's family.</param>
    /// <exception cref="NetlinkException">The kernel refused, or rules changed again and again while they were read.</exception>
    public static LoadedTable? Read(NetlinkSocket socket, string table, bool withElements = true, byte family = Nf.FamilyInet)
    {
        for (int i = 0; i < Attempts; i++)
        {
            uint before = Generation(socket);
            TableAssembler assembler = new(table, family == Nf.FamilyBridge ? RuleFamily.Bridge : RuleFamily.Inet);
            if (TryRead(socket, table, withElements, family, assembler) && Generation(socket) == before)
            {
                return assembler.IsThere ? assembler.Finish(before) : null;
            }

            if (i > Attempts / 10)
            {
                Thread.Sleep(1);
            }
        }

        throw new NetlinkException($"reading table `{table}`", KernelError.Restart);
    }

    private static bool TryRead(NetlinkSocket socket, string table, bool withElements, byte family, TableAssembler assembler)
    {
        using NetlinkWriter request = new();
        bool Ask(ushort type, string? set)
        {
            request.Clear();
            request.Begin(type, Nf.Request | Nf.Dump, 1, family);

            // Tables and chains are listed whole; the others take a table to list.
            if (type is not (Nf.GetTable or Nf.GetChain))
            {
                request.Text(1, table);
            }

            if (set is not null)
            {
                request.Text(NftAttribute.ElementsSet, set);
            }

            request.End();
            return socket.Dump(request.Written, $"reading table `{table}`", assembler.Take);
        }

        if (!Ask(Nf.GetTable, null))
        {
            return false;
        }

        if (!assembler.IsThere)
        {
            return true;
        }

        bool isWhole = Ask(Nf.GetChain, null) && Ask(Nf.GetSet, null) && Ask(Nf.GetObject, null) && Ask(Nf.GetFlowTable, null);
        foreach (LoadedSet set in assembler.Sets)
        {
            if (!isWhole)
            {
                return false;
            }

            if (withElements || set.IsAnonymous || set.IsTimed)
            {
                try
                {
                    isWhole = Ask(Nf.GetElement, set.Name);
                }
                catch (NetlinkException exception) when (exception.Error == KernelError.NoEntry)
                {
                    // Deleted since it was listed.
                    return false;
                }
            }
        }

        return isWhole && Ask(Nf.GetRule, null);
    }
}
