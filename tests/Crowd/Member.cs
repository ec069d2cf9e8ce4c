using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorSockets.Crowd;

/// <summary>One WebSocket client: answers pings, and leaves in its manner when it is told to.</summary>
internal sealed class Member(Manner manner, IPAddress source, IPEndPoint server, string hub) : IDisposable
{
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];
    private static readonly byte[] Pong = [0x8A, 0x80, .. Mask];
    private static readonly byte[] HalfFrame = [0x81, 0xFE, 0x10];
    private static readonly byte[] Unmasked = [0x81, 0x05, .. "hello"u8];
    private static readonly byte[] BadText = [0x81, 0x82, .. Mask, 0xC3 ^ 0x37, 0x28 ^ 0xFA];

    // Nobody that is closed properly waits longer; only so that a fault of the gateway ends the test instead of hanging it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Socket _socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[160];
    private int _filled;
    private Task<string> _life = Task.FromResult("");

    internal Manner Manner => manner;

    /// <summary>Connects and gets its 101.</summary>
    internal async Task<bool> ComeAsync()
    {
        _socket.NoDelay = true;
        _socket.Bind(new IPEndPoint(source, 0));
        await _socket.ConnectAsync(server);
        await SendAsync(Encoding.ASCII.GetBytes(
            $"GET /client/hubs/{hub} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        if (!await ReadHeadAsync()) return false;
        _life = LiveAsync();
        return true;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Leaves. What it saw last: the code of the close frame, <c>none</c> for an end without one, <c>stuck</c> when nothing came.</summary>
    internal async Task<string> LeaveAsync()
    {
        try
        {
            await TurnAsync();
            return await _life.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            return "stuck";
        }
        catch (SocketException)
        {
            return "lost before";
        }
        finally
        {
            Dispose();
        }
    }

    private async Task TurnAsync()
    {
        switch (manner)
        {
            case Manner.Reset:
                _socket.LingerState = new LingerOption(true, 0);
                _socket.Dispose();
                break;
            case Manner.Close:
                await SendAsync(CloseFrame(4000));
                break;
            case Manner.Fin:
                _socket.Shutdown(SocketShutdown.Send);
                break;
            case Manner.HalfFrame:
                await SendAsync(HalfFrame);
                _socket.Shutdown(SocketShutdown.Send);
                break;
            case Manner.Unmasked:
                await SendAsync(Unmasked);
                break;
            case Manner.BadText:
                await SendAsync(BadText);
                break;
        }
    }

    private async Task<string> LiveAsync()
    {
        var code = "none";
        try
        {
            while (true)
            {
                while (Take() is { } frame)
                {
                    if (frame.First == 0x89 && manner != Manner.Mute) await SendAsync(Pong);
                    if (frame.First != 0x88) continue;
                    code = frame.Code;
                    if (manner is Manner.Kicked or Manner.Idle or Manner.Banned) await SendAsync(CloseFrame(1000));
                    else if (manner is Manner.Unmasked or Manner.BadText) _socket.Shutdown(SocketShutdown.Send);
                }

                var count = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
                if (count == 0) return code;
                _filled += count;
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return code;
        }
    }

    /// <summary>The next whole frame; the gateway sends small ones only here.</summary>
    private (byte First, string Code)? Take()
    {
        if (_filled < 2 || _filled < 2 + _buffer[1]) return null;
        var length = 2 + _buffer[1];
        var first = _buffer[0];
        var code = length >= 4 ? $"{BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(2))}" : "empty";
        _buffer.AsSpan(length, _filled - length).CopyTo(_buffer);
        _filled -= length;
        return (first, code);
    }

    private static byte[] CloseFrame(ushort code) =>
        [0x88, 0x82, .. Mask, (byte)((code >> 8) ^ Mask[0]), (byte)(code ^ Mask[1])];

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    private async Task<bool> ReadHeadAsync()
    {
        var head = new byte[512];
        var count = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(head.AsMemory(count));
            if (read == 0) return false;
            count += read;
            var end = head.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            head.AsSpan(end + 4, count - end - 4).CopyTo(_buffer);
            _filled = count - end - 4;
            return head.AsSpan().StartsWith("HTTP/1.1 101"u8);
        }
    }
}
