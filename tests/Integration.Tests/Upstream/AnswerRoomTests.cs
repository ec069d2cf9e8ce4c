using ActorSockets.AspNetCore.Upstream;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Stress;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Upstream;

/// <summary>Long answers share a bounded room, in which one that says nothing of its length takes as much as it might need.</summary>
public sealed class AnswerRoomTests
{
    private static readonly string Long = new('x', 100_000);
    private readonly AnswerRoom _room = new(UpstreamHttp.MaxAnswerBytes);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_long_answer_waits_for_room_and_a_short_one_does_not()
    {
        await using var upstream = await StartAsync();
        await using var gateway = await GatewayAsync(upstream);
        using var first = await gateway.ConnectAsAsync("ann", "chat");
        using var second = await gateway.ConnectAsAsync("bob", "chat");
        using var third = await gateway.ConnectAsAsync("eve", "chat");

        await first.SendTextAsync("without length");
        await Eventually.TrueAsync(() => _room.Free == 0, "the first one has all the room");
        await second.SendTextAsync("long");
        await Eventually.TrueAsync(() => _room.Waiting == 1, "the second one waits");
        await third.SendTextAsync("short");
        Assert.Equal("short", (await third.ReadPastPingsAsync())!.Text);
        Assert.Equal((0, 1), (_room.Free, _room.Waiting));

        _release.SetResult();
        Assert.Equal(Long, (await first.ReadPastPingsAsync())!.Text);
        Assert.Equal(Long, (await second.ReadPastPingsAsync())!.Text);
        await Eventually.TrueAsync(() => _room.Free == UpstreamHttp.MaxAnswerBytes, "the room is free again");
    }

    [Fact]
    public async Task One_that_finds_no_room_in_its_time_has_failed_in_a_way_of_its_own_and_is_not_tried_again()
    {
        await using var upstream = await StartAsync();
        using var http = new UpstreamHttp(new SocketsHttpHandler(), _room);
        using var enough = new CancellationTokenSource();
        using var taken = await _room.TakeAsync(UpstreamHttp.MaxAnswerBytes, default);
        var request = new HttpRequestMessage(HttpMethod.Post, upstream.Url) { Content = new StringContent("long") };
        request.Headers.Add("ce-eventName", "message");

        var sending = http.SendAsync(request, new AnswerInterest(WantsBody: true, ErrorBytes: 0), enough.Token);
        await Eventually.TrueAsync(() => _room.Waiting == 1, "it waits");
        await enough.CancelAsync();

        var fault = await Assert.ThrowsAsync<UpstreamFaultException>(() => sending);
        Assert.Equal((UpstreamOutcome.NoRoom, false), (fault.Outcome, fault.Passing));
        Assert.Equal(0, _room.Waiting);
    }

    [Fact]
    public async Task An_answer_that_nobody_looks_at_takes_no_room()
    {
        await using var upstream = await StartAsync();
        upstream.Answer = (heard, context) => heard.Event is "connected" or "disconnected" ? context.BodyAsync(Long, "text/plain") : Task.CompletedTask;
        await using var gateway = await GatewayAsync(upstream);
        using var taken = await _room.TakeAsync(UpstreamHttp.MaxAnswerBytes, default);
        var client = await gateway.ConnectAsAsync("ann", "chat");
        await upstream.NextAsync("connect");
        await upstream.NextAsync("connected");
        await client.LeaveAsync();
        await upstream.NextAsync("disconnected");
        await Eventually.TrueAsync(
            async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_upstream_duration_seconds_count", "event=\"disconnected\",outcome=\"ok\"") == 1, "it was told");
        Assert.Equal(0, _room.Waiting);
    }

    private async Task<UpstreamDouble> StartAsync()
    {
        var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = async (heard, context) =>
        {
            if (heard.Event != "message") return;
            context.Response.ContentType = "text/plain";
            if (heard.Body == "short")
            {
                await context.Response.WriteAsync(heard.Body);
                return;
            }

            if (heard.Body == "long") context.Response.ContentLength = Long.Length;
            await context.Response.WriteAsync(Long);
            if (heard.Body == "without length")
            {
                await context.Response.Body.FlushAsync();
                await _release.Task;
            }
        };
        return upstream;
    }

    private Task<GatewayHost> GatewayAsync(UpstreamDouble upstream, params (string Key, string Value)[] settings) => GatewayHost.StartAsync(
        null,
        services => services.AddSingleton(_ => new UpstreamHttp(new SocketsHttpHandler(), _room)),
        [.. upstream.Settings, .. settings]);
}
