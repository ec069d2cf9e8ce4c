using System.Threading.Channels;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Library;

/// <summary>What an application's hub was told, and what it should do.</summary>
internal sealed class Script
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Channel<(HubConnection Connection, string What)> _told = Channel.CreateUnbounded<(HubConnection, string)>();

    public Func<ConnectRequest, ValueTask<ConnectDecision>> Connect { get; set; } = _ => new(ConnectDecision.Accept());

    public Func<HubConnection, ValueTask> Opened { get; set; } = _ => ValueTask.CompletedTask;

    public Func<HubConnection, HubMessage, CancellationToken, ValueTask> Message { get; set; } = (_, _, _) => ValueTask.CompletedTask;

    public Func<HubConnection, Ending, ValueTask> Disconnected { get; set; } = (_, _) => ValueTask.CompletedTask;

    public Channel<DrainAnnouncement> Announcements { get; } = Channel.CreateUnbounded<DrainAnnouncement>();

    public void Tell(HubConnection connection, string what) => _told.Writer.TryWrite((connection, what));

    public async Task<(HubConnection Connection, string What)> NextAsync() => await _told.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<HubConnection> NextAsync(string what)
    {
        var next = await NextAsync();
        Assert.Equal(what, next.What);
        return next.Connection;
    }

    public bool HasMore => _told.Reader.TryPeek(out _);

    /// <summary>A gateway with this hub as <c>app</c>.</summary>
    public Task<GatewayHost> StartAsync(params (string, string)[] settings) => GatewayHost.StartAsync(
        new GatewaySetup { Hubs = hubs => hubs.AddHub<TestHub>("app"), Services = services => services.AddSingleton(this) },
        [("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:app:Handler", "in-process"), ("Hubs:app:Anonymous", "true"), .. settings]);
}

internal sealed class TestHub(Script script) : HubHandler, IConnectHandler
{
    public ValueTask<ConnectDecision> OnConnectAsync(ConnectRequest request, CancellationToken cancellation) => script.Connect(request);

    public override ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation)
    {
        script.Tell(connection, "opened");
        return script.Opened(connection);
    }

    public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) =>
        script.Message(connection, message, cancellation);

    public override ValueTask OnSessionWarningAsync(HubConnection connection, DateTimeOffset endsAt, CancellationToken cancellation)
    {
        script.Tell(connection, "warning");
        return ValueTask.CompletedTask;
    }

    public override ValueTask OnDrainAnnouncedAsync(DrainAnnouncement announcement, CancellationToken cancellation) => script.Announcements.Writer.WriteAsync(announcement, cancellation);

    public override ValueTask OnDisconnectedAsync(HubConnection connection, Ending ending, CancellationToken cancellation)
    {
        script.Tell(connection, ending.Id);
        return script.Disconnected(connection, ending);
    }
}
