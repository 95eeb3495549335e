using System.Runtime.InteropServices;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Netlink;

/// <summary>A netfilter netlink socket. Stays in the namespace it was opened in, whatever thread uses it. For one thread at a time.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int NetlinkNetfilter = 12;
    private const int SolNetlink = 270;
    private const int AddMembership = 1;
    private const int CapAcknowledge = 10;
    private const int ExtendedAcknowledge = 11;
    private const int SoSendBuffer = 7;
    private const int SoReceiveBuffer = 8;
    private const int ReceiveSize = 1 << 18;
    private const short PollIn = 1;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReceiveSize, pinned: true);
    private int _socket;
    private int _sendBuffer;

    /// <summary>Opens a socket in the calling thread's namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NetlinkSocket()
    {
        _socket = LibC.Socket(LibC.FamilyNetlink, LibC.SocketRaw | LibC.CloseOnExec, NetlinkNetfilter);
        if (_socket < 0)
        {
            throw Failure("opening a netfilter socket");
        }

        byte* address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = LibC.FamilyNetlink;
        if (LibC.Bind(_socket, address, 12) < 0)
        {
            throw Closing(Failure("binding a netfilter socket"));
        }

        // Old kernels know neither option; without them refusals carry the whole request and no words.
        _ = TrySet(SolNetlink, CapAcknowledge, 1);
        _ = TrySet(SolNetlink, ExtendedAcknowledge, 1);
        Enlarge(LibC.SoReceiveBufferForce, SoReceiveBuffer, 8 << 20);
    }

    /// <summary>Opens a socket in a namespace.</summary>
    /// <param name="place">The namespace; null for the calling thread's.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static NetlinkSocket Open(NetworkNamespace? place) => place is null ? new NetlinkSocket() : place.Run(() => new NetlinkSocket());

    public void Dispose()
    {
        int socket = Interlocked.Exchange(ref _socket, -1);
        if (socket >= 0)
        {
            _ = LibC.Close(socket);
        }
    }

    /// <summary>What stands between the socket and the kernel in tests; null for nothing.</summary>
    internal NetlinkFault? Fault { get; set; }

    /// <summary>Listens to what a group of the kernel tells.</summary>
    public void Join(int group)
    {
        if (!TrySet(SolNetlink, AddMembership, group))
        {
            throw Failure("listening to changes of the packet filter");
        }
    }

    /// <summary>Sends messages as one datagram. The kernel works on them before this returns.</summary>
    /// <exception cref="NetlinkException">The kernel refused to take them.</exception>
    public void Send(ReadOnlySpan<byte> messages, string what)
    {
        if (Fault is { } fault)
        {
            byte[] altered = messages.ToArray();
            if (fault(NetlinkCall.Send, altered) is not 0 and int error)
            {
                throw new NetlinkException(what, error);
            }

            messages = altered;
        }

        MakeRoom(messages.Length);
        fixed (byte* bytes = messages)
        {
            while (LibC.Send(_socket, bytes, (nuint)messages.Length, 0) < 0)
            {
                if (Marshal.GetLastPInvokeError() != KernelError.Interrupted)
                {
                    throw Failure(what);
                }
            }
        }
    }

    /// <summary>Receives one datagram. The bytes are good until the next call.</summary>
    /// <param name="what">What is being done, for refusals.</param>
    /// <param name="wait">False to return at once if nothing is there.</param>
    /// <param name="datagram">What came.</param>
    /// <param name="overrun">True if messages were lost because they came faster than they were read.</param>
    /// <returns>False if nothing is there.</returns>
    public bool TryReceive(string what, bool wait, out ReadOnlySpan<byte> datagram, out bool overrun)
    {
        datagram = default;
        overrun = false;
        if (Fault?.Invoke(NetlinkCall.Receive, default) is not (null or 0) and int error)
        {
            overrun = error == KernelError.NoBufferSpace;
            return overrun || (error == KernelError.TryAgain ? false : throw new NetlinkException(what, error));
        }

        fixed (byte* bytes = _buffer)
        {
            while (true)
            {
                nint length = LibC.Receive(_socket, bytes, (nuint)_buffer.Length, wait ? 0 : LibC.DontWait);
                if (length >= 0)
                {
                    datagram = _buffer.AsSpan(0, (int)length);
                    return true;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case KernelError.Interrupted:
                        continue;
                    case KernelError.TryAgain:
                        return false;
                    case KernelError.NoBufferSpace:
                        overrun = true;
                        return true;
                    default:
                        throw Failure(what);
                }
            }
        }
    }

    /// <summary>Waits until something can be received; false if the time is over.</summary>
    public bool Poll(TimeSpan time)
    {
        LibC.PollRequest request = new() { Descriptor = _socket, Events = PollIn };
        return LibC.Poll(&request, 1, (int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue)) > 0;
    }

    /// <summary>Sends a request for a listing and hands each message of the answer to <paramref name="visit"/>.</summary>
    /// <returns>False if the kernel says that things changed while it listed them.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool Dump(ReadOnlySpan<byte> request, string what, NetlinkVisitor visit)
    {
        Send(request, what);
        bool isWhole = true;
        while (true)
        {
            if (!TryReceive(what, wait: true, out ReadOnlySpan<byte> datagram, out bool overrun))
            {
                continue;
            }

            if (overrun)
            {
                throw new NetlinkException(what, KernelError.NoBufferSpace);
            }

            NetlinkMessages messages = new(datagram);
            while (messages.MoveNext())
            {
                isWhole &= (messages.Flags & Nf.DumpInterrupted) == 0;
                if (messages.Type is Nf.Done or Nf.Error)
                {
                    int error = messages.ErrorNumber;
                    return error == 0 ? isWhole
                        : error == KernelError.Interrupted ? false
                        : throw new NetlinkException(what, error, messages.ErrorText);
                }

                visit(messages.Type, messages.Attributes);
            }
        }
    }

    private void MakeRoom(int length)
    {
        if (length + 4096 <= _sendBuffer)
        {
            return;
        }

        if (_sendBuffer == 0)
        {
            int size = 0;
            uint width = sizeof(int);
            _ = LibC.GetOption(_socket, LibC.SolSocket, SoSendBuffer, &size, &width);
            _sendBuffer = size;
        }

        if (length + 4096 > _sendBuffer)
        {
            // What the kernel grants is twice what is asked for; a refusal shows when sending.
            Enlarge(LibC.SoSendBufferForce, SoSendBuffer, Math.Max(length + 4096, 1 << 20));
            _sendBuffer = length + 4096;
        }
    }

    private void Enlarge(int forced, int plain, int size)
    {
        if (!TrySet(LibC.SolSocket, forced, size))
        {
            _ = TrySet(LibC.SolSocket, plain, size);
        }
    }

    private bool TrySet(int level, int option, int value) => LibC.SetOption(_socket, level, option, &value, sizeof(int)) == 0;

    private NetlinkException Closing(NetlinkException failure)
    {
        Dispose();
        return failure;
    }

    private static NetlinkException Failure(string what) => new(what, Marshal.GetLastPInvokeError());
}
