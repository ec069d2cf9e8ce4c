using CsCheck;
using static ActorSockets.AspNetCore.Tests.Configuration.TestConfiguration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

public sealed class HubLayeringTests
{
    [Fact]
    public void A_hub_has_the_values_of_the_node_with_its_own_laid_over_them()
    {
        var settings = Load(
            ("Limits:MaxConnections", "500"), ("Limits:MaxMessageBytes", "1000"), ("Limits:OutboundMessages", "5"), ("Timers:Idle", "00:05:00"),
            ("Hubs:Chat:Handler", "in-process"), ("Hubs:Chat:Anonymous", "true"), ("Hubs:Chat:Limits:MaxMessageBytes", "10"), ("Hubs:Chat:Timers:Idle", "00:01:00"),
            ("Hubs:echo:Handler", "echo"), ("Hubs:echo:Anonymous", "true")).OrThrow().Settings;

        var chat = settings.Hub("chat");
        Assert.Equal((10, 5, 500, 0), (chat.Limits.MaxMessageBytes, chat.Limits.OutboundMessages, chat.Limits.MaxConnections, chat.HubMaxConnections));
        Assert.Equal(TimeSpan.FromMinutes(1), chat.Timers.Idle);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.Hub("echo").Timers.Idle);
        Assert.Equal(1000, settings.Hub("echo").Limits.MaxMessageBytes);
    }

    [Fact]
    public void MaxConnections_of_a_hub_is_a_further_limit()
    {
        var settings = Load(("Hubs:a:Handler", "echo"), ("Hubs:a:Anonymous", "true"), ("Hubs:a:Limits:MaxConnections", "3")).OrThrow().Settings;

        Assert.Equal((3, 100_000), (settings.Hub("a").HubMaxConnections, settings.Hub("a").Limits.MaxConnections));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("false", null, false)]
    [InlineData("false", "true", true)]
    [InlineData("true", "false", false)]
    public void Token_expiry_ends_sessions_unless_hub_or_node_say_otherwise(string? node, string? hub, bool expected) =>
        Assert.Equal(expected, Load(
            ("Timers:EndOnTokenExpiry", node), ("Hubs:a:Timers:EndOnTokenExpiry", hub), ("Hubs:a:Handler", "none"), ("Hubs:a:Anonymous", "true"))
            .OrThrow().Settings.Hub("a").EndOnTokenExpiry);

    [Fact]
    public void Whatever_the_node_says_a_hub_inherits_it_and_whatever_the_hub_says_stays_its_own() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 1_000_000], Gen.Bool).Sample((node, hub, own) =>
        {
            var settings = Load(
                ("Limits:OutboundMessages", $"{node}"), ("Hubs:a:Limits:OutboundMessages", own ? $"{hub}" : null), ("Hubs:a:Handler", "none"), ("Hubs:a:Anonymous", "true"))
                .OrThrow().Settings;
            return settings.Limits.OutboundMessages == node && settings.Hub("a").Limits.OutboundMessages == (own ? hub : node);
        }, iter: 50);
}
