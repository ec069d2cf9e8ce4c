using System.Globalization;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using ActorSockets.Integration.Tests.Clients;
using ActorSockets.Integration.Tests.DataPlane;
using ActorSockets.Integration.Tests.Drains;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Integration.Tests.Clients.ClientScene;

namespace ActorSockets.Integration.Tests.Cluster;

/// <summary>Three gateways, and a client whose session is with one of them at a time.</summary>
public sealed class MovedSessionTests(MovedSessionTests.Fixture fixture) : IClassFixture<MovedSessionTests.Fixture>
{
    private const int Rounds = 20;
    private const int MostEach = 300;

    private GatewayCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task A_client_whose_session_is_moved_again_and_again_gets_every_message_once_and_in_order()
    {
        var (client, id, token) = await Cluster[0].EnterReliableAsync("ann", "room", hub: "stream");
        var reader = new Reader();
        using var over = new CancellationTokenSource();
        var speaking = Cluster.Nodes.Select((node, i) => SpeakAsync(node, i, id, over.Token)).ToList();

        for (var round = 1; round <= Rounds; round++)
        {
            await reader.ReadAsync(client, atLeast: round * 5);
            var next = Cluster[(round * 2) % 3];
            if (round % 4 != 0)
            {
                // It concerns the session on the node that has it, whichever that is.
                foreach (var node in Cluster.Nodes) node.Actors().Supervisor.Tell(new SupervisorProtocol.End(new ConnectionId(id), new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
                Assert.Equal("1012 rebalance", await reader.ReadToCloseAsync(client));
            }

            // Else its client is somewhere else before anybody has noticed that it is gone.
            var (again, newer) = await ComeBackAsync(next, id, token);
            if (round % 4 == 0) client.Dispose();
            (client, token) = (again, newer);
            if (round % 3 == 0) await client.SendTextAsync($$"""{"type":"sequenceAck","sequenceId":{{reader.Last}}}""");
        }

        await over.CancelAsync();
        var said = new List<string>();
        foreach (var each in speaking) said.AddRange(await each);
        await reader.ReadAsync(client, said.Count);

        Assert.Equal(said.Order(StringComparer.Ordinal), reader.Heard.Order(StringComparer.Ordinal));
        foreach (var stream in reader.Heard.GroupBy(t => t[..t.IndexOf(':', StringComparison.Ordinal)]))
            Assert.Equal(stream.Select(Number).Order(), stream.Select(Number));
        await client.LeaveAsync();
    }

    [Fact]
    public async Task A_drained_node_moves_its_sessions_counts_them_so_and_any_node_knows_them_afterwards()
    {
        var (ann, annId, token) = await Cluster[1].EnterReliableAsync("ann", "room", hub: "drained");
        var order = DrainCalls.OfHub("drained") with { Ending = EndingCatalogue.MaintenanceDrain, Deadline = TimeSpan.FromSeconds(5), ReconnectSpread = TimeSpan.FromSeconds(1) };
        var drain = await Cluster[1].DrainAsync(order);

        var close = await ann.ReadPastPingsAsync();
        Assert.Equal(1012, close?.CloseCode);
        Assert.Contains("retry-after-ms=", close?.CloseText, StringComparison.Ordinal);
        await ann.SendCloseAsync(1012);
        var progress = (await Cluster[1].OverAsync(drain.Id)).Progress;
        Assert.Equal((1, 1), (progress.Total, progress.Moved));

        foreach (var node in Cluster.Nodes) Assert.NotEqual(GatewayCluster.IdOf(Cluster[1]), (string)(await node.GetAsync($"/admin/v1/connections/{annId}"))["node"]!);
        using var caller = new Caller(Cluster[2]);
        Assert.Equal(202, (await caller.PostTextAsync($"drained/connections/{annId}/:send", "kept for you")).Status);
        var (again, _) = await ComeBackAsync(Cluster[1], annId, token);
        Assert.Equal("kept for you", (string)JsonNode.Parse(await again.NextAsync())!["data"]!);
        await again.HeardNothingAsync();

        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await Cluster[2].Admin.DeleteAsync($"/admin/v1/connections/{annId}")).StatusCode);
        Assert.Equal(1008, (await again.ReadToCloseAsync())?.CloseCode);
        await again.SendCloseAsync(1008);
        await (await Cluster[2].KnockAsync(annId, token, "drained")).BeginsAnewAsync();
        await Eventually.TrueAsync(
            async () => (await Cluster[0].GetAsync($"/admin/v1/endings?connection={annId}"))["value"]!.AsArray().Count(e => (string?)e!["ending"] == "server-closed") == 1, "its end is recorded");
    }

    /// <summary>Whichever node is asked; 503 means soon.</summary>
    private static async Task<(RawWebSocketClient Client, string Token)> ComeBackAsync(GatewayHost node, string id, string token)
    {
        RawWebSocketClient? client = null;
        await Eventually.TrueAsync(
            async () =>
            {
                client?.Dispose();
                client = await node.KnockAsync(id, token, HubOf(token));
                Assert.True(client.Status is 101 or 503, client.Head);
                return client.Status == 101;
            },
            "the session is back");
        var (same, next) = await client!.GreetingAsync("ann");
        Assert.Equal(id, same);
        return (client!, next);
    }

    private static string HubOf(string token)
    {
        var claims = token.Split('.')[1];
        return (string)JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(claims))!["hub"]!;
    }

    /// <summary>A client of each node in the room, its application to the user, and to the connection, each in turn, each with its own numbers.</summary>
    private static async Task<List<string>> SpeakAsync(GatewayHost node, int index, string id, CancellationToken over)
    {
        using var caller = new Caller(node);
        var (bob, _) = await node.EnterJsonAsync("bob", hub: "stream");
        var said = new List<string>();
        for (var n = 1; n <= MostEach && !over.IsCancellationRequested; n++)
        {
            await bob.SaysAsync($$"""{"type":"sendToGroup","group":"room","dataType":"text","data":"client{{index}}:{{n}}","ackId":{{n}}}""", Ack(n));
            said.Add($"client{index}:{n}");
            Assert.Equal(202, (await caller.PostTextAsync("stream/users/ann/:send", $"user{index}:{n}")).Status);
            said.Add($"user{index}:{n}");
            Assert.Equal(202, (await caller.PostTextAsync($"stream/connections/{id}/:send", $"alone{index}:{n}")).Status);
            said.Add($"alone{index}:{n}");
        }

        await bob.LeaveAsync();
        return said;
    }

    private static int Number(string text) => int.Parse(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);

    /// <summary>What the client has, as its library would have it: numbered without a gap, repetitions passed over.</summary>
    private sealed class Reader
    {
        internal List<string> Heard { get; } = [];

        internal ulong Last { get; private set; }

        internal async Task ReadAsync(RawWebSocketClient client, int atLeast)
        {
            while (Heard.Count < atLeast) Take(await client.NextAsync());
        }

        internal async Task<string?> ReadToCloseAsync(RawWebSocketClient client)
        {
            while (await client.ReadPastPingsAsync() is { } frame)
            {
                if (frame.Opcode == RawWebSocketClient.Close)
                {
                    await client.SendCloseAsync(frame.CloseCode ?? 1000);
                    client.Dispose();
                    return $"{frame.CloseCode} {frame.CloseText}";
                }

                Take(frame.Text);
            }

            return null;
        }

        private void Take(string frame)
        {
            var message = JsonNode.Parse(frame)!;
            if ((string)message["type"]! != "message") return;
            var sequence = (ulong)message["sequenceId"]!;
            if (sequence <= Last) return;
            Assert.Equal(Last + 1, sequence);
            Last = sequence;
            Heard.Add((string)message["data"]!);
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal GatewayCluster Cluster { get; private set; } = null!;

        public async Task InitializeAsync() => Cluster = await GatewayCluster.StartAsync(
            3, new GatewaySetup { Services = Patient },
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:stream:Handler", "none"), ("Hubs:drained:Handler", "none"),
            ("Timers:CloseHandshake", "00:00:02"), ("Sessions:BufferMessages", "100000"));

        public async Task DisposeAsync() => await Cluster.DisposeAsync();

        /// <summary>Nobody is given up because the machine is busy.</summary>
        private static void Patient(IServiceCollection services)
        {
            var patience = TimeSpan.FromSeconds(20);
            services.AddSingleton(p => new Reach(p.GetRequiredService<Peers>()) { Patience = patience });
            services.AddSingleton(new MovePatience { ToPause = patience, ToRest = patience, ToAdopt = patience, ToHear = patience, ToArrive = 4 * patience, ToAnswer = patience });
        }
    }
}
