using System.Diagnostics;
using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace ActorSockets.Actors.Tests.Routing;

[Collection(Alone.Name)]
public class SelectorMatchingTests(ITestOutputHelper output)
{
    private static readonly FakeTimeProvider Time = Clock();
    private static readonly string[] GroupNames = ["g", "G", "h"];

    private static readonly Gen<Route> Routes =
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 60], Gen.Int[-1, 60], Gen.Int[0, 7])
            .Select((id, hub, user, ip, sub, age, idle, groups) =>
            {
                var session = RoutingScene.Session(
                    $"n1.{id}", $"hub{hub}", user == 0 ? null : $"u{user}", ip == 3 ? "2001:db8::1" : $"10.0.{ip}.1", sub == 0 ? null : $"p{sub}", $"n{sub}", Time.GetUtcNow().AddSeconds(-age));
                var stamp = Time.GetTimestamp() - (idle * Time.TimestampFrequency);
                var activity = idle < 0 ? default : groups % 2 == 0 ? new TransportActivity { LastInboundData = stamp } : new TransportActivity { LastInboundData = 1, LastOutboundData = stamp };
                var route = RoutingScene.Route(session, activity);
                for (var g = 0; g < GroupNames.Length; g++)
                    if ((groups & (1 << g)) != 0)
                        route.Join(GroupNames[g]);
                return route;
            });

    private static readonly Gen<ConnectionSelector> Selectors =
        Gen.Select(Gen.Int[0, 511], Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 1_000_000].Array[1, 5])
            .Select((given, pick, idle, age, ids) => new ConnectionSelector
            {
                Node = (given & 1) == 0 ? null : $"n{pick}",
                Hub = (given & 2) == 0 ? null : $"hub{pick % 3}",
                User = (given & 4) == 0 ? null : $"u{pick}",
                Group = (given & 8) == 0 ? null : GroupNames[pick % 3],
                Ip = (given & 16) == 0 ? null : IPNetwork.Parse(pick == 3 ? "2001:db8::/32" : pick == 0 ? "::ffff:10.0.0.0/112" : $"10.0.{pick}.0/24"),
                Subprotocol = (given & 32) == 0 ? null : $"p{pick}",
                IdleFor = (given & 64) == 0 ? null : TimeSpan.FromSeconds(idle),
                OlderThan = (given & 128) == 0 ? null : TimeSpan.FromSeconds(age),
                Connections = (given & 256) == 0 ? [] : [.. ids.Select(i => $"n1.{i}")],
            });

    [Fact]
    public void Matches_what_a_naive_reading_of_the_selector_matches()
    {
        Gen.Select(Routes, Selectors, Gen.Bool).Sample((route, selector, name) =>
        {
            if (name && selector.Connections is { Count: > 0 }) selector = selector with { Connections = [.. selector.Connections, route.Session.Id.Value] };
            Assert.Equal(Naive(selector, route), new SelectorMatching(selector, Time).Matches(route));
        });
    }

    [Fact]
    public void Table_and_page_find_what_a_sorted_filtered_list_finds()
    {
        Gen.Select(Routes.Array[0, 60], Selectors, Gen.Int[0, 1_000_000], Gen.Int[1, 20], Gen.Bool).Sample((routes, selector, border, limit, first) =>
        {
            var table = new RoutingTable();
            foreach (var route in routes.DistinctBy(r => r.Session.Id))
            {
                var fresh = new Route(route.Session, route.Transport);
                table.Add(fresh);
                foreach (var group in route.Groups) table.Join(fresh, group);
            }

            ConnectionId? after = first ? null : new ConnectionId($"n1.{border}");
            var expected = routes.DistinctBy(r => r.Session.Id).Where(r => Naive(selector, r)).OrderBy(r => r.Session.Id).ToList();
            var rest = expected.Where(r => after is null || r.Session.Id > after.Value).ToList();

            var page = new PageOfRoutes(after, limit);
            var matching = new SelectorMatching(selector, Time);
            foreach (var route in table.Candidates(selector))
                if (matching.Matches(route))
                    page.Add(route);
            var (found, next) = page.Finish();

            Assert.Equal(expected.Count, page.Total);
            Assert.Equal(rest.Take(limit).Select(r => r.Session.Id), found.Select(r => r.Session.Id));
            Assert.Equal(rest.Count > limit ? found[^1].Session.Id : null, next);
        });
    }

    [Fact]
    public void Every_index_forgets_what_left()
    {
        Gen.Select(Routes.Array[0, 60], Gen.Int[0, 60]).Sample((routes, stay) =>
        {
            var table = new RoutingTable();
            var added = routes.DistinctBy(r => r.Session.Id).Select(r => (Old: r, New: new Route(r.Session, r.Transport))).ToList();
            foreach (var (old, fresh) in added)
            {
                table.Add(fresh);
                foreach (var group in old.Groups) table.Join(fresh, group);
            }

            foreach (var (_, gone) in added.Skip(stay)) table.Remove(gone.Session.Id);
            var left = added.Take(stay).Select(p => p.New).ToList();
            Assert.Equal(left.Count, table.Count);
            Assert.Equal(left.Select(r => r.Session.Hub).Distinct().Count(), table.HubCount);
            foreach (var hub in (string[])["hub0", "hub1", "hub2"])
            {
                Assert.Equal(left.Where(r => r.Session.Hub == hub).ToHashSet(), Walk(table, new(hub)));
                for (var u = 1; u <= 3; u++) Assert.Equal(left.Where(r => r.Session.Hub == hub && r.Session.UserId == $"u{u}").ToHashSet(), Walk(table, new(hub, User: $"u{u}")));
                foreach (var group in GroupNames) Assert.Equal(left.Where(r => r.Session.Hub == hub && r.IsIn(group)).ToHashSet(), Walk(table, new(hub, Group: group)));
            }
        });
    }

    [Fact]
    public void A_page_of_a_hundred_thousand_sessions_takes_milliseconds()
    {
        var table = new RoutingTable();
        for (var i = 0; i < 100_000; i++) table.Add(RoutingScene.Route(RoutingScene.Session(ConnectionId.New("n1").Value, at: Time.GetUtcNow())));
        var selector = new ConnectionSelector { Node = "n1" };
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var clock = Stopwatch.StartNew();
            var page = new PageOfRoutes(null, 1000);
            var matching = new SelectorMatching(selector, Time);
            foreach (var route in table.Candidates(selector))
                if (matching.Matches(route))
                    page.Add(route);
            Assert.Equal(1000, page.Finish().Routes.Length);
            if (clock.Elapsed < best) best = clock.Elapsed;
        }

        output.WriteLine($"{best.TotalMilliseconds:F1} ms");
        Assert.True(best < TimeSpan.FromMilliseconds(500), $"{best}");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData(" \t", false)]
    [InlineData("a", true)]
    [InlineData(" a/ü ", true)]
    public void Group_names_are_1_to_1024_characters(string? name, bool valid)
    {
        Assert.Equal(valid, GroupName.IsValid(name));
        Assert.True(GroupName.IsValid(new string('g', 1024)));
        Assert.False(GroupName.IsValid(new string('g', 1025)));
    }

    private static HashSet<Route> Walk(RoutingTable table, RouterProtocol.Scope scope)
    {
        var found = new HashSet<Route>();
        foreach (var route in table.In(scope)) Assert.True(found.Add(route));
        return found;
    }

    private static bool Naive(ConnectionSelector s, Route r)
    {
        var now = Time.GetUtcNow();
        var activity = r.Transport.Activity;
        var last = Math.Max(activity.LastInboundData, activity.LastOutboundData);
        var idle = last == 0 ? now - r.Session.ConnectedAt : Time.GetElapsedTime(last);
        var ip = s.Ip is { BaseAddress.IsIPv4MappedToIPv6: true } mapped ? new IPNetwork(mapped.BaseAddress.MapToIPv4(), mapped.PrefixLength - 96) : s.Ip;
        bool[] conditions =
        [
            s.Node is null || s.Node == r.Session.Node,
            s.Hub is null || s.Hub == r.Session.Hub,
            s.User is null || s.User == r.Session.UserId,
            s.Group is null || r.Groups.Contains(s.Group),
            ip is null || ip.Value.Contains(r.Session.Address.Address),
            s.Subprotocol is null || s.Subprotocol == r.Session.Subprotocol,
            s.IdleFor is null || idle >= s.IdleFor,
            s.OlderThan is null || now - r.Session.ConnectedAt >= s.OlderThan,
            s.Connections is null || s.Connections.Contains(r.Session.Id.Value),
        ];
        return conditions.All(c => c);
    }

    private static FakeTimeProvider Clock()
    {
        var time = new FakeTimeProvider(RoutingScene.Now);
        time.Advance(TimeSpan.FromHours(1));
        return time;
    }
}
