using System.Runtime.InteropServices;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <content>What rules do to packets that their conditions let through.</content>
internal sealed partial class RuleDecoder
{
    private bool Immediate(NetlinkReader data)
    {
        uint target = uint.MaxValue;
        RuleVerdict? verdict = null;
        byte[] value = [];
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.ImmediateTarget)
            {
                target = data.UInt32;
            }
            else if (data.Type == NftAttribute.ImmediateData)
            {
                NetlinkReader parts = data.Nested;
                while (parts.MoveNext())
                {
                    if (parts.Type == NftAttribute.DataVerdict)
                    {
                        verdict = LoadedVerdict.Read(parts.Nested);
                    }
                    else if (parts.Type == NftAttribute.DataValue)
                    {
                        value = parts.Value.ToArray();
                    }
                }
            }
            else
            {
                return false;
            }
        }

        if (!IsIdle)
        {
            return false;
        }

        if (target == Nf.RegisterVerdict && verdict is { } where)
        {
            return Add(new RuleStatement.Go(where));
        }

        if ((target != Nf.Register1 && target != Nf.Register32) || value.Length != 4)
        {
            return false;
        }

        _immediate = MemoryMarshal.Read<uint>(value);
        return true;
    }

    private bool Counter(NetlinkReader data)
    {
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.CounterPackets)
            {
                Packets += data.UInt64;
            }
            else if (data.Type == NftAttribute.CounterBytes)
            {
                Bytes += data.UInt64;
            }
        }

        Counters++;
        return IsIdle && Add(RuleStatement.Counter.Instance);
    }

    private bool Limit(NetlinkReader data)
    {
        ulong rate = 0;
        uint burst = 0;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.LimitRate:
                    rate = data.UInt64;
                    break;
                case NftAttribute.LimitBurst:
                    burst = data.UInt32;
                    break;
                case NftAttribute.LimitUnit when data.UInt64 == 1:
                case NftAttribute.LimitType when data.UInt32 == 0:
                case NftAttribute.LimitFlags when data.UInt32 == 0:
                    break;
                default:
                    return false;
            }
        }

        return IsIdle && rate is > 0 and <= uint.MaxValue && Add(new RuleStatement.Limit((uint)rate, burst));
    }

    private bool Log(NetlinkReader data)
    {
        string prefix = "";
        ushort? group = null;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.LogPrefix:
                    prefix = data.Text;
                    break;
                case NftAttribute.LogGroup:
                    group = data.UInt16;
                    break;
                case NftAttribute.LogLevel when data.UInt32 == 4:
                case NftAttribute.LogSnapLength when data.UInt32 == 0:
                case NftAttribute.LogThreshold when data.UInt16 == 0:
                case NftAttribute.LogFlags when data.UInt32 == 0:
                    break;
                default:
                    return false;
            }
        }

        return IsIdle && Add(new RuleStatement.Log(prefix, group));
    }

    private bool Reject(NetlinkReader data)
    {
        uint type = uint.MaxValue;
        byte code = 0;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.RejectType:
                    type = data.UInt32;
                    break;
                case NftAttribute.RejectCode:
                    code = data.UInt8;
                    break;
                default:
                    return false;
            }
        }

        return IsIdle && (type, code) switch
        {
            (NftAttribute.RejectReset, 0) => Add(new RuleStatement.Reject(IsReset: true)),
            (NftAttribute.RejectAnyFamily, NftAttribute.RejectProhibited) => Add(new RuleStatement.Reject(IsReset: false)),
            _ => false,
        };
    }
}
