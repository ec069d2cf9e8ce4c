using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>Streams to clients that acknowledge at once, over wires that are cut again and again.</summary>
public sealed class ReliableStreamTests(ITestOutputHelper output)
{
    private const int Streams = 100;
    private const int Messages = 600;
    private const int CutsPerStream = 8;
    private const int LongestBudget = 20_000;

    /// <summary>Enough for the upgrade and the greeting: whoever has no token yet has nothing to recover.</summary>
    private const int FirstBudget = 3_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_hundred_streams_lose_nothing_double_nothing_and_keep_their_order_when_their_sockets_are_cut()
    {
        var seed = Environment.GetEnvironmentVariable("ACTORSOCKETS_TEST_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"seed {seed}");

        // A slow machine may be late, but not overrun.
        await using var gateway = await ClientScene.StartAsync(("Sessions:BufferMessages", "100000"), ("Sessions:Retention", "00:10:00"));
        var dice = new Random(seed);
        var cut = 0;
        await using var proxy = new CuttingProxy(gateway.PublicEndPoint, Budget).Start();
        using var patience = new CancellationTokenSource(Patience);
        var clients = Enumerable.Range(0, Streams).Select(i => new FastClient(proxy, $"u{i}")).ToList();
        var first = clients.ConvertAll(client => client.ConnectAsync(patience.Token));
        await Task.WhenAll(first);
        var reading = clients.ConvertAll(client => client.ReadAsync(Messages, patience.Token));

        var sender = gateway.Services.GetRequiredService<IHubSender>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var n = 1; n <= Messages; n++)
        {
            Assert.Equal(Streams, (await sender.SendToGroupAsync("chat", "room", OutboundMessage.Text(n.ToString(CultureInfo.InvariantCulture)))).Queued);
            await pace.WaitForNextTickAsync(patience.Token);
        }

        await Task.WhenAll(reading);
        output.WriteLine($"{proxy.Cuts} cuts, {clients.Sum(c => c.Sockets)} sockets, {clients.Sum(c => c.Repeated)} messages came again");
        Assert.All(clients, client => Assert.Null(client.Fault is { } fault ? $"seed {seed}, {client.User}: {fault}" : null));
        Assert.True(proxy.Cuts >= Streams, $"seed {seed}: only {proxy.Cuts} cuts");
        Assert.Equal(Streams, await gateway.ConnectionsAsync());
        foreach (var client in clients) client.Dispose();

        long? Budget()
        {
            lock (dice) return cut++ switch
            {
                < Streams => FirstBudget + dice.Next(LongestBudget),
                < Streams * CutsPerStream => dice.Next(LongestBudget),
                _ => null,
            };
        }
    }

    /// <summary>Acknowledges every message when it comes, and takes its session up again wherever it was cut.</summary>
    private sealed class FastClient(CuttingProxy proxy, string user) : IDisposable
    {
        private ClientWebSocket _socket = new();
        private string? _id;
        private string _token = "";
        private long _last;
        private long _here;

        public string User => user;

        public string? Fault { get; private set; }

        public int Sockets { get; private set; }

        public int Repeated { get; private set; }

        public void Dispose() => _socket.Dispose();

        public async Task ConnectAsync(CancellationToken cancellation)
        {
            var token = new ClientTokenIssuer(GatewayCalls.AccessKey, TimeProvider.System).Issue($"http://{proxy.EndPoint}", "chat", user, TimeSpan.FromHours(1), groups: ["room"]);
            await OpenAsync($"access_token={token}", cancellation);
            await TakeAsync(cancellation);
        }

        public async Task ReadAsync(int messages, CancellationToken cancellation)
        {
            while (_last < messages && Fault is null)
            {
                try
                {
                    if (_socket.State == WebSocketState.Open) await TakeAsync(cancellation);
                    else await OpenAsync($"awps_connection_id={_id}&awps_reconnection_token={_token}", cancellation);
                }
                catch (WebSocketException)
                {
                    _socket.Dispose();
                }
            }
        }

        private async Task OpenAsync(string query, CancellationToken cancellation)
        {
            _socket = new ClientWebSocket();
            _socket.Options.KeepAliveInterval = TimeSpan.Zero;
            _socket.Options.AddSubProtocol(Compat.ReliableJson);
            _here = 0;
            Sockets++;
            await _socket.ConnectAsync(new Uri($"ws://{proxy.EndPoint}/client/hubs/chat?{query}"), cancellation);
        }

        private async Task TakeAsync(CancellationToken cancellation)
        {
            var buffer = new byte[4096];
            var frame = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                Fault = $"closed with {_socket.CloseStatus} {_socket.CloseStatusDescription} after {_last}";
                return;
            }

            using var json = JsonDocument.Parse(buffer.AsMemory(0, frame.Count));
            var said = json.RootElement;
            if (said.GetProperty("type").GetString() == "system") Greeted(said);
            else await HeardAsync(said, cancellation);
        }

        private void Greeted(JsonElement greeting)
        {
            var id = greeting.GetProperty("connectionId").GetString();
            if (_id is not null && id != _id) Fault = $"another session after {_last}";
            _id = id;
            _token = greeting.GetProperty("reconnectionToken").GetString()!;
        }

        private async Task HeardAsync(JsonElement message, CancellationToken cancellation)
        {
            var id = message.GetProperty("sequenceId").GetInt64();
            if (message.GetProperty("data").GetString() != id.ToString(CultureInfo.InvariantCulture)) Fault = $"{id} is not {message}";
            if (_here != 0 ? id != _here + 1 : id > _last + 1) Fault = $"{id} came after {_here} on this socket and {_last} in all";
            _here = id;
            if (id <= _last) Repeated++;
            else _last = id;
            await _socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":"sequenceAck","sequenceId":{{id}}}"""), WebSocketMessageType.Text, true, cancellation);
        }
    }
}
