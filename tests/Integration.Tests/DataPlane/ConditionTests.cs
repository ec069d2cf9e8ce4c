using System.Globalization;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.DataPlane;

/// <summary>What a node answers that is not to be disturbed; always before any work, so that whoever repeats repeats nothing.</summary>
public sealed class ConditionTests : DataPlaneScene
{
    private Live<NodeCondition> Condition => Gateway.Services.GetRequiredService<Live<NodeCondition>>();

    [Fact]
    public async Task A_draining_node_sends_callers_away_for_a_moment()
    {
        Condition.Publish(Condition.Current with { Accepting = false });
        ExpectLater(await Caller.PostTextAsync("chat/:send", "hi"), 503, "Error.Draining");
        Assert.Equal(503, (await Caller.AskAsync("POST", "chat/:send", token: "")).Status);
        Assert.Equal(404, (await Caller.AskAsync("POST", "nobody/:send", token: "")).Status);
    }

    [Fact]
    public async Task An_overloaded_node_does_so_too()
    {
        Condition.Publish(Condition.Current with { UnderPressure = true });
        ExpectLater(await Caller.AskAsync("HEAD", "chat/users/ann"), 429, "Error.TooManyRequests");
        Condition.Publish(Condition.Current with { UnderPressure = false });
        await Caller.ExpectAsync(404, "HEAD", "chat/users/ann");
    }

    [Fact]
    public async Task Calls_under_way_have_a_bound_in_number_and_bytes()
    {
        var underWay = Gateway.Services.GetRequiredService<CallsUnderWay>();
        Assert.True(underWay.TryBegin(CallsUnderWay.MaxBytes - 10));
        ExpectLater(await Caller.PostTextAsync("chat/:send", "more than ten bytes"), 429, "Error.TooManyRequests");
        await Caller.ExpectAsync(404, "HEAD", "chat/users/ann");
        underWay.Ended(CallsUnderWay.MaxBytes - 10);
        for (var i = 0; i < CallsUnderWay.MaxCalls; i++) Assert.True(underWay.TryBegin(0));
        ExpectLater(await Caller.AskAsync("HEAD", "chat/users/ann"), 429, "Error.TooManyRequests");
        underWay.Ended(0);
        await Caller.ExpectAsync(404, "HEAD", "chat/users/ann");
        Assert.True(underWay.TryBegin(0));
        Assert.False(underWay.TryBegin(0));
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        await using var impatient = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:chat:Handler", "none"), ("Timers:Message", "00:00:01"));
        using var caller = new Caller(impatient);
        var knock = await Knock.SendAsync(
            impatient.PublicEndPoint,
            $"POST /api/hubs/chat/:send HTTP/1.1\r\nHost: {impatient.PublicEndPoint}\r\nContent-Length: 5\r\nAuthorization: Bearer {Caller.Sign(caller.Claims("chat/:send"))}\r\n\r\nhal");
        Assert.Equal((408, "Error.RequestTimeout"), (knock.Status, knock["x-ms-error-code"]));
    }

    [Fact]
    public async Task Without_access_keys_there_is_no_data_plane()
    {
        await using var keyless = await GatewayHost.StartAsync();
        using var caller = new Caller(keyless);
        var answer = await caller.PostTextAsync("echo/:send", "hi");
        Assert.Equal((401, "Unauthorized"), (answer.Status, answer.Code));
        Assert.Contains("AccessKeys", (string)answer.Json["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_needs_no_token()
    {
        Condition.Publish(Condition.Current with { Accepting = false });
        Assert.Equal(200, (await Knock.SendAsync(Gateway.PublicEndPoint, $"HEAD /api/health HTTP/1.1\r\nHost: {Gateway.PublicEndPoint}\r\n\r\n")).Status);
    }

    private static void ExpectLater(Caller.Answer answer, int status, string code)
    {
        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.InRange(int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 10);
    }
}
