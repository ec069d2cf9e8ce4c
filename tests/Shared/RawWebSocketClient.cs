using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorSockets.Tests.Shared;

/// <summary>One frame as it was on the wire.</summary>
public sealed record RawFrame(byte First, byte[] Payload)
{
    public int Opcode => First & 0xF;

    public bool Fin => (First & 0x80) != 0;

    public string Text => Encoding.UTF8.GetString(Payload);

    public bool IsClose => Opcode == RawWebSocketClient.Close;

    public int? CloseCode => IsClose && Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : null;

    public string CloseText => IsClose && Payload.Length > 2 ? Encoding.UTF8.GetString(Payload.AsSpan(2)) : string.Empty;
}

/// <summary>
/// A client that can do everything a well-behaved one must not: bytes as they are, frames masked or not, half of a frame,
/// half-close, reset. It answers nothing by itself.
/// </summary>
public sealed class RawWebSocketClient : IDisposable
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>A test that forgets its client still means it to stay: a collected socket closes, and its session is gone.</summary>
    private static readonly ConcurrentDictionary<RawWebSocketClient, bool> Connected = new();
    private readonly Socket? _socket;
    private readonly Stream _stream;

    /// <summary>Over any stream, for tests in memory.</summary>
    public RawWebSocketClient(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
    }

    /// <summary>Over a connected socket.</summary>
    public RawWebSocketClient(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Connected[this] = true;
    }

    /// <summary>Every wait for the other side ends here.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The status line and headers of the answer, after <see cref="ConnectAsync"/>.</summary>
    public string Head { get; private set; } = string.Empty;

    /// <summary>The status of the answer, after <see cref="ConnectAsync"/>.</summary>
    public int Status => Head.Length == 0 ? 0 : int.Parse(Head.Split(' ', 3)[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Connects, sends an upgrade request for <paramref name="path"/> and reads the head of the answer.</summary>
    public static async Task<RawWebSocketClient> ConnectAsync(IPEndPoint server, string path, params string[] headers)
    {
        ArgumentNullException.ThrowIfNull(server);
        var client = await OpenAsync(server);
        var head = new StringBuilder()
            .Append("GET ").Append(path).Append(" HTTP/1.1\r\nHost: ").Append(server)
            .Append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        foreach (var header in headers) head.Append(header).Append("\r\n");
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        client.Head = await client.ReadTextToAsync("\r\n\r\n");
        return client;
    }

    /// <summary>Connects and sends nothing.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="receiveBuffer">How much the kernel receives ahead of the reader; null = as it likes.</param>
    public static async Task<RawWebSocketClient> OpenAsync(IPEndPoint server, int? receiveBuffer = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(server);
        return new RawWebSocketClient(socket);
    }

    /// <summary>The bytes of one frame.</summary>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool fin = true, bool masked = true, int reserved = 0, long? announced = null)
    {
        var length = announced ?? payload.Length;
        var frame = new List<byte>(payload.Length + 14) { (byte)((fin ? 0x80 : 0) | (reserved << 4) | opcode) };
        var maskBit = masked ? 0x80 : 0;
        Span<byte> extended = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(extended, length);
        switch (length)
        {
            case >= 0 and < 126:
                frame.Add((byte)(maskBit | (int)length));
                break;
            case >= 0 and <= ushort.MaxValue:
                frame.Add((byte)(maskBit | 126));
                frame.AddRange(extended[6..]);
                break;
            default:
                frame.Add((byte)(maskBit | 127));
                frame.AddRange(extended);
                break;
        }

        if (masked) frame.AddRange(Mask);
        for (var i = 0; i < payload.Length; i++) frame.Add(masked ? (byte)(payload[i] ^ Mask[i & 3]) : payload[i]);
        return [.. frame];
    }

    /// <summary>The bytes of a close frame.</summary>
    public static byte[] CloseFrame(int? code, string text = "")
    {
        if (code is null) return Frame(Close, []);
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code.Value);
        Encoding.UTF8.GetBytes(text, payload.AsSpan(2));
        return Frame(Close, payload);
    }

    public Task SendTextAsync(string text) => SendBytesAsync(Frame(Text, Encoding.UTF8.GetBytes(text)));

    public Task SendCloseAsync(int? code, string text = "") => SendBytesAsync(CloseFrame(code, text));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>The next frame; null at the end of the stream or after a reset.</summary>
    public async Task<RawFrame?> ReadFrameAsync()
    {
        if (await ReadExactlyAsync(2) is not { } head) return null;
        long length = head[1] & 0x7F;
        if (length >= 126)
        {
            if (await ReadExactlyAsync(length == 126 ? 2 : 8) is not { } extended) return null;
            length = extended.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadInt64BigEndian(extended);
        }

        return await ReadExactlyAsync((int)length) is { } payload ? new RawFrame(head[0], payload) : null;
    }

    /// <summary>The next frame that is no ping; pings are left unanswered.</summary>
    public async Task<RawFrame?> ReadPastPingsAsync()
    {
        while (true)
        {
            var frame = await ReadFrameAsync();
            if (frame is not { Opcode: Ping }) return frame;
        }
    }

    /// <summary>Reads until the close frame; null when the stream ends without one.</summary>
    public async Task<RawFrame?> ReadToCloseAsync()
    {
        while (true)
        {
            var frame = await ReadFrameAsync();
            if (frame is null or { IsClose: true }) return frame;
        }
    }

    /// <summary>Reads up to and including <paramref name="end"/>, or to the end of the stream.</summary>
    public async Task<string> ReadTextToAsync(string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && await ReadExactlyAsync(1) is { } next) text.Append((char)next[0]);
        return text.ToString();
    }

    /// <summary>Reads what is there, at most so many bytes; 0 at the end of the stream or after a reset.</summary>
    public async Task<int> ReadSomeAsync(Memory<byte> buffer)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await _stream.ReadAsync(buffer, patience.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Waits until the other side ends the stream; true when it did so in order, false when it reset the connection.</summary>
    public async Task<bool> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _stream.ReadAsync(buffer, patience.Token) > 0)
            {
                // Whatever it is.
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Says that nothing more will be sent, but goes on reading.</summary>
    public void HalfClose() => _socket!.Shutdown(SocketShutdown.Send);

    /// <summary>Cuts the connection with a TCP reset.</summary>
    public void Reset()
    {
        _socket!.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        Connected.TryRemove(this, out _);
        _stream.Dispose();
    }

    private async Task<byte[]?> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        var filled = 0;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (filled < count)
            {
                var read = await _stream.ReadAsync(bytes.AsMemory(filled), patience.Token);
                if (read == 0) return null;
                filled += read;
            }
        }
        catch (IOException)
        {
            return null;
        }

        return bytes;
    }
}
