using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Lab;

/// <summary>The system calls of the lab, by their names in libc.</summary>
internal static unsafe partial class LibC
{
    internal const int CloneNewNet = 0x40000000;
    internal const int OpenReadOnlyCloseOnExec = 0x80000;
    internal const int CloseOnExec = 0x80000;
    internal const int FamilyInet = 2;
    internal const int FamilyInet6 = 10;
    internal const int FamilyNetlink = 16;
    internal const int FamilyPacket = 17;
    internal const int SocketRaw = 3;
    internal const int DontWait = 0x40;
    internal const int SolSocket = 1;
    internal const int SolIp = 0;
    internal const int SolIpv6 = 41;
    internal const int SolPacket = 263;
    internal const int SoSendBufferForce = 32;
    internal const int SoReceiveBufferForce = 33;
    internal const int IpHeaderIncluded = 3;
    internal const int Ipv6HeaderIncluded = 36;
    internal const int PacketStatistics = 6;
    internal const int PacketQdiscBypass = 20;
    internal const int PacketIgnoreOutgoing = 23;

    internal const int NotPermitted = 1;
    internal const int Interrupted = 4;
    internal const int TryAgain = 11;
    internal const int AccessDenied = 13;
    internal const int NoBufferSpace = 105;

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>struct mmsghdr of 64-bit machines: its two 32-bit fields are padded to words.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public nint Flags;
        public nuint TransferredLength;
    }

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkAddress
    {
        public ushort Family;
        public ushort ProtocolBigEndian;
        public int InterfaceIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(int socket, void* bytes, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int socket, MessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int socket, MessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(int socket, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    internal static partial int CurrentCpu();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    internal static partial int GetAffinity(int thread, nuint length, void* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    internal static partial int SetAffinity(int thread, nuint length, void* mask);

    /// <summary>The failure of the last call, as the exception the lab reports.</summary>
    internal static LabException Failure(string call) =>
        new(call, Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()), "");

    /// <summary>Returns <paramref name="result"/>, or throws if it is negative.</summary>
    internal static int Check(int result, string call) => result >= 0 ? result : throw Failure(call);

    /// <summary>Asks for a buffer of this size; without privilege over the whole machine the default size stays, which holds a batch.</summary>
    internal static void EnlargeBuffer(int socket, int option, int size) =>
        _ = SetOption(socket, SolSocket, option, &size, sizeof(int));

    /// <summary>Sets an integer socket option, or throws.</summary>
    internal static void SetOption(int socket, int level, int option, int value, string name) =>
        Check(SetOption(socket, level, option, &value, sizeof(int)), "setsockopt " + name);
}
