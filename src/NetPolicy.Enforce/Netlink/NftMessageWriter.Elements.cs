using System.Runtime.InteropServices;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

internal sealed partial class NftMessageWriter
{
    private void Verdict(ushort attribute, RuleVerdict verdict)
    {
        int data = _to.BeginNested(attribute);
        int nested = _to.BeginNested(NftAttribute.DataVerdict);
        int code = verdict.Kind switch
        {
            RuleVerdictKind.Drop => Nf.VerdictDrop,
            RuleVerdictKind.Accept => Nf.VerdictAccept,
            RuleVerdictKind.Return => Nf.VerdictReturn,
            RuleVerdictKind.Jump => Nf.VerdictJump,
            RuleVerdictKind.Goto => Nf.VerdictGoto,
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };
        _to.UInt32(NftAttribute.VerdictCode, unchecked((uint)code));
        if (code is Nf.VerdictJump or Nf.VerdictGoto)
        {
            _to.Text(NftAttribute.VerdictChain, verdict.Chain ?? throw new ArgumentException("a jump needs a chain", nameof(verdict)));
        }

        _to.EndNested(nested);
        _to.EndNested(data);
    }

    /// <summary>Writes elements into as many messages as their list needs, whose length has 16 bits.</summary>
    private struct ElementWriter
    {
        private readonly NftMessageWriter _owner;
        private readonly ushort _type;
        private readonly string _set;
        private readonly uint _setId;
        private int _list;

        public ElementWriter(NftMessageWriter owner, ushort type, string set, uint setId)
        {
            _owner = owner;
            _type = type;
            _set = set;
            _setId = setId;
            Open();
        }

        public void Add(bool isCatchAll, ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyEnd, RuleVerdict? verdict, bool isOpen = false)
        {
            int element = BeginElement();
            NetlinkWriter to = _owner._to;
            if (isCatchAll)
            {
                to.UInt32(NftAttribute.ElementFlags, Nf.ElementCatchAll);
            }
            else
            {
                Key(NftAttribute.ElementKey, key);
                if (!keyEnd.IsEmpty)
                {
                    Key(NftAttribute.ElementKeyEnd, keyEnd);
                }
            }

            if (verdict is { } where)
            {
                _owner.Verdict(NftAttribute.ElementData, where);
            }

            if (isOpen)
            {
                to.Bytes(NftAttribute.ElementUserData, NftUserData.OpenRange);
            }

            to.EndNested(element);
        }

        public void AddNumber(ReadOnlySpan<byte> key, uint number, bool isOpen)
        {
            int element = BeginElement();
            NetlinkWriter to = _owner._to;
            Key(NftAttribute.ElementKey, key);
            int data = to.BeginNested(NftAttribute.ElementData);
            MemoryMarshal.Write(to.Place(NftAttribute.DataValue, 4), number);
            to.EndNested(data);
            if (isOpen)
            {
                to.Bytes(NftAttribute.ElementUserData, NftUserData.OpenRange);
            }

            to.EndNested(element);
        }

        public void AddTimed(ReadOnlySpan<byte> key, ulong milliseconds)
        {
            int element = BeginElement();
            Key(NftAttribute.ElementKey, key);
            _owner._to.UInt64(NftAttribute.ElementTimeout, milliseconds);
            _owner._to.EndNested(element);
        }

        public void AddEnd(ReadOnlySpan<byte> key)
        {
            int element = BeginElement();
            _owner._to.UInt32(NftAttribute.ElementFlags, Nf.ElementIntervalEnd);
            Key(NftAttribute.ElementKey, key);
            _owner._to.EndNested(element);
        }

        public readonly void Close()
        {
            _owner._to.EndNested(_list);
            _owner._to.End();
        }

        private readonly void Key(ushort attribute, ReadOnlySpan<byte> key)
        {
            int nested = _owner._to.BeginNested(attribute);
            _owner._to.Bytes(NftAttribute.DataValue, key);
            _owner._to.EndNested(nested);
        }

        private int BeginElement()
        {
            if (_owner._to.Length - _list > MaxElementList)
            {
                Close();
                Open();
            }

            return _owner._to.BeginNested(NftAttribute.ListElement);
        }

        private void Open()
        {
            _owner.Begin(_type, _type == Nf.NewElement ? (ushort)(Nf.Create | Nf.Exclusive) : (ushort)0);
            _owner._to.Text(NftAttribute.ElementsTable, _owner._table);
            _owner._to.Text(NftAttribute.ElementsSet, _set);
            if (_setId != 0)
            {
                _owner._to.UInt32(NftAttribute.ElementsSetId, _setId);
            }

            _list = _owner._to.BeginNested(NftAttribute.Elements);
        }
    }
}
