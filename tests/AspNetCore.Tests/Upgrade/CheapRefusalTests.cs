using System.Net;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Tests.Configuration;
using ActorSockets.AspNetCore.Upgrade;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

/// <summary>Refusals that cost neither a signature check nor a question: whoever does either meets a null here.</summary>
public sealed class CheapRefusalTests : IAsyncLifetime
{
    private static readonly LoadResult Loaded = TestConfiguration.Load(("Hubs:chat:Handler", "echo"), ("AccessKeys:0", TestConfiguration.SomeKey), ("Security:DenyIps:0", "198.51.100.0/24"));
    private static readonly FakeTimeProvider Time = new();
    private readonly ActorSystem _system = ActorSystem.Create("cheap", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly Live<NodeCondition> _condition = new(NodeCondition.Serving);

    [Fact]
    public async Task A_draining_node_looks_at_no_token()
    {
        _condition.Publish(NodeCondition.Serving with { Accepting = false });
        Assert.Equal("draining", await RefusalAsync());
    }

    [Fact]
    public async Task An_overloaded_node_looks_at_no_token()
    {
        _condition.Publish(NodeCondition.Serving with { UnderPressure = true });
        Assert.Equal("overloaded", await RefusalAsync());
    }

    [Fact]
    public async Task A_denied_address_shows_no_token() => Assert.Equal("ip", await RefusalAsync("198.51.100.7"));

    [Fact]
    public async Task A_banned_address_shows_no_token()
    {
        var ban = new Ban(BanSubject.Of(IPNetwork.Parse("203.0.113.0/24")), Time.GetUtcNow() + TimeSpan.FromHours(1), null);
        _condition.Publish(NodeCondition.Serving with { Guard = GuardSnapshot.Empty.With(ban) });
        Assert.Equal("banned", await RefusalAsync("203.0.113.9"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    private async Task<string> RefusalAsync(string peer = "127.0.0.1")
    {
        var pipeline = new UpgradePipeline(
            new Live<ActorSocketsOptions>(Loaded.Options), new Live<NodeSettings>(Loaded.Settings), _condition, new NodeActors(_system, null!), new NodeName(Time),
            tokens: null!, adminOrigins: null!, sessions: null!, recovery: null!, connectHandlers: null!, Time, NullLogger<UpgradePipeline>.Instance);
        var request = Head.Handshake(("Authorization", "Bearer no.token.atall")) with { RemoteAddress = IPAddress.Parse(peer) };
        return Assert.IsType<UpgradeDecision.Refused>(await pipeline.DecideAsync(request, loopbackListener: true, CancellationToken.None)).Refusal.Id;
    }
}
