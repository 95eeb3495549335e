using System.Globalization;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Error numbers of the kernel and what they mean here. Words of our own: those of the C library depend on the machine's language.</summary>
internal static class KernelError
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int TooManyFiles = 23;
    public const int Restart = 85;
    public const int MessageSize = 90;
    public const int NoProtocol = 93;
    public const int NotSupported = 95;
    public const int NoAddressFamily = 97;
    public const int NoBufferSpace = 105;

    public static string Text(int error) => error switch
    {
        NotPermitted => "no permission, expected the capability CAP_NET_ADMIN",
        NoEntry => "no such object",
        Interrupted => "interrupted",
        TryAgain => "the kernel is busy",
        12 => "the kernel is out of memory",
        AccessDenied => "access denied",
        Busy => "the object is still in use",
        Exists => "an object of that name or an element of that key exists already",
        Invalid => "the kernel calls the request invalid",
        TooManyFiles => "the set is full",
        28 => "no room left",
        31 => "too many references, or a loop of chains",
        34 => "a value is out of range",
        40 => "a loop of chains",
        75 => "a value is too large",
        Restart => "the rules were changed meanwhile",
        MessageSize => "the transaction is larger than the socket's buffer",
        NotSupported => "the kernel does not support this",
        NoProtocol => "the kernel does not support this protocol",
        NoAddressFamily => "the kernel does not support this address family",
        NoBufferSpace => "the kernel ran out of buffer space",
        _ => string.Create(CultureInfo.InvariantCulture, $"error {error} of the kernel"),
    };
}
