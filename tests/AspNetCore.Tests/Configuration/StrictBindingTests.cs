using System.Net;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using CsCheck;
using Microsoft.Extensions.Configuration;
using static ActorSockets.AspNetCore.Tests.Configuration.TestConfiguration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

public sealed class StrictBindingTests
{
    [Theory]
    [InlineData("Limits:MaxConections", "5", "is not a known key; allowed here: MaxConnections, ")]
    [InlineData("Limit:MaxConnections", null, "is not a known key; allowed here: AccessKeys, ", "ActorSockets:Limit")]
    [InlineData("Hubs:echo:Limits:Idle", "00:01:00", "is not a known key; allowed here: MaxConnections, ")]
    [InlineData("Hubs:echo:Handlr", "echo", "is not a known key; allowed here: Handler, ", "ActorSockets:Hubs:echo:Handlr", true)]
    [InlineData("Session:Retention", null, "is not a known key", "ActorSockets:Session")]
    [InlineData("Cluster:Enabled", null, "is not a known key", "ActorSockets:Cluster")]
    [InlineData("Limits:MaxConnections", "many", "must be a whole number from 0 to 10000000")]
    [InlineData("Limits:MaxConnections", "", "must be a whole number from 0 to 10000000")]
    [InlineData("Limits:MaxConnections", "-1", "must be a whole number from 0 to 10000000")]
    [InlineData("Limits:MaxConnections", "1e3", "must be a whole number from 0 to 10000000")]
    [InlineData("Limits:MaxConnections", "10000001", "must be a whole number from 0 to 10000000")]
    [InlineData("Limits:MaxConnections:Total", null, "is one value, not a section", "ActorSockets:Limits:MaxConnections")]
    [InlineData("Limits", "5", "must be a section; allowed here: MaxConnections")]
    [InlineData("Limits:WhenFull", "CloseNewest", "must be one of Refuse, CloseOldest, CloseIdlest")]
    [InlineData("Limits:WhenFull", "1", "must be one of Refuse, CloseOldest, CloseIdlest")]
    [InlineData("Limits:MemoryHighPercent", "101", "must be a whole number from 1 to 100")]
    [InlineData("Timers:Idle", "5", "must be a duration hh:mm:ss[.fff]")]
    [InlineData("Timers:Idle", "00:60:00", "must be a duration hh:mm:ss[.fff]")]
    [InlineData("Timers:Idle", "1:2:3", "must be a duration hh:mm:ss[.fff]")]
    [InlineData("Timers:Idle", "-00:00:01", "must be a duration hh:mm:ss[.fff]")]
    [InlineData("Timers:Idle", "24:00:00", "must be a duration hh:mm:ss[.fff]")]
    [InlineData("Timers:Handshake", "00:00:00", "must be a duration hh:mm:ss[.fff], with days d.hh:mm:ss from 00:00:00.100 to 00:10:00")]
    [InlineData("Timers:LifetimeDither", "1.5", "must be a number from 0 to 1")]
    [InlineData("Timers:LifetimeDither", "NaN", "must be a number from 0 to 1")]
    [InlineData("Timers:EndOnTokenExpiry", "yes", "must be true or false")]
    [InlineData("Security:DenyIps:0", "203.0.113.7", "must be an address range without host bits such as")]
    [InlineData("Security:DenyIps:0", "203.0.113.0/33", "must be an address range without host bits such as")]
    [InlineData("Security:DenyIps", "203.0.113.0/24", "is a list; write ActorSockets:Security:DenyIps:0")]
    [InlineData("Security:DenyIps:first", "203.0.113.0/24", "is a list", "ActorSockets:Security:DenyIps:first", true)]
    [InlineData("Security:AllowedOrigins:0", "example.com", "must be * or an origin such as https://example.com")]
    [InlineData("Security:AllowedOrigins:0", "https://example.com/", "must be * or an origin such as https://example.com")]
    [InlineData("PublicEndpoints:0", "ftp://example.com", "must be an origin with http, https, ws or wss")]
    [InlineData("PublicEndpoints:0", "https://example.com/path", "must be an origin with http, https, ws or wss")]
    [InlineData("PublicEndpoints:0", "/path only", "must be an origin")]
    [InlineData("AudienceCheck", "None", "must be one of Endpoint, PathOnly")]
    [InlineData("State:Path", " ", "must be a directory")]
    [InlineData("Drain:ReadinessDelay", "00:00:25", "must be shorter than Drain:Deadline (00:00:25)")]
    [InlineData("Timers:CloseHandshake", "00:00:30", "must be 00:01:06 or longer: Drain:ReadinessDelay (00:00:05), twice Timers:CloseHandshake (00:00:30)", "ActorSockets:Drain:Deadline")]
    [InlineData("Endings:History", "-1", "must be a whole number from 0 to")]
    [InlineData("Endings:idle-timeout:Code", "1002", "must be 1000, 1001, 1008, 1011-1013 or 3000-4999")]
    [InlineData("Endings:idle-timeout:Text", "1000", "is not a known key; allowed here: Code")]
    [InlineData("Endings:protocol-error:Code", "4000", "cannot be set: the framing library sends")]
    [InlineData("Endings:connection-lost:Code", "4000", "cannot be set: connection-lost has no close frame of ours")]
    [InlineData("Endings:idle:Code", null, "is not a known key; allowed here: History and the endings server-closed, idle-timeout", "ActorSockets:Endings:idle")]
    [InlineData("Hubs:1st:Handler", null, "a hub's name is a letter", "ActorSockets:Hubs:1st")]
    [InlineData("Hubs:echo:Handler", "webhook", "must be echo or none or upstream (hubs of the application's own: chat)")]
    [InlineData("Hubs:echo:Subprotocols:0", "a b", "must be a subprotocol's name")]
    [InlineData("Hubs:echo:RequireSubprotocol", "true", "needs at least one name in Subprotocols")]
    [InlineData("Hubs:echo:Anonymous", "false", "nobody could connect")]
    [InlineData("Hubs:echo:Limits:ConnectsPerSecond", "5", "is the node's only; set it at ActorSockets:Limits:ConnectsPerSecond")]
    [InlineData("Hubs:echo:Limits:ConnectBurst", "5", "is the node's only")]
    [InlineData("Hubs:echo:Limits:MemoryHighPercent", "5", "is the node's only")]
    [InlineData("Hubs:echo:Timers:Handshake", "00:00:05", "is the node's only")]
    [InlineData("Hubs:echo:Timers:CloseHandshake", "00:00:09.501", "must be 00:00:09.5 or shorter: half of what Drain:Deadline (00:00:25) leaves")]
    [InlineData("Admin:Keys:ops:Access", "write", "must be one of Read, Operate")]
    [InlineData("Admin:Keys:o ps:Access", null, "an admin key's name is", "ActorSockets:Admin:Keys:o ps")]
    [InlineData("Kestrel:Endpoints:AdminHttp:Url", "http://0.0.0.0:9090", "must be a loopback address", "Kestrel:Endpoints:AdminHttp:Url")]
    [InlineData("Kestrel:Endpoints:Admin:Url", "http://*:9090", "must be a loopback address", "Kestrel:Endpoints:Admin:Url")]
    [InlineData("Kestrel:Endpoints:Admin:Url", "http://example.com:9090", "must be a loopback address", "Kestrel:Endpoints:Admin:Url")]
    public void A_fault_is_named_with_key_value_and_what_is_allowed(string key, string? shown, string allowed, string? faultKey = null, bool hidden = false)
    {
        var loaded = Load(("Hubs:echo:Handler", "echo"), ("Hubs:echo:Anonymous", "true"), (key, shown ?? "x"));

        var fault = Assert.Single(loaded.Faults, f => f.Allowed.Contains(allowed, StringComparison.Ordinal));
        Assert.Equal(faultKey ?? Full(key), fault.Key);
        if (hidden) Assert.Equal("(hidden)", fault.Value);
        else if (shown is not null && faultKey is null) Assert.Equal(shown, fault.Value);
        Assert.DoesNotContain('\n', fault.ToString());
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var loaded = Load(("Limits:MaxConnections", "x"), ("Timers:Idle", "5"), ("Nonsense", "1"), ("AccessKeys:0", "short"), ("Hubs:a:Handler", "echo2"));

        Assert.Equal(
            ["ActorSockets:AccessKeys:0", "ActorSockets:Hubs:a:Handler", "ActorSockets:Limits:MaxConnections", "ActorSockets:Nonsense", "ActorSockets:Timers:Idle"],
            loaded.Faults.Select(f => f.Key));
        var thrown = Assert.Throws<ConfigurationFaultException>(() => loaded.OrThrow());
        Assert.Equal(5, thrown.Message.Split(Environment.NewLine).Length);
        Assert.Equal(loaded.Faults, thrown.Faults);
    }

    [Theory]
    [InlineData("AccessKeys:0", "a-key;that-ends-in-a-connection-string")]
    [InlineData("AccessKeys:0", " a-key-with-white-space-at-its-end-000")]
    [InlineData("AccessKeys:0", "a-key-with-a-control-character-\u0007-000")]
    [InlineData("AccessKeys:0", "too-short-a-secret")]
    [InlineData("AccessKeys", "a-secret-that-should-stand-in-a-list")]
    [InlineData("AccesKeys:0", "a-secret-under-a-misspelt-key-0000000")]
    [InlineData("AccesKey", "a-secret-under-a-misspelt-key-0000000")]
    [InlineData("Admin:Key", "a-secret-under-a-misspelt-key-0000000")]
    [InlineData("Admin:Keys:ops:Key", "too-short-a-secret")]
    [InlineData("Admin:Keys:ops:Kye", "a-secret-under-a-misspelt-key-0000000")]
    [InlineData("Admin:Keys", "a-secret-where-a-section-should-stand")]
    [InlineData("Admin", "a-secret-where-a-section-should-stand")]
    [InlineData("PublicEndpoints:0", "https://user:a-secret@example.com")]
    public void A_secret_is_never_shown(string key, string secret)
    {
        var faults = Load((key, secret)).Faults;

        Assert.NotEmpty(faults);
        Assert.DoesNotContain("secret", ConfigurationFaultException.Lines(faults), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, ConfigurationFaultException.Lines(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Three_access_keys_and_two_equal_admin_keys_are_faults()
    {
        var loaded = Load(
            ("AccessKeys:0", SomeKey), ("AccessKeys:1", SomeKey + "1"), ("AccessKeys:2", SomeKey + "2"),
            ("Admin:Keys:a:Key", SomeKey), ("Admin:Keys:b:Key", SomeKey), ("Admin:Keys:c:Access", "operate"));

        Assert.Equal(["ActorSockets:AccessKeys", "ActorSockets:Admin:Keys:b:Key", "ActorSockets:Admin:Keys:c:Key"], loaded.Faults.Select(f => f.Key));
    }

    [Fact]
    public void A_keep_alive_timeout_without_pings_is_a_fault_only_where_it_was_written()
    {
        Assert.Equal("ActorSockets:Timers:KeepAliveTimeout", Assert.Single(Load(("Timers:KeepAliveInterval", "00:00:00"), ("Timers:KeepAliveTimeout", "00:00:03")).Faults).Key);
        Assert.Empty(Load(("Timers:KeepAliveInterval", "00:00:00")).Faults);
        Assert.Empty(Load(("Timers:KeepAliveInterval", "00:00:01")).Faults);
        Assert.Empty(Load(("Timers:Idle", "00:00:10"), ("Timers:IdleUnderPressure", "00:01:00")).Faults);
    }

    [Fact]
    public void Values_are_bound_whatever_the_case_of_their_keys()
    {
        var options = Load(
            ("limits:maxconnections", "7"), ("LIMITS:WHENFULL", "closeidlest"), ("Timers:MaxLifetime", "2.03:04:05.006"), ("Timers:LifetimeDither", "0.25"),
            ("Security:DenyIps:0", "203.0.113.0/24"), ("Security:DenyIps:1", "2001:db8::/32"), ("Security:AllowedOrigins:0", "*"), ("Security:Flapping:Connects", "9"),
            ("PublicEndpoints:0", "wss://ws.example.com"), ("AudienceCheck", "PathOnly"), ("Drain:PodGracePeriod", "00:00:40"), ("Endings:idle-timeout:Code", "4001"),
            ("Admin:Keys:Ops:Key", SomeKey), ("Admin:Keys:Ops:Access", "operate"), ("AccessKeys:0", SomeKey), ("Hubs:Chat:Handler", "In-Process"), ("Limits:MaxMessageBytes", null)).OrThrow();

        Assert.Equal(7, options.Options.Limits.MaxConnections);
        Assert.Equal(1_048_576, options.Options.Limits.MaxMessageBytes);
        Assert.Equal(WhenFull.CloseIdlest, options.Options.Limits.WhenFull);
        Assert.Equal(new TimeSpan(2, 3, 4, 5, 6), options.Options.Timers.MaxLifetime);
        Assert.Equal(0.25, options.Options.Timers.LifetimeDither);
        Assert.Equal([IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("2001:db8::/32")], options.Options.Security.DenyIps);
        Assert.Equal(9, options.Settings.Security.Flapping.Connects);
        Assert.Equal("wss://ws.example.com/", Assert.Single(options.Options.PublicEndpoints).ToString());
        Assert.Equal(AudienceCheck.PathOnly, options.Options.AudienceCheck);
        Assert.Equal(4001, options.Settings.EndingCodes["idle-timeout"]);
        Assert.Equal(AdminAccess.Operate, options.Options.Admin.Keys["ops"].Access);
        Assert.Equal("in-process", options.Options.Hubs["chat"].Handler);
        Assert.DoesNotContain(SomeKey, options.Options.Admin.Keys["ops"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_a_fault_within_one_source_and_the_same_name_across_sources()
    {
        var faults = Load(
            ("Hubs:Echo:Handler", "echo"), ("Hubs:echo:Anonymous", "true"), ("Admin:Keys:ops:Key", SomeKey), ("Admin:Keys:OPS:Access", "read")).Faults;
        Assert.Equal(["ActorSockets:Admin:Keys:ops", "ActorSockets:Hubs:echo"], faults.Select(f => f.Key));

        var configuration = Of(("Hubs:echo:Handler", "echo"));
        configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("ActorSockets:Hubs:ECHO:Anonymous", "true")]);
        Assert.True(GatewayConfiguration.Load(configuration, []).OrThrow().Options.Hubs["echo"].Anonymous);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9090")]
    [InlineData("http://localhost:9090")]
    [InlineData("https://[::1]:9090")]
    public void A_loopback_admin_endpoint_needs_no_key(string url) => Assert.Empty(Load(("Kestrel:Endpoints:Admin:Url", url)).Faults);

    [Fact]
    public void With_a_key_the_admin_endpoint_may_be_anywhere() =>
        Assert.Empty(Load(("Kestrel:Endpoints:Admin:Url", "http://0.0.0.0:9090"), ("Admin:Keys:a:Key", SomeKey)).Faults);

    [Fact]
    public void In_Development_the_readiness_delay_is_zero_unless_it_is_set()
    {
        Assert.Equal(TimeSpan.Zero, GatewayConfiguration.Load(Of(), [], development: true).Settings.Drain.ReadinessDelay);
        Assert.Equal(TimeSpan.FromSeconds(2), GatewayConfiguration.Load(Of(("Drain:ReadinessDelay", "00:00:02")), [], development: true).Settings.Drain.ReadinessDelay);
        Assert.Equal(TimeSpan.FromSeconds(5), Load().Settings.Drain.ReadinessDelay);
    }

    [Fact]
    public void Command_line_and_environment_write_the_same_keys()
    {
        var configuration = new ConfigurationManager();
        configuration.AddCommandLine(["--ActorSockets:Limits:MaxConnections=1000"]);

        Assert.Equal(1000, GatewayConfiguration.Load(configuration, []).OrThrow().Options.Limits.MaxConnections);
    }

    [Fact]
    public void A_pod_that_is_killed_before_the_drain_is_over_is_worth_a_warning()
    {
        Assert.Single(Load(("Drain:PodGracePeriod", "00:00:20")).OrThrow().Warnings);
        Assert.Empty(Load(("Drain:PodGracePeriod", "00:00:30")).OrThrow().Warnings);
    }

    [Fact]
    public void A_value_cannot_forge_a_second_line() =>
        Assert.DoesNotContain('\n', Assert.Single(Load(("Limits:WhenFull", "x\nActorSockets:Limits:WhenSlow = \"y\": fine")).Faults).ToString());

    [Fact]
    public void Durations_come_back_as_they_were_written() =>
        Gen.Long[0, TimeSpan.FromDays(9999).Ticks].Select(TimeSpan.FromTicks).Sample(duration =>
            ValueForm.TryDuration(ValueForm.Write(duration), out var back) && back == duration);

    [Fact]
    public void Only_hours_minutes_and_seconds_together_are_a_duration() =>
        Gen.String[Gen.Char["0123456789:."], 0, 12].Sample(text =>
            !ValueForm.TryDuration(text, out var duration) || (text.Count(c => c == ':') == 2 && duration >= TimeSpan.Zero), iter: 100_000);
}
