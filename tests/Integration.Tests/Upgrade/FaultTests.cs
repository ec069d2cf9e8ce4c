using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Library;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.Integration.Tests.Upgrade;

/// <summary>What becomes of slot and connection when our own code fails in the middle of an upgrade.</summary>
public sealed class FaultTests
{
    /// <summary>Long before the supervisor would take the slot back by itself.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("echo")]
    [InlineData("app")]
    public async Task A_fault_after_the_admission_gives_the_slot_back(string hub)
    {
        await using var gateway = await new Script().StartAsync(("Hubs:echo:Compression", "true"));
        var request = new UpgradeRequest
        {
            Method = "GET",
            HttpVersion = "1.1",
            RawTarget = "/client/hubs/" + hub,
            Headers = new Faulty(),
            RemoteAddress = IPAddress.Loopback,
            IsTls = false,
            Host = "x",
        };

        await Assert.ThrowsAsync<InvalidTimeZoneException>(
            async () => await gateway.Services.GetRequiredService<UpgradePipeline>().DecideAsync(request, true, CancellationToken.None));

        await Eventually.TrueAsync(async () => await gateway.ConnectionsAsync() == 0, "the slot is free", Soon);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("soft")]
    public async Task A_fault_once_the_switch_is_written_cuts_and_says_nothing_more(string hub)
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("Upgrade:Lean", "true"), ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:soft:Handler", "echo"), ("Hubs:soft:RefuseByClose", "true"));
        var (input, output) = (new Pipe(), new Unflushed());
        await using var connection = new DefaultConnectionContext { Transport = new Ends(input.Reader, output), LocalEndPoint = gateway.PublicEndPoint, RemoteEndPoint = gateway.PublicEndPoint };
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watch = connection.ConnectionClosed.Register(() => aborted.TrySetResult());
        await input.Writer.WriteAsync(Encoding.ASCII.GetBytes($"GET /client/hubs/{hub} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));

        var rest = await gateway.Services.GetRequiredService<IBeforeHttp>().MeetAsync(connection, new ListenerFeature(ListenerKind.Public, "Public", null), new KestrelServerLimits());

        Assert.True(rest?.IsCompletedSuccessfully);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var said = Encoding.ASCII.GetString(output.Written.WrittenSpan);
        Assert.StartsWith("HTTP/1.1 101 ", said, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain(" 500 ", said, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await gateway.ConnectionsAsync() == 0, "the slot is free", Soon);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Takes bytes and fails to send them, in a way that no connection fails.</summary>
    private sealed class Unflushed : PipeWriter
    {
        public ArrayBufferWriter<byte> Written { get; } = new();

        public override void Advance(int bytes) => Written.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => Written.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => Written.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new InvalidTimeZoneException();

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }

    /// <summary>Fails where only somebody asks who has a slot already: for the answer's head, or for the application.</summary>
    private sealed class Faulty : IUpgradeHeaders
    {
        public StringValues this[string name] => name switch
        {
            "Host" => "x",
            "Connection" => "Upgrade",
            "Upgrade" => "websocket",
            "Sec-WebSocket-Version" => "13",
            "Sec-WebSocket-Key" => "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Extensions" => throw new InvalidTimeZoneException(),
            _ => StringValues.Empty,
        };

        public IReadOnlyDictionary<string, string[]> WithoutSecrets() => throw new InvalidTimeZoneException();
    }
}
