using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>ICMP for IPv4. Calico only.</summary>
public static class Icmp
{
    /// <summary>Every message.</summary>
    public static Traffic Any { get; } = Of(null, null, isException: false);

    /// <summary>Echo request, type 8.</summary>
    public static Traffic EchoRequest { get; } = Of(8, null, isException: false);

    /// <summary>Echo reply, type 0.</summary>
    public static Traffic EchoReply { get; } = Of(0, null, isException: false);

    /// <summary>Messages of one type, 0 to 254, with any code.</summary>
    public static Traffic Type(byte type) => Of(type, null, isException: false);

    /// <summary>Messages of one type, 0 to 254, and one code.</summary>
    public static Traffic Type(byte type, byte code) => Of(type, code, isException: false);

    /// <summary>Messages of every other type.</summary>
    public static Traffic AnyExcept(byte type) => Of(type, null, isException: true);

    private static Traffic Of(byte? type, byte? code, bool isException) => new([new IcmpTerm(Protocol.Icmp, type, code, isException)]);
}
