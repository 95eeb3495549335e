using System.Globalization;
using System.Text;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Packets in one readable line, for traces and failed tests.</summary>
internal static class PacketText
{
    internal static string Describe(Packet packet)
    {
        StringBuilder text = new();
        if (packet.InputInterface is { } name)
        {
            text.Append(name).Append(' ');
        }

        AppendEnd(text, packet.Family, packet.Source, packet.SourcePort);
        text.Append(" > ");
        AppendEnd(text, packet.Family, packet.Destination, packet.DestinationPort);
        text.Append(CultureInfo.InvariantCulture, $" proto {packet.Protocol}");
        if (packet.IcmpType is { } type)
        {
            text.Append(CultureInfo.InvariantCulture, $" icmp {type}/{packet.IcmpCode}");
        }

        if (packet.Fragment != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" frag 0x{packet.Fragment:x4}");
        }

        if (packet.Mark != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" mark 0x{packet.Mark:x8}");
        }

        if (packet.Priority != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" priority {packet.Priority}");
        }

        return text.ToString();
    }

    private static void AppendEnd(StringBuilder text, PacketFamily family, UInt128 address, ushort? port)
    {
        string rendered = PacketAddress.Format(family, address);
        if (port is null)
        {
            text.Append(rendered);
        }
        else if (family == PacketFamily.IPv6)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{rendered}]:{port}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{rendered}:{port}");
        }
    }
}
