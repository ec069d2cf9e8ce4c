using System.Net;
using System.Net.Sockets;

namespace ActorSockets.Tests.Shared;

/// <summary>
/// A port for a program that starts later, and perhaps again: the gateway is told where its upstream will be before it is there. It is bound and
/// never listens, so the kernel gives it to nobody who asks for any port, while a listener that asks for this one (all set SO_REUSEADDR) gets it.
/// A port that is only looked up and let go may be taken by any connection before the program starts. Where the kernel is not Linux's it is just
/// that, because the rules for sharing an address are others there.
/// </summary>
internal sealed class HeldPort : IDisposable
{
    private const int SolSocket = 1;
    private const int SoReuseAddress = 2;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    internal HeldPort()
    {
        // Raw: the portable option also sets SO_REUSEPORT, which a program that does not set it could not bind beside.
        if (OperatingSystem.IsLinux()) _socket.SetRawSocketOption(SolSocket, SoReuseAddress, BitConverter.GetBytes(1));
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux()) _socket.Dispose();
    }

    internal int Number { get; }

    public void Dispose() => _socket.Dispose();
}
