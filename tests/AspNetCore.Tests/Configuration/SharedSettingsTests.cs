using System.Text.Json;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.AspNetCore.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static ActorSockets.AspNetCore.Tests.Configuration.TestConfiguration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

/// <summary>What the API set on one node, as another takes it over.</summary>
public sealed class SharedSettingsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<Node> _nodes = [];

    [Fact]
    public async Task What_is_set_on_one_node_is_in_force_on_the_other_and_survives_its_restart()
    {
        var (a, b) = (Start(), Start());

        await a.PutAsync("""{"limits":{"maxConnections":7},"security":{"denyIps":["203.0.113.0/24","198.51.100.0/24"]}}""");
        await b.HearAsync(a);

        Assert.Equal((7, 2), (b.MaxConnections, b.Settings.Options.Current.Security.DenyIps.Count));
        Assert.Equal(["Limits:MaxConnections", "Security:DenyIps"], b.Settings.Describe()["fromApi"]!.AsArray().Select(k => (string?)k));
        Assert.Equal(1, b.Changes);
        b.Restart();
        Assert.Equal(7, b.MaxConnections);
        Assert.True(a.Settings.Register.Digest.Same(b.Settings.Register.Digest));
    }

    [Fact]
    public async Task Two_who_set_different_keys_both_get_what_they_want_and_of_the_same_key_the_later_wins()
    {
        var (a, b) = (Start(), Start());
        await a.PutAsync("""{"limits":{"maxConnections":7}}""");
        await b.PutAsync("""{"timers":{"idle":"00:07:00"}}""");
        _time.Advance(TimeSpan.FromSeconds(1));
        await b.PutAsync("""{"limits":{"maxConnections":8}}""");

        await b.HearAsync(a);
        await a.HearAsync(b);

        foreach (var node in new[] { a, b }) Assert.Equal((8, TimeSpan.FromMinutes(7)), (node.MaxConnections, node.Settings.Node.Current.Timers.Idle));
    }

    [Fact]
    public async Task What_was_taken_back_stays_so_although_another_node_still_has_it()
    {
        var (a, b) = (Start(), Start());
        await a.PutAsync("""{"limits":{"maxConnections":7}}""");
        await b.HearAsync(a);

        await b.Settings.DeleteAsync(CancellationToken.None);
        b.Restart();
        await b.HearAsync(a);
        await a.HearAsync(b);

        Assert.Equal((100_000, 100_000), (a.MaxConnections, b.MaxConnections));
        _time.Advance(TimeSpan.FromDays(31));
        await a.PutAsync("""{"limits":{"maxConnections":9}}""");
        Assert.Single(a.Settings.Register.All);
    }

    [Fact]
    public async Task What_contradicts_a_nodes_own_file_is_kept_and_told_on_but_not_in_force_there()
    {
        var (a, b) = (Start(("Hubs:other:Handler", "echo"), ("Hubs:other:Anonymous", "true")), Start());

        await a.PutAsync("""{"hubs":{"other":{"limits":{"maxConnections":3}}},"limits":{"maxConnections":7}}""");
        await b.HearAsync(a);

        Assert.Equal((100_000, 0), (b.MaxConnections, b.Changes));
        Assert.Equal(2, b.Settings.Register.Count);

        // Whoever sets something there is told why it cannot be, until it is mended.
        Assert.NotEmpty((await b.PutAsync("""{"timers":{"idle":"00:07:00"}}""")).Faults);
        Assert.Empty((await b.PutAsync("""{"hubs":{"other":null}}""")).Faults);
        Assert.Equal(7, b.MaxConnections);
    }

    [Fact]
    public async Task A_key_that_cannot_change_on_a_running_node_is_not_taken_from_another_either()
    {
        var node = Start();

        await node.Settings.MergeAsync([new RegisterEntry("STATE:PATH", new Stamp(1, 0, "b"), """{"Path":"State:Path","Text":"/tmp"}""", DateTimeOffset.MaxValue)]);

        Assert.Empty(node.Settings.Describe()["fromApi"]!.AsArray());
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    private Node Start(params (string Key, string? Value)[] more)
    {
        var node = new Node($"n{_nodes.Count}", _time, more);
        _nodes.Add(node);
        return node;
    }

    private sealed class Node : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("settings-").FullName;
        private readonly string _name;
        private readonly TimeProvider _time;
        private readonly (string Key, string? Value)[] _more;
        private ConfigurationManager _configuration = null!;

        internal Node(string name, TimeProvider time, (string Key, string? Value)[] more)
        {
            (_name, _time, _more) = (name, time, more);
            Begin();
        }

        internal LiveSettings Settings { get; private set; } = null!;

        internal int Changes { get; private set; }

        internal int MaxConnections => Settings.Node.Current.Limits.MaxConnections;

        internal async Task<PutResult> PutAsync(string body)
        {
            using var document = JsonDocument.Parse(body);
            return await Settings.PutAsync(document.RootElement, CancellationToken.None);
        }

        internal Task HearAsync(Node other) => Settings.MergeAsync([.. other.Settings.Register.All]);

        internal void Restart()
        {
            Settings.Dispose();
            _configuration.Dispose();
            Begin();
        }

        public void Dispose()
        {
            Settings.Dispose();
            _configuration.Dispose();
            Directory.Delete(_directory, recursive: true);
        }

        private void Begin()
        {
            _configuration = Of([("Hubs:echo:Handler", "echo"), ("Hubs:echo:Anonymous", "true"), .. _more]);
            var overrides = SettingsOverrides.Attach(_configuration, _directory);
            LoadResult Load() => GatewayConfiguration.Load(_configuration, []);
            Settings = new LiveSettings(_configuration, overrides, Load(), Load, NullLogger<LiveSettings>.Instance, new HybridClock(_name, _time), _time);
            Settings.OnChange(() => Changes++);
        }
    }
}
