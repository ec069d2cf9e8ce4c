using ActorSockets.Actors.Connections;
#if !DEBUG
using ActorSockets.Tests.Shared;
#endif

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>
/// A message costs no memory: what was taken for it is given back. All on one thread, so nobody else is counted; only the pool of
/// buffers may replace one now and then, which is far below a byte per message, and the smallest object is 24.
/// </summary>
[Collection(Alone.Name)]
public class AllocationTests
{
    private const int Warm = 2000;
    private const int Counted = 20_000;

#if !DEBUG
    // Only where the compiler optimises: in a debug build every async call allocates. CI runs it so (dotnet test -c Release).
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task An_echo_allocates_nothing(int perRead)
    {
        long messages = 0, before = 0, after = 0;
        var text = RawWebSocketClient.Frame(RawWebSocketClient.Text, new byte[64]);
        var peer = new ScriptedStream(Enumerable.Repeat(text, perRead).SelectMany(frame => frame).ToArray())
        {
            Writes = null,
            Times = (Warm + Counted + 1) / perRead + 1,
        };
        await using var harness = TransportHarness.Over(new Setup
        {
            Sink = (transport, payload, isText, cancellation) =>
            {
                if (++messages == Warm) before = GC.GetAllocatedBytesForCurrentThread();
                if (messages == Warm + Counted) after = GC.GetAllocatedBytesForCurrentThread();
                var sent = transport.SendAsync(payload, isText, cancellation);
                return sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : new(sent.AsTask());
            },
        }, peer);

        Assert.InRange(messages, Warm + Counted, long.MaxValue);
        Assert.InRange(after - before, 0, Counted);
    }
#endif

    [Fact]
    public async Task A_message_to_many_allocates_nothing_for_each()
    {
        await using var harness = TransportHarness.Over(new Setup(), new ScriptedStream { Writes = null });
        var message = OutboundMessage.Text(new string('x', 64));
        for (var i = 0; i < Warm; i++) harness.Transport.TrySend(message);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Counted; i++) harness.Transport.TrySend(message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Counted);
        Assert.Equal(Warm + Counted, harness.Transport.Activity.MessagesOut);
    }
}
