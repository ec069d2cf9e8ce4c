using System.Net;
using System.Net.Sockets;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>
/// A TCP proxy that cuts connections with a reset, each after so many bytes as it is told: in the middle of a frame, of a handshake, or before
/// a word was said. Bytes and not time, so that a slow machine is cut at the same places.
/// </summary>
/// <param name="server">Where to.</param>
/// <param name="budget">How many bytes the next connection may carry, both ways together; null = as many as it likes.</param>
internal sealed class CuttingProxy(IPEndPoint server, Func<long?> budget) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private Task _accepting = Task.CompletedTask;
    private int _cuts;

    public int Cuts => Volatile.Read(ref _cuts);

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public CuttingProxy Start()
    {
        _listener.Start(512);
        _accepting = AcceptAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptSocketAsync(_over.Token), budget());
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(Socket client, long? bytes)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            var left = new Left(bytes ?? long.MaxValue);
            try
            {
                await upstream.ConnectAsync(server, _over.Token);
                await Task.WhenAny(PumpAsync(client, upstream, left), PumpAsync(upstream, client, left));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The server or the test is gone.
            }

            if (left.IsUsedUp) Interlocked.Increment(ref _cuts);
            client.LingerState = upstream.LingerState = new LingerOption(true, 0);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Left left)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer, _over.Token);
                if (read == 0) return;
                var allowed = left.Take(read);
                await to.SendAsync(buffer.AsMemory(0, allowed), _over.Token);
                if (allowed < read) return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other direction was cut.
        }
    }

    private sealed class Left(long bytes)
    {
        private long _bytes = bytes;

        public bool IsUsedUp => Volatile.Read(ref _bytes) < 0;

        /// <summary>So many of these bytes may still pass.</summary>
        public int Take(int count)
        {
            var after = Interlocked.Add(ref _bytes, -count);
            return after >= 0 ? count : (int)Math.Max(0, after + count);
        }
    }
}
