using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Integration.Tests.Clients.ClientScene;
using static ActorSockets.Integration.Tests.Clients.ReliableScene;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>Two gateways with the same key: a session goes from one to the other as bytes.</summary>
public sealed class MovedSessionTests
{
    [Fact]
    public async Task A_client_recovers_on_another_node_and_has_lost_nothing()
    {
        await using var here = await StartAsync();
        await using var there = await StartAsync();
        var (ann, id, token) = await here.EnterReliableAsync("ann", "room");
        var (bob, _) = await here.EnterJsonAsync("bob");
        var (bobThere, _) = await there.EnterJsonAsync("bob");
        await here.ListedAsync(2);
        await ann.SaysAsync("""{"type":"joinGroup","group":"own","ackId":9}""", Ack(9));
        await bob.SaysNumberAsync(1);
        await bob.SaysNumberAsync(2);
        await ann.NextAsync();
        await ann.SendTextAsync("""{"type":"sequenceAck","sequenceId":1}""");
        Assert.Equal(Said(2, 2), await ann.NextAsync());
        await ann.HeardNothingAsync();

        var state = await here.Services.GetRequiredService<SessionAdoption>().SurrenderAsync(new ConnectionId(id));
        Assert.Equal(1012, (await ann.ReadPastPingsAsync())!.CloseCode);
        Assert.True(await there.Services.GetRequiredService<SessionAdoption>().AdoptAsync(SessionState.FromBytes(state!.ToBytes())));
        await (await here.KnockAsync(id, token)).BeginsAnewAsync();
        Assert.Equal((1, 2), (await here.ConnectionsAsync(), await there.ConnectionsAsync()));

        await bobThere.SaysNumberAsync(3);
        var (again, _) = await there.RecoverAsync(id, token, "ann");
        Assert.Equal((Said(2, 2), Said(3, 3)), (await again.NextAsync(), await again.NextAsync()));
        await again.SaysAsync("""{"type":"joinGroup","group":"own","ackId":9}""", Nack(9, "Duplicate", "Message with ack-id: 9 has been processed."));
        await again.SaysAsync("""{"type":"sendToGroup","group":"own","data":4,"ackId":10}""", """{"sequenceId":4,"type":"message","from":"group","group":"own","fromUserId":"ann","dataType":"json","data":4}""", Ack(10));
        await again.LeaveAsync();
        Assert.Equal("client-closed", (string)(await there.EndingAsync($"connection={id}"))["ending"]!);
        Assert.False(await there.Services.GetRequiredService<SessionAdoption>().AdoptAsync(state with { Hub = "nowhere" }));
    }
}
