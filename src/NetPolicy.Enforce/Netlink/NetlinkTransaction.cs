using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Sends transactions to the kernel: all operations happen, or none.</summary>
internal static class NetlinkTransaction
{
    private const string What = "changing the packet filter";

    /// <summary>Runs a transaction.</summary>
    /// <param name="socket">A socket in the namespace that is meant.</param>
    /// <param name="transaction">The operations.</param>
    /// <param name="generation">The generation of the kernel's rules that was read; refused if they changed since. Null for whatever is there.</param>
    /// <param name="known">Sets and maps that are loaded already and that rules look into, and whether they hold ranges.</param>
    /// <exception cref="NetlinkException">Nothing was applied; <see cref="NetlinkException.IsChangedMeanwhile"/> if only because somebody else was first.</exception>
    /// <exception cref="ArgumentException">The transaction says what cannot be written.</exception>
    public static void Run(NetlinkSocket socket, RuleTransaction transaction, uint? generation, IEnumerable<KeyValuePair<string, bool>>? known = null)
    {
        if (transaction.IsEmpty)
        {
            return;
        }

        using NetlinkWriter bytes = new();
        NftMessageWriter messages = Write(bytes, transaction, generation, known ?? []);
        Drain(socket);
        Interruption.At(StopPoint.BeforeTransaction);
        Interruption.At(StopPoint.Sending);
        socket.Send(bytes.Written, What);
        Interruption.At(StopPoint.Sent);
        Check(socket, transaction, messages);
        Interruption.At(StopPoint.Acknowledged);
    }

    /// <summary>Writes the messages of a transaction and of its beginning and end.</summary>
    internal static NftMessageWriter Write(
        NetlinkWriter bytes, RuleTransaction transaction, uint? generation, IEnumerable<KeyValuePair<string, bool>> known)
    {
        bytes.Begin(Nf.BatchBegin, Nf.Request, 0, Nf.FamilyUnspecified, Nf.SubsystemTables);
        if (generation is { } id)
        {
            bytes.UInt32(Nf.BatchGeneration, id);
        }

        bytes.End();
        NftMessageWriter messages = new(bytes, transaction.Table);
        foreach ((string set, bool isInterval) in known)
        {
            messages.Know(set, isInterval);
        }

        foreach (RuleOperation operation in transaction.Operations)
        {
            messages.Write(operation);
        }

        messages.Family = Nf.FamilyBridge;
        foreach (RuleOperation operation in transaction.Bridge)
        {
            messages.Write(operation);
        }

        // The last message is acknowledged, which says that the whole was applied.
        messages.AcknowledgeLast();
        bytes.Begin(Nf.BatchEnd, Nf.Request, (uint)messages.Count + 1, Nf.FamilyUnspecified, Nf.SubsystemTables);
        bytes.End();
        return messages;
    }

    // The kernel has answered when sending returns.
    private static void Check(NetlinkSocket socket, RuleTransaction transaction, NftMessageWriter messages)
    {
        bool isAcknowledged = false;
        NetlinkException? refusal = null;
        while (socket.TryReceive(What, wait: false, out ReadOnlySpan<byte> datagram, out bool _))
        {
            NetlinkMessages answers = new(datagram);
            while (answers.MoveNext())
            {
                if (answers.Type != Nf.Error)
                {
                    continue;
                }

                int error = answers.ErrorNumber;
                if (error == 0)
                {
                    isAcknowledged |= answers.Sequence == messages.Count;
                }
                else if (refusal is null)
                {
                    int operation = messages.OperationOf(answers.Sequence);
                    int own = transaction.Operations.Count;
                    refusal = operation < 0 ? new NetlinkException(What, error, answers.ErrorText)
                        : operation < own ? Refusal(OperationText.Of(transaction.Table, transaction.Operations[operation]), transaction with { Operations = [transaction.Operations[operation]], Bridge = [] }, transaction.Operations[operation], error, answers.ErrorText)
                        : Refusal(OperationText.Of("bridge " + transaction.Table, transaction.Bridge[operation - own]), transaction with { Operations = [], Bridge = [transaction.Bridge[operation - own]] }, transaction.Bridge[operation - own], error, answers.ErrorText);
                }
            }
        }

        // Without a word of the kernel the answers were lost, and only refusals can be so many that they do not fit.
        if (refusal is not null || !isAcknowledged)
        {
            throw refusal ?? new NetlinkException(What, KernelError.NoBufferSpace);
        }
    }

    // Elements by the thousand would say nothing.
    private static NetlinkException Refusal(string what, RuleTransaction refused, RuleOperation operation, int error, string detail) => new(what, error, detail)
    {
        Refused = operation is RuleOperation.AddRule or RuleOperation.AddChain or RuleOperation.AddSet or RuleOperation.AddMap or RuleOperation.AddIdentityMap
            ? NftWriter.Write(refused).TrimEnd('\n')
            : "",
    };

    private static void Drain(NetlinkSocket socket)
    {
        while (socket.TryReceive(What, wait: false, out _, out _))
        {
        }
    }
}
