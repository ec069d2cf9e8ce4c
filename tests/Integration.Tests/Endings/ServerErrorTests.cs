using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class ServerErrorTests
{
    private static readonly (string, string)[] Settings =
    [
        ("Hubs:faulty:Handler", "in-process"), ("Hubs:faulty:Anonymous", "true"),
        ("Hubs:stillborn:Handler", "in-process"), ("Hubs:stillborn:Anonymous", "true"),
    ];

    [Theory]
    [InlineData("at once")]
    [InlineData("later")]
    public async Task A_handler_that_throws_ends_its_own_session_and_no_other(string when)
    {
        await using var scene = await EndingScene.StartAsync(b => b.AddHub<FaultyHub>("faulty"), null, [.. Settings[..2]]);
        using var bystander = await scene.ConnectAsync("faulty");
        using var peer = await scene.ConnectAsync("faulty");

        await peer.Socket.SendTextAsync(when);

        await peer.IsClosedAsync(1011, "server-error");
        await scene.ToldAsync(peer, "server-error", 1011, "clean");
        Assert.Equal(nameof(InvalidTimeZoneException), (string?)(await scene.Gateway.EndingAsync())["note"]);
        await bystander.EchoesAsync();
    }

    [Fact]
    public async Task A_handler_that_throws_at_the_opening_ends_the_session()
    {
        await using var scene = await EndingScene.StartAsync(b => b.AddHub<StillbornHub>("stillborn"), null, [.. Settings[2..]]);

        using var peer = new Peer(await scene.UpgradeAsync("stillborn"), "");

        Assert.Equal(101, peer.Socket.Status);
        await peer.IsClosedAsync(1011, "server-error");
        await scene.ToldAsync((await scene.OnlyEndedAsync(), new Told("server-error", 1011, "clean")));
    }

    [Fact]
    public async Task What_a_handler_throws_when_no_message_is_answered_harms_nobody()
    {
        await using var scene = await EndingScene.StartAsync(b => b.AddHub<RudeHub>("rude"), null, ("Security:ClockSkew", "00:00:00"));
        var token = scene.Token("mary", TimeSpan.FromSeconds(25), "rude");

        // It is warned at once, because its token ends within the time of the warning.
        using var peer = await scene.ConnectAsync("rude", token);
        await FailedInAsync(scene, "session warning");
        await peer.EchoesAsync();
        await peer.Socket.SendCloseAsync(4000);
        await peer.ReadsCloseAsync(4000, "");

        await FailedInAsync(scene, "disconnected");
        await scene.ToldAsync(peer, "client-closed", 4000, "clean");
        Assert.DoesNotContain(scene.Gateway.Log.Lines, l => l.Level is (LogLevel.Error or LogLevel.Critical) && l.Event.Id != EventIds.HandlerFailed);
    }

    private static Task FailedInAsync(EndingScene scene, string callback) => Eventually.TrueAsync(
        () => scene.Gateway.Log.Lines.Any(l => l.Event.Id == EventIds.HandlerFailed && l.Text.Contains(callback, StringComparison.Ordinal)), $"the log line of {callback}");

    private sealed class RudeHub : HubHandler
    {
        public override async ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) =>
            await connection.SendAsync(message.AsText(), cancellation);

        public override ValueTask OnSessionWarningAsync(HubConnection connection, DateTimeOffset endsAt, CancellationToken cancellation) =>
            throw new InvalidTimeZoneException();

        public override ValueTask OnDisconnectedAsync(HubConnection connection, Ending ending, CancellationToken cancellation) =>
            throw new InvalidTimeZoneException();
    }

    private sealed class FaultyHub : HubHandler
    {
        public override async ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation)
        {
            var text = message.AsText();
            if (text == "later") await Task.Yield();
            if (text is "later" or "at once") throw new InvalidTimeZoneException("the text of an exception is nobody's business");
            await connection.SendAsync(text, cancellation);
        }
    }

    private sealed class StillbornHub : HubHandler
    {
        public override ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation) => throw new InvalidTimeZoneException();

        public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
