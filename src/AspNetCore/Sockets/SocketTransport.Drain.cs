using System.Buffers;
using System.Net.WebSockets;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>The end of reading: why it came, and what is read after it.</content>
internal sealed partial class SocketTransport
{
    /// <summary>Says why the library gave up. Its exception does not tell, but what it wrote before does.</summary>
    private async Task ReportAsync(Exception fault)
    {
        if (Order is not null) return;
        if (_stream.ControlFlood)
        {
            Fault(EndingCatalogue.RateLimit, $"control-frames-per-second={FrameStream.ControlFramesPerSecond}");
        }
        else if (_stream.SentCloseCode == (int)WebSocketCloseStatus.ProtocolError)
        {
            Fault(EndingCatalogue.ProtocolError);
        }
        else if (_stream.SentCloseCode == (int)WebSocketCloseStatus.InvalidPayloadData)
        {
            Fault(EndingCatalogue.InvalidPayload);
        }
        else if (_stream.InboundEnded || fault is not WebSocketException { WebSocketErrorCode: not WebSocketError.ConnectionClosedPrematurely })
        {
            if (!_stream.InboundEnded) _stream.InboundFailed = true;
            Fault(EndingCatalogue.ConnectionLost);
        }
        else
        {
            // Data that cannot be inflated: the library says nothing to the peer, so the bare 1007 is ours to write.
            try
            {
                await _stream.WriteCloseAsync((int)WebSocketCloseStatus.InvalidPayloadData, string.Empty);
            }
            catch (Exception gone) when (FrameStream.IsGone(gone))
            {
                _stream.InboundFailed = true;
            }

            Fault(EndingCatalogue.InvalidPayload, null, "bad compressed data");
        }
    }

    /// <summary>
    /// Reads on, past the library, until the peer's close frame or its end of stream. TCP closed with unread input would be
    /// reset, and the reset would overtake our close frame. Whoever closes sets the bound, by cutting the connection.
    /// </summary>
    private async Task DrainAsync()
    {
        // A handler that outlived its session comes back to a stream that is not ours any more.
        if (IsInputOver || _phase == Phase.Over) return;
        var flooded = _stream.ControlFlood;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            while (!IsInputOver)
            {
                try
                {
                    _ = await _stream.ReadAsync(buffer, CancellationToken.None);
                }
                catch (IOException) when (_stream.ControlFlood && !flooded)
                {
                    // Said once, when too many pings come: the connection works, and our close frame is still to be read.
                    flooded = true;
                }
            }
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            _stream.InboundFailed = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsInputOver => _stream.Inbound.CloseSeen || _stream.InboundEnded || _stream.InboundFailed;
}
