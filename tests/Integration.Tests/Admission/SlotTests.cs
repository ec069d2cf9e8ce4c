using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>A slot is held from the decision to the end, and never longer, whatever becomes of the client or of the application.</summary>
public sealed class SlotTests
{
    private const string Gated = "/client/hubs/gated";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_client_that_vanishes_while_the_application_decides_gives_its_slot_back()
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var client = await BeginAsync(gateway);
        var call = await gate.NextAsync();
        await gateway.UntilConnectionsAsync(1);

        client.Reset();

        await gateway.UntilConnectionsAsync(0);
        Assert.True(call.Cancellation.IsCancellationRequested);
        Assert.Equal(0, gate.Disconnected);
    }

    [Fact]
    public async Task A_client_that_is_let_in_after_it_vanished_gives_its_slot_back()
    {
        var gate = new Gate { Stubborn = true };
        await using var gateway = await StartAsync(gate);
        for (var i = 0; i < 20; i++)
        {
            var client = await BeginAsync(gateway);
            var call = await gate.NextAsync();

            // Both at once: now and then the decision wins, now and then the client's reset.
            await Task.WhenAll(Task.Run(client.Reset), Task.Run(() => call.Answer.SetResult(ConnectDecision.Accept())));
        }

        await gateway.UntilConnectionsAsync(0);
        await Eventually.TrueAsync(() => gate.Opened == gate.Disconnected, "every opened session has ended");
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/endings"))["total"]! == gate.Opened, "the history has them all");
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(418)]
    [InlineData(499)]
    public async Task An_application_refuses_with_its_own_status(int status)
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var answer = Knock.UpgradeAsync(gateway.PublicEndPoint, Gated);
        (await gate.NextAsync()).Answer.SetResult(ConnectDecision.Refuse(status, "Not today."));

        Expect.Refused(await answer, status, "upstream");
        Assert.Equal("Not today.", (string?)(await answer).Problem["detail"]);
        await gateway.UntilConnectionsAsync(0);
    }

    [Fact]
    public async Task An_application_that_throws_is_500_and_its_secrets_stay_here()
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var answer = Knock.UpgradeAsync(gateway.PublicEndPoint, Gated);
        (await gate.NextAsync()).Answer.SetException(new InvalidOperationException("password of the database"));

        Expect.Refused(await answer, 500, "upstream");
        Assert.DoesNotContain("password", (await answer).Body, StringComparison.Ordinal);
        Assert.Single(gateway.Log.Lines, l => l.Event.Id == 2001 && l.Level == LogLevel.Error);
        await gateway.UntilConnectionsAsync(0);
    }

    [Fact]
    public async Task An_application_that_does_not_decide_in_time_is_503()
    {
        var gate = new Gate { Stubborn = true };
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await StartAsync(gate, s => s.AddSingleton<TimeProvider>(clock));
        var answer = Knock.UpgradeAsync(gateway.PublicEndPoint, Gated);
        await gate.NextAsync();

        clock.Advance(UpgradePipeline.AnswerWithin - TimeSpan.FromSeconds(1));
        await gateway.UntilConnectionsAsync(1);
        Assert.False(answer.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Expect.Refused(await answer, 503, "handshake-timeout");
        await gateway.UntilConnectionsAsync(0);
    }

    [Theory]
    [InlineData("chosen", "news", 101)]
    [InlineData("not offered", "stocks", 500)]
    public async Task An_application_chooses_among_what_is_offered(string what, string subprotocol, int status)
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var answer = Knock.UpgradeAsync(gateway.PublicEndPoint, Gated, "Sec-WebSocket-Protocol: chat, news");
        (await gate.NextAsync()).Answer.SetResult(ConnectDecision.Accept(subprotocol: subprotocol));

        if (status == 101) Assert.Equal((101, "news"), ((await answer).Status, (await answer)["Sec-WebSocket-Protocol"]));
        else Expect.Refused(await answer, 500, "upstream");
        Assert.NotEmpty(what);
        await gateway.UntilConnectionsAsync(0);
    }

    [Fact]
    public async Task A_limit_that_the_application_s_user_hits_gives_the_slot_back()
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate, null, ("Limits:MaxConnectionsPerUser", "1"));
        var first = RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, Gated);
        (await gate.NextAsync()).Answer.SetResult(ConnectDecision.Accept("ann"));
        using var inside = await first;
        var second = Knock.UpgradeAsync(gateway.PublicEndPoint, Gated);
        (await gate.NextAsync()).Answer.SetResult(ConnectDecision.Accept("ann"));

        Expect.Refused(await second, 429, "user-limit");
        await gateway.UntilConnectionsAsync(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upgrade_that_fails_gives_its_slot_back(bool throws)
    {
        await using var gateway = await GatewayHost.StartAsync(null, s => s.AddSingleton<IStartupFilter>(new BrokenUpgrade(throws)), ("Upgrade:Lean", "false"));

        for (var i = 0; i < 3; i++)
        {
            var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo");
            Assert.Equal(throws ? 500 : 400, answer.Status);
        }

        await gateway.UntilConnectionsAsync(0);
        Assert.Equal(0, (int)(await gateway.GetAsync("/admin/v1/endings"))["total"]!);
    }

    [Fact]
    public async Task Five_hundred_at_once_that_are_reset_leave_nothing_behind()
    {
        await using var gateway = await GatewayHost.StartAsync(("Limits:MaxConnections", "400"), ("Limits:WhenFull", "CloseOldest"));
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
            await client.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(
                $"GET /client/hubs/echo HTTP/1.1\r\nHost: {gateway.PublicEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            if (i % 3 == 0) await client.ReadSomeAsync(new byte[1]);
            client.Reset();
        });

        await gateway.UntilConnectionsAsync(0);
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/nodes/self"))["closing"]! == 0, "nobody is closing");
        await gateway.UntilListedAsync(0);
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Level is LogLevel.Error or LogLevel.Critical);
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync();
    }

    private static Task<GatewayHost> StartAsync(Gate gate, Action<IServiceCollection>? services = null, params (string, string)[] settings) => GatewayHost.StartAsync(
        new GatewaySetup
        {
            Hubs = hubs => hubs.AddHub<GatedHub>("gated"),
            Services = s =>
            {
                s.AddSingleton(gate);
                services?.Invoke(s);
            },
        },
        [("Hubs:gated:Handler", "in-process"), ("Hubs:gated:Anonymous", "true"), .. settings]);

    private static async Task<RawWebSocketClient> BeginAsync(GatewayHost gateway)
    {
        var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        await client.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {Gated} HTTP/1.1\r\nHost: {gateway.PublicEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        return client;
    }

    /// <summary>Where connects wait until a test decides.</summary>
    private sealed class Gate
    {
        private readonly System.Threading.Channels.Channel<Call> _calls = System.Threading.Channels.Channel.CreateUnbounded<Call>();
        private int _opened;
        private int _disconnected;

        /// <summary>An application that does not look at its cancellation.</summary>
        public bool Stubborn { get; init; }

        public int Opened => _opened;

        public int Disconnected => _disconnected;

        public async Task<Call> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public async ValueTask<ConnectDecision> AskAsync(CancellationToken cancellation)
        {
            var call = new Call(new(TaskCreationOptions.RunContinuationsAsynchronously), cancellation);
            _calls.Writer.TryWrite(call);
            return Stubborn ? await call.Answer.Task : await call.Answer.Task.WaitAsync(cancellation);
        }

        public void Open() => Interlocked.Increment(ref _opened);

        public void Disconnect() => Interlocked.Increment(ref _disconnected);

        public sealed record Call(TaskCompletionSource<ConnectDecision> Answer, CancellationToken Cancellation);
    }

    private sealed class GatedHub(Gate gate) : HubHandler, IConnectHandler
    {
        public ValueTask<ConnectDecision> OnConnectAsync(ConnectRequest request, CancellationToken cancellation) => gate.AskAsync(cancellation);

        public override ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation)
        {
            gate.Open();
            return ValueTask.CompletedTask;
        }

        public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask OnDisconnectedAsync(HubConnection connection, Actors.Endings.Ending ending, CancellationToken cancellation)
        {
            gate.Disconnect();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A server whose upgrade fails, or that has none to offer.</summary>
    private sealed class BrokenUpgrade(bool throws) : IStartupFilter, IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => throws;

        public Task<Stream> UpgradeAsync() => throw new IOException("broken");

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Features.Set<IHttpUpgradeFeature>(this);
                return rest(context);
            });
            next(app);
        };
    }
}
