using System.Buffers.Binary;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>Reads so many bytes a second and no more, and answers pings when it comes to them, as a client behind a thin line does.</summary>
internal sealed class PacedReader(RawWebSocketClient client, int bytesPerSecond)
{
    private const int StepsPerSecond = 10;
    private static readonly byte[] Pong = RawWebSocketClient.Frame(RawWebSocketClient.Pong, []);
    private readonly byte[] _header = new byte[10];
    private int _headerSeen;
    private long _payloadLeft;

    /// <summary>Data messages that came whole; one frame each.</summary>
    public int Messages { get; private set; }

    /// <summary>The code of the close frame, or null.</summary>
    public bool Closed { get; private set; }

    /// <summary>Reads until <paramref name="over"/>, or until there is nothing more to come.</summary>
    public async Task ReadAsync(Func<bool> over)
    {
        var buffer = new byte[bytesPerSecond / StepsPerSecond];
        using var step = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / StepsPerSecond));
        var pending = client.ReadSomeAsync(buffer);
        while (!over() && await step.WaitForNextTickAsync())
        {
            if (!pending.IsCompleted) continue;
            var count = await pending;
            if (count == 0) Closed = true;
            if (Closed) return;
            for (var i = 0; i < count; i++) await TakeAsync(buffer[i]);
            pending = client.ReadSomeAsync(buffer);
        }
    }

    private async ValueTask TakeAsync(byte value)
    {
        if (_payloadLeft > 0)
        {
            if (--_payloadLeft == 0) await EndAsync();
            return;
        }

        _header[_headerSeen++] = value;
        if (_headerSeen < 2) return;
        var length = _header[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (_headerSeen < length) return;
        _headerSeen = 0;
        _payloadLeft = length switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
            10 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
            _ => _header[1],
        };
        if (_payloadLeft == 0) await EndAsync();
    }

    private async ValueTask EndAsync()
    {
        switch (_header[0] & 0xF)
        {
            case RawWebSocketClient.Ping:
                await client.SendBytesAsync(Pong);
                break;
            case RawWebSocketClient.Close:
                Closed = true;
                break;
            default:
                Messages++;
                break;
        }
    }
}
