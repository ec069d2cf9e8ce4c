using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorSockets.Regulars;

/// <summary>A well-behaved client without a protocol: answers pings and close frames, stays away for as long as it is told, and comes back.</summary>
internal sealed class Regular(int number, IPEndPoint door, string hub, Stopwatch clock)
{
    private const byte Ping = 0x89;
    private const byte Close = 0x88;
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>For whoever is told nothing.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>For the end of TCP after the close frames.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly byte[] _buffer = new byte[512];
    private readonly List<Attempt> _attempts = [];
    private int _filled;

    internal IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (_attempts) return [.. _attempts];
        }
    }

    /// <summary>Comes and comes back, until it is over. The first time it is let in is said.</summary>
    internal async Task LiveAsync(Action isHere, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var attempt = await KnockAsync(socket, over);
            lock (_attempts) _attempts.Add(attempt);
            if (attempt.Status == 101)
            {
                isHere();
                attempt = await VisitAsync(socket, attempt, over);
                lock (_attempts) _attempts[^1] = attempt;
                if (attempt.Code is { } code) await PartAsync(socket, code, over);
            }

            var stay = attempt.Wait is { } told ? TimeSpan.FromMilliseconds(told) - Since(attempt.ClosedAt ?? attempt.AnsweredAt) : Soon;
            if (stay > TimeSpan.Zero) await Task.Delay(stay, over);
        }
    }

    private async Task<Attempt> KnockAsync(Socket socket, CancellationToken over)
    {
        try
        {
            await socket.ConnectAsync(door, over);
            await SendAsync(
                socket,
                Encoding.ASCII.GetBytes(
                    $"GET /client/hubs/{hub}?name={number} HTTP/1.1\r\nHost: {door}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
                over);
            var head = await ReadHeadAsync(socket, over);
            return new Attempt(number, Status(head), clock.ElapsedMilliseconds, RetryAfter(head));
        }
        catch (SocketException)
        {
            return new Attempt(number, 0, clock.ElapsedMilliseconds);
        }
    }

    private async Task<Attempt> VisitAsync(Socket socket, Attempt attempt, CancellationToken over)
    {
        try
        {
            while (true)
            {
                while (Take() is var (first, payload))
                {
                    if (first == Ping) await SendAsync(socket, [0x8A, (byte)(0x80 | payload.Length), .. Mask, .. Masked(payload)], over);
                    if (first != Close) continue;
                    var text = payload.Length > 2 ? Encoding.UTF8.GetString(payload.AsSpan(2)) : "";
                    return attempt with
                    {
                        ClosedAt = clock.ElapsedMilliseconds,
                        Wait = Attempt.SlotOf(text),
                        Code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005,
                        Text = text,
                    };
                }

                var count = await socket.ReceiveAsync(_buffer.AsMemory(_filled), over);
                if (count == 0) break;
                _filled += count;
            }
        }
        catch (SocketException)
        {
            // Cut.
        }

        return attempt with { ClosedAt = clock.ElapsedMilliseconds };
    }

    /// <summary>Answers the close frame and waits for the server to end TCP, as RFC 6455 section 7.1.1 wants it.</summary>
    private async Task PartAsync(Socket socket, int code, CancellationToken over)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(over);
        patience.CancelAfter(Patience);
        try
        {
            await SendAsync(socket, [0x88, 0x82, .. Mask, (byte)((code >> 8) ^ Mask[0]), (byte)(code ^ Mask[1])], patience.Token);
            while (await socket.ReceiveAsync(_buffer, patience.Token) > 0)
            {
                // Nothing comes after a close frame.
            }
        }
        catch (SocketException)
        {
            // Cut.
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested)
        {
            // It was told, and has nothing more to say.
        }
    }

    private async Task<string> ReadHeadAsync(Socket socket, CancellationToken over)
    {
        for (_filled = 0; _filled < _buffer.Length;)
        {
            var count = await socket.ReceiveAsync(_buffer.AsMemory(_filled), over);
            if (count == 0) break;
            _filled += count;
            var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            var head = Encoding.ASCII.GetString(_buffer, 0, end + 2);
            Drop(end + 4);
            return head;
        }

        return "";
    }

    /// <summary>The next whole frame; the gateway sends nothing here that is longer than a control frame.</summary>
    private (byte First, byte[] Payload)? Take()
    {
        if (_filled < 2 || _filled < 2 + _buffer[1]) return null;
        var first = _buffer[0];
        var payload = _buffer[2..(2 + _buffer[1])];
        Drop(2 + payload.Length);
        return (first, payload);
    }

    private void Drop(int count)
    {
        _buffer.AsSpan(count, _filled - count).CopyTo(_buffer);
        _filled -= count;
    }

    private TimeSpan Since(long moment) => TimeSpan.FromMilliseconds(clock.ElapsedMilliseconds - moment);

    private static int Status(string head) =>
        head.Split(' ', 3) is [_, var status, _] && int.TryParse(status, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static long? RetryAfter(string head)
    {
        const string name = "\r\nRetry-After: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var value = head[(at + name.Length)..].Split('\r')[0];
        return long.TryParse(value, CultureInfo.InvariantCulture, out var seconds) ? seconds * 1000 : null;
    }

    private static byte[] Masked(byte[] payload) => [.. payload.Select((b, i) => (byte)(b ^ Mask[i & 3]))];

    private static async ValueTask SendAsync(Socket socket, byte[] bytes, CancellationToken over)
    {
        for (ReadOnlyMemory<byte> left = bytes; left.Length > 0;) left = left[await socket.SendAsync(left, over)..];
    }
}
