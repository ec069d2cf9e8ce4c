using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Upstream;

public sealed class AdoptedStateTests
{
    /// <summary>The node that it is lost with may be this one.</summary>
    [Fact]
    public async Task What_an_upstream_keeps_for_a_session_that_comes_from_another_node_is_told_to_the_witness()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var gateway = await upstream.GatewayAsync();
        var system = gateway.Actors().System;
        using var inbox = Inbox.Create(system);
        system.EventStream.Subscribe(inbox.Receiver, typeof(LifecycleEvents.StateKept));
        var id = ConnectionId.New("elsewhere");

        var state = new SessionState
        {
            Id = id.Value,
            Node = "elsewhere",
            Hub = "chat",
            UserId = "ann",
            Address = "127.0.0.1",
            IsAddressShared = false,
            Subprotocol = Compat.ReliableJson,
            ConnectedAt = DateTimeOffset.UtcNow,
            Token = null,
            AuthorizedUntil = null,
            Groups = [],
            Roles = [],
            SingleRights = [],
            HandlerState = """{"State":"kept","LastId":3}""",
            Acks = [],
            NextSequenceId = 1,
            Frames = [],
        };
        await gateway.Services.GetRequiredService<SessionAdoption>().AdoptAsync(state, isWanted: false);

        Assert.Equal(new LifecycleEvents.StateKept(id, "kept"), await inbox.ReceiveAsync(TimeSpan.FromSeconds(20)));
    }
}
