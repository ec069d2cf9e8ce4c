using System.Globalization;
using System.Net.WebSockets;
using System.Text.RegularExpressions;

namespace Visitors;

/// <summary>One client: it stays until it is sent away or cut off, and comes back. It does so after a ban too, which a client of an application should not.</summary>
internal sealed partial class Visitor(int number, Doors doors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Attempts in a row that came to nothing.
    private int _failures;

    internal async Task StayAsync(CancellationToken stop)
    {
        int? sentAway = null;
        try
        {
            while (true)
            {
                var (door, address) = doors.Choose(sentAway);
                sentAway = door;
                TimeSpan back;
                try
                {
                    back = await VisitAsync(address, stop);
                }
                finally
                {
                    doors.Leave(door);
                }

                await Task.Delay(back, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl+C.
        }
    }

    /// <summary>How long to wait before the next one.</summary>
    private async Task<TimeSpan> VisitAsync(string address, CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        try
        {
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(stop))
            {
                patience.CancelAfter(Patience);
                await socket.ConnectAsync(new Uri(address), patience.Token);
            }

            _failures = 0;

            var buffer = new byte[1024];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), stop)).MessageType != WebSocketMessageType.Close)
            {
                // An echo says nothing by itself.
            }

            Say(address, $"closed with {(int?)socket.CloseStatus} {socket.CloseStatusDescription}");
            await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, stop);
            return Slot().Match(socket.CloseStatusDescription ?? "") is { Success: true } slot
                ? TimeSpan.FromMilliseconds(int.Parse(slot.Groups[1].Value, CultureInfo.InvariantCulture))
                : BackOff();
        }
        catch (Exception lost) when (lost is WebSocketException or IOException)
        {
            if (_failures == 0) Say(address, lost.InnerException?.Message ?? lost.Message);
            return BackOff();
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (_failures == 0) Say(address, "no answer");
            return BackOff();
        }
    }

    private void Say(string address, string what) => Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss}Z  visitor {number} at {new Uri(address).Authority}: {what}");

    /// <summary>Longer each time, and never the same for all.</summary>
    private TimeSpan BackOff()
    {
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(_failures++, 10)) * 0.5);
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + Random.Shared.NextDouble());
    }

    [GeneratedRegex("retry-after-ms=([0-9]{1,8})$")]
    private static partial Regex Slot();
}
