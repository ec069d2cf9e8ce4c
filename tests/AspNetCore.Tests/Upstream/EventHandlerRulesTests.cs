using ActorSockets.AspNetCore.Configuration;
using static ActorSockets.AspNetCore.Tests.Configuration.TestConfiguration;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class EventHandlerRulesTests
{
    private const string Entry = "Hubs:chat:EventHandlers:0:";

    private static readonly (string, string?)[] Good =
    [
        ("AccessKeys:0", SomeKey), ("Hubs:chat:Handler", "Upstream"), (Entry + "UrlTemplate", "https://up.example/{hub}/{event}?code=a-secret"),
        (Entry + "SystemEvents:0", "connect"), (Entry + "SystemEvents:1", "disconnected"), (Entry + "UserEventPattern", "*"), (Entry + "Timeout", "00:00:30"),
        ("Hubs:chat:EventHandlers:1:UrlTemplate", "http://127.0.0.1:5000/"), ("Hubs:chat:EventHandlers:1:SystemEvents:0", "Connected"),
    ];

    [Fact]
    public void A_hub_has_event_handlers_in_their_order()
    {
        var loaded = Load(Good);

        Assert.Empty(loaded.Faults);
        var hub = loaded.Options.Hubs["chat"];
        Assert.Equal("upstream", hub.Handler);
        Assert.Equal(["https://up.example/{hub}/{event}?code=a-secret", "http://127.0.0.1:5000/"], hub.EventHandlers.Select(h => h.UrlTemplate));
        Assert.Equal([SystemEvent.Connect, SystemEvent.Disconnected], hub.EventHandlers[0].SystemEvents);
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), 3), (hub.EventHandlers[0].Timeout, hub.EventHandlers[0].ConnectTimeout, hub.EventHandlers[0].Retries));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("true", true)]
    public void A_token_that_expires_ends_no_session_unless_the_operator_says_so(string? set, bool ends)
    {
        var loaded = Load([.. Good, ("Timers:EndOnTokenExpiry", set), ("Hubs:other:Handler", "none")]);

        Assert.Equal(ends, loaded.Settings.Hub("chat").EndOnTokenExpiry);
        Assert.True(loaded.Settings.Hub("other").EndOnTokenExpiry);
    }

    [Theory]
    [InlineData(Entry + "UrlTemplate", "ftp://up.example/", "must be an http or https URL")]
    [InlineData(Entry + "UrlTemplate", "http://{hub}.example/", "must be an http or https URL")]
    [InlineData(Entry + "SystemEvents:0", "joined", "must be one of Connect, Connected, Disconnected")]
    [InlineData(Entry + "SystemEvents:1", "Connect", "stands here twice")]
    [InlineData(Entry + "UserEventPattern", "chat*", "must be *, or names of events separated by commas")]
    [InlineData(Entry + "Timeout", "00:02:00", "must be shorter than the hub's Timers:MaxPause (00:02:00)")]
    [InlineData(Entry + "ConnectTimeout", "00:00:15", "from 00:00:00.100 to 00:00:14")]
    [InlineData(Entry + "Retries", "11", "must be a whole number from 0 to 10")]
    [InlineData(Entry + "Origin", "https://gateway.example", "must be a host such as")]
    [InlineData(Entry + "Url", "http://up.example/", "is not a known key; allowed here: UrlTemplate, SystemEvents", true)]
    [InlineData("Hubs:chat:EventHandlers:first:UrlTemplate", "http://up.example/", "is a list", true, "Hubs:chat:EventHandlers:first")]
    public void A_fault_is_named_with_key_value_and_what_is_allowed(string key, string value, string allowed, bool hidden = false, string? faultKey = null)
    {
        var fault = Assert.Single(Load([.. Good, (key, value)]).Faults);

        Assert.Equal(Full(faultKey ?? key), fault.Key);
        Assert.Contains(allowed, fault.Allowed, StringComparison.Ordinal);
        if (!hidden) Assert.Equal(value, fault.Value);
    }

    [Fact]
    public void A_secret_in_a_wrong_url_is_not_shown()
    {
        var fault = Assert.Single(Load([.. Good, (Entry + "UrlTemplate", "http://up.example/{user}?code=a-secret")]).Faults);

        Assert.Equal("http://up.example/{user}?…", fault.Value);
    }

    [Theory]
    [InlineData("AccessKeys:0", null, "needs a key in ActorSockets:AccessKeys")]
    [InlineData("Hubs:chat:Handler", "none", "is for Handler = upstream only")]
    [InlineData("Hubs:chat:EventHandlers:1:UrlTemplate", null, "is missing")]
    [InlineData("Hubs:chat:EventHandlers:1:SystemEvents:0", null, "takes no event")]
    public void What_belongs_together_stands_together(string key, string? value, string allowed)
    {
        (string, string?)[] values = value is null ? [.. Good.Where(g => g.Item1 != key)] : [.. Good, (key, value)];

        Assert.Contains(Load(values).Faults, f => f.Allowed.Contains(allowed, StringComparison.Ordinal));
    }

    [Fact]
    public void An_upstream_hub_has_an_upstream() =>
        Assert.Contains("at least one entry", Assert.Single(Load(("AccessKeys:0", SomeKey), ("Hubs:chat:Handler", "upstream")).Faults).Allowed, StringComparison.Ordinal);

    [Fact]
    public void Anonymous_clients_need_somebody_who_names_them()
    {
        Assert.Empty(Load([.. Good, ("Hubs:chat:Anonymous", "true")]).Faults);
        var fault = Assert.Single(Load([.. Good, ("Hubs:chat:Anonymous", "true"), (Entry + "SystemEvents:0", "connected")]).Faults);

        Assert.Equal(Full("Hubs:chat:Anonymous"), fault.Key);
        Assert.Contains("connect among its SystemEvents", fault.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_shows_the_url()
    {
        var loaded = Load(Good);

        Assert.DoesNotContain("a-secret", loaded.Options.Hubs["chat"].EventHandlers[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", SettingsDescription.Of(loaded.Options, OverrideSet.Empty).ToJsonString(), StringComparison.Ordinal);
    }
}
