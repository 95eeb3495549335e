using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NetPolicy.Enforce.Lab;

/// <summary>A connection of a <see cref="SocketLab"/>, or the attempt at one.</summary>
/// <remarks>Not for use by several threads at once.</remarks>
public sealed class LabConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly LabSockets _sockets;
    private readonly LabProbe _probe;
    private readonly TimeSpan _patience;
    private readonly byte[] _buffer = new byte[LabSockets.AnswerLength];
    private long _asked;

    private LabConnection(Socket socket, LabSockets sockets, LabProbe probe, TimeSpan patience)
    {
        _socket = socket;
        _sockets = sockets;
        _probe = probe;
        _patience = patience;
        Result = new LabResult(probe, LabVerdict.Dropped, LabPlace.Nowhere, "");
    }

    /// <summary>What became of the attempt: passed means that two questions were answered, the second on the established connection.</summary>
    public LabResult Result { get; private set; }

    /// <summary>Asks the server once more and waits for its answer. Whether it came in time, and from the same server.</summary>
    public bool Echo() => Ask().GetAwaiter().GetResult() is { Verdict: LabVerdict.Passed } answer && answer.Place == Result.Place;

    /// <summary>The same with less patience, for those who expect none: between namespaces an answer takes far less than a millisecond, and what is lost is asked again after 200.</summary>
    internal bool Echo(TimeSpan patience) => Ask(patience).GetAwaiter().GetResult() is { Verdict: LabVerdict.Passed } answer && answer.Place == Result.Place;

    /// <summary>Closes it.</summary>
    public void Dispose() => _socket.Dispose();

    internal static async Task<LabConnection> Open(Socket socket, LabSockets sockets, LabProbe probe, TimeSpan patience)
    {
        LabConnection connection = new(socket, sockets, probe, patience);
        LabVerdict connected = await connection.Try(connection.Connect).ConfigureAwait(false);
        if (connected != LabVerdict.Passed)
        {
            connection.Result = connection.Result with { Verdict = connected };
            return connection;
        }

        LabResult first = await connection.Ask().ConfigureAwait(false);
        LabResult second = first.Passed ? await connection.Ask().ConfigureAwait(false) : first;
        connection.Result = second;
        return connection;
    }

    private async Task<LabResult> Ask(TimeSpan? patience = null)
    {
        LabPlace place = LabPlace.Nowhere;
        LabVerdict verdict = await Try(async end => { place = await Exchange(end).ConfigureAwait(false); }, patience).ConfigureAwait(false);
        return new LabResult(_probe, verdict, verdict == LabVerdict.Passed ? place : LabPlace.Nowhere, "");
    }

    private async Task Connect(CancellationToken end) =>
        await _socket.ConnectAsync(new IPEndPoint(_probe.Destination, _probe.DestinationPort), end).ConfigureAwait(false);

    private async Task<LabPlace> Exchange(CancellationToken end)
    {
        long question = ++_asked;
        BinaryPrimitives.WriteInt64BigEndian(_buffer, question);
        await Send(end).ConfigureAwait(false);
        while (true)
        {
            for (int have = 0; have < LabSockets.AnswerLength;)
            {
                int got = await _socket.ReceiveAsync(_buffer.AsMemory(have), end).ConfigureAwait(false);
                if (got == 0)
                {
                    throw new SocketException((int)SocketError.ConnectionReset);
                }

                have += got;
            }

            if (BinaryPrimitives.ReadInt64BigEndian(_buffer) == question)
            {
                return _sockets.Place(BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(LabSockets.QuestionLength)));
            }
        }
    }

    /// <summary>Sends the question. "Not permitted" comes from rules in the node's own output hook, dropped or rejected: whether an error follows tells which.</summary>
    private async Task Send(CancellationToken end)
    {
        try
        {
            await _socket.SendAsync(_buffer.AsMemory(0, LabSockets.QuestionLength), end).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            // Wait for an answer nevertheless.
        }
    }

    /// <summary>Does a step within the patience. Silence is a drop; every error was told by somebody, also one that the socket has not passed on.</summary>
    private async Task<LabVerdict> Try(Func<CancellationToken, Task> step, TimeSpan? patience = null)
    {
        using CancellationTokenSource end = new(patience ?? _patience);
        try
        {
            await step(end.Token).ConfigureAwait(false);
            return LabVerdict.Passed;
        }
        catch (OperationCanceledException)
        {
            return HasError() ? LabVerdict.Rejected : LabVerdict.Dropped;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TimedOut)
        {
            return LabVerdict.Dropped;
        }
        catch (SocketException)
        {
            return LabVerdict.Rejected;
        }
    }

    /// <summary>
    /// Whether the kernel was told an error. A TCP socket that is being used at that moment, as it is while its first packet is answered on the same
    /// machine, only notes the error and tries on; who asks is told.
    /// </summary>
    private bool HasError()
    {
        try
        {
            return _socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is not (null or (int)SocketError.Success or (int)SocketError.TimedOut);
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
