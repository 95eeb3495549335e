namespace NetPolicy.Enforce.Netlink;

/// <summary>Numbers of netfilter's netlink protocol, by the names of linux/netfilter/nfnetlink.h and nf_tables.h.</summary>
internal static class Nf
{
    public const byte FamilyUnspecified = 0;
    public const byte FamilyInet = 1;
    public const byte FamilyBridge = 7;
    public const byte ProtocolIPv4 = 2;
    public const byte ProtocolIPv6 = 10;

    /// <summary>NFPROTO_ARP, by which rules of bridges know what a frame carries.</summary>
    public const byte ProtocolArp = 3;
    public const ushort SubsystemTables = 10;

    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort BatchBegin = 0x10;
    public const ushort BatchEnd = 0x11;
    public const ushort BatchGeneration = 1;

    public const ushort Request = 1;
    public const ushort Multi = 2;
    public const ushort Acknowledge = 4;
    public const ushort DumpInterrupted = 0x10;
    public const ushort Dump = 0x300;
    public const ushort Exclusive = 0x200;
    public const ushort Create = 0x400;
    public const ushort Append = 0x800;

    public const ushort NewTable = Tables | 0;
    public const ushort GetTable = Tables | 1;
    public const ushort DeleteTable = Tables | 2;
    public const ushort NewChain = Tables | 3;
    public const ushort GetChain = Tables | 4;
    public const ushort DeleteChain = Tables | 5;
    public const ushort NewRule = Tables | 6;
    public const ushort GetRule = Tables | 7;
    public const ushort DeleteRule = Tables | 8;
    public const ushort NewSet = Tables | 9;
    public const ushort GetSet = Tables | 10;
    public const ushort DeleteSet = Tables | 11;
    public const ushort NewElement = Tables | 12;
    public const ushort GetElement = Tables | 13;
    public const ushort DeleteElement = Tables | 14;
    public const ushort NewGeneration = Tables | 15;
    public const ushort GetGeneration = Tables | 16;
    public const ushort NewObject = Tables | 18;
    public const ushort GetObject = Tables | 19;
    public const ushort NewFlowTable = Tables | 22;
    public const ushort GetFlowTable = Tables | 23;

    /// <summary>NFNLGRP_NFTABLES.</summary>
    public const int GroupTables = 7;

    // Verdicts.
    public const int VerdictDrop = 0;
    public const int VerdictAccept = 1;
    public const int VerdictJump = -3;
    public const int VerdictGoto = -4;
    public const int VerdictReturn = -5;

    // Set flags.
    public const uint SetAnonymous = 1;
    public const uint SetConstant = 2;
    public const uint SetInterval = 4;
    public const uint SetMap = 8;
    public const uint SetTimeout = 0x10;
    public const uint SetConcatenation = 0x80;

    public const uint ElementIntervalEnd = 1;
    public const uint ElementCatchAll = 2;

    public const uint TypeVerdict = 0xffffff00;
    public const uint RegisterVerdict = 0;
    public const uint Register1 = 1;

    /// <summary>NFT_REG32_00: registers of four bytes; the first lies where register 1 begins.</summary>
    public const uint Register32 = 8;

    private const ushort Tables = SubsystemTables << 8;
}
