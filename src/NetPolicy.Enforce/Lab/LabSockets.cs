using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NetPolicy.Enforce.Lab;

/// <summary>The echo servers of a <see cref="SocketLab"/>: each answers with what it was sent and the number of the server.</summary>
internal sealed class LabSockets : IDisposable
{
    /// <summary>A question: a number the client chose.</summary>
    internal const int QuestionLength = 8;

    /// <summary>An answer: the question and the server's number.</summary>
    internal const int AnswerLength = 12;

    private readonly ConcurrentBag<Socket> _open = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<(WireAddress, byte, ushort), int> _byAddress = [];
    private readonly List<LabPlace> _places = [];

    /// <summary>Where a server's number says it is.</summary>
    internal LabPlace Place(int server)
    {
        lock (_byAddress)
        {
            return server >= 0 && server < _places.Count ? _places[server] : LabPlace.Nowhere;
        }
    }

    /// <summary>Starts a server in a namespace unless it runs already.</summary>
    internal void Listen(NetworkNamespace space, LabPlace place, IPAddress address, byte protocol, ushort port)
    {
        lock (_byAddress)
        {
            (WireAddress, byte, ushort) key = (WireAddress.From(address), protocol, port);
            if (_byAddress.ContainsKey(key))
            {
                return;
            }

            Socket socket = Open(space, address.AddressFamily, protocol);
            _open.Add(socket);
            socket.Bind(new IPEndPoint(address, port));
            int server = _places.Count;
            _places.Add(place with { Address = address, Port = port });
            _byAddress.Add(key, server);
            if (protocol == IpProtocol.Tcp)
            {
                socket.Listen(1024);
                _ = Task.Run(() => ServeConnections(socket, server));
            }
            else
            {
                _ = Task.Run(() => ServeDatagrams(socket, server));
            }
        }
    }

    /// <summary>Opens a socket in a namespace, where it stays.</summary>
    internal static Socket Open(NetworkNamespace space, AddressFamily family, byte protocol) => space.Run(() => protocol == IpProtocol.Tcp
        ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
        : new Socket(family, SocketType.Dgram, ProtocolType.Udp));

    public void Dispose()
    {
        _end.Cancel();
        foreach (Socket socket in _open)
        {
            socket.Dispose();
        }

        _end.Dispose();
    }

    private async Task ServeConnections(Socket listener, int server)
    {
        try
        {
            while (true)
            {
                Socket connection = await listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                _open.Add(connection);
                _ = Task.Run(() => ServeConnection(connection, server));
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            listener.Dispose();
        }
    }

    private async Task ServeConnection(Socket connection, int server)
    {
        byte[] answer = new byte[AnswerLength];
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(QuestionLength), server);
        try
        {
            while (true)
            {
                for (int have = 0; have < QuestionLength;)
                {
                    int got = await connection.ReceiveAsync(answer.AsMemory(have, QuestionLength - have), _end.Token).ConfigureAwait(false);
                    if (got == 0)
                    {
                        connection.Dispose();
                        return;
                    }

                    have += got;
                }

                await connection.SendAsync(answer, _end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            connection.Dispose();
        }
    }

    private async Task ServeDatagrams(Socket socket, int server)
    {
        byte[] answer = new byte[AnswerLength];
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(QuestionLength), server);
        EndPoint anyone = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(answer.AsMemory(0, QuestionLength), anyone, _end.Token).ConfigureAwait(false);
                if (received.ReceivedBytes == QuestionLength)
                {
                    await socket.SendToAsync(answer, received.RemoteEndPoint, _end.Token).ConfigureAwait(false);
                }
            }
            catch (SocketException) when (!_end.IsCancellationRequested)
            {
                // The answer was refused by the rules, or an earlier one was; the next question may fare better.
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                return;
            }
        }
    }

    private static bool IsEnd(Exception exception) => exception is SocketException or ObjectDisposedException or OperationCanceledException;
}
