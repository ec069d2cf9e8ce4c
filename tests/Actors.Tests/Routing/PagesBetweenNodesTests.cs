using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Serialization;
using CsCheck;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>Lists whose answers must fit into a frame between nodes.</summary>
public sealed class PagesBetweenNodesTests
{
    private const int LongestFrame = 16 * 1024 * 1024;

    [Fact]
    public void A_page_ends_before_it_is_too_long_for_a_frame_and_the_next_goes_on_there()
    {
        var routes = Enumerable.Range(0, 40).Select(i => Crowded($"n1.{i:00}", groups: 500)).ToList();
        var (seen, pages, after) = (new List<string>(), 0, (ConnectionId?)null);
        do
        {
            var page = new PageOfRoutes(after, PageOfRoutes.MaxLimit);
            foreach (var route in routes) page.Add(route);
            var (found, next) = page.Finish(r => r.BytesWithGroups);
            Assert.Equal(40, page.Total);
            Assert.InRange(SizeOf(found, page.Total, next), 1, PageOfRoutes.MaxBytes);
            seen.AddRange(found.Select(r => r.Session.Id.Value));
            after = next;
            pages++;
        }
        while (after is not null);

        Assert.Equal(routes.Select(r => r.Session.Id.Value), seen);
        Assert.True(pages > 1);
    }

    [Fact]
    public void The_largest_session_there_can_be_is_a_page_of_its_own_and_fits()
    {
        var page = new PageOfRoutes(null, 10);
        page.Add(Crowded("n1.a", GroupName.MaxPerConnection));
        page.Add(Crowded("n1.b", GroupName.MaxPerConnection));

        var (found, next) = page.Finish(r => r.BytesWithGroups);

        Assert.Equal("n1.a", Assert.Single(found).Session.Id.Value);
        Assert.Equal("n1.a", next?.Value);
        Assert.InRange(SizeOf(found, page.Total, next), 1, LongestFrame);
    }

    [Fact]
    public void Pages_of_all_nodes_together_leave_nobody_out_and_name_nobody_twice_wherever_each_ends() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 3], Gen.Int[1, 12], Gen.Int[1, 12].Array[3], Gen.Int[0, 2].Array[40]).Sample((count, nodes, limit, ends, homes) =>
        {
            var all = Enumerable.Range(0, count).Select(i => new ConnectionId($"n.{i:00}")).ToList();
            var (seen, after) = (new List<ConnectionId>(), (ConnectionId?)null);
            for (var looks = 0; looks <= count; looks++)
            {
                var pages = Enumerable.Range(0, nodes).Select(n => PageOf([.. all.Where((_, i) => homes[i] % nodes == n)], after, Math.Min(limit, ends[n]))).ToList();
                var (items, next) = MergedPage.Of(pages, i => i, limit);
                Assert.InRange(items.Count, 0, limit);
                seen.AddRange(items);
                after = next;
                if (next is null) break;
            }

            Assert.Null(after);
            Assert.Equal(all, seen);
        });

    [Fact]
    public void A_list_of_drains_names_some_of_the_connections_of_each_and_a_drain_all()
    {
        var roster = new DrainRoster();
        var select = new ConnectionSelector { Connections = [.. Enumerable.Range(0, 5000).Select(i => $"k3f9qabc.{i:0000000000000000000000}")] };
        for (var i = 0; i < 200; i++)
        {
            var id = DrainId.New();
            var order = new DrainOrder { Select = select };
            var plan = new DrainPlan(5000, 1, RoutingScene.Now, RoutingScene.Now, RoutingScene.Now, RoutingScene.Now);
            roster.Add(new DrainEntry(id, order, Akka.Actor.ActorRefs.Nobody, Akka.Actor.ActorRefs.Nobody) { View = new DrainView(id, DrainState.Completed, order, RoutingScene.Now, plan, DrainProgress.None, []) });
        }

        var list = roster.List();

        Assert.Equal(200, list.Count);
        Assert.All(list, d => Assert.Equal(select.Connections.Take(DrainRoster.MostNamed), d.Order.Select.Connections));
        Assert.InRange(Bytes(new DrainProtocol.Listed(list)), 1, LongestFrame);
        Assert.Equal(5000, roster.Find(list[0].Id)!.View!.Order.Select.Connections!.Count);
    }

    private static (IReadOnlyList<ConnectionId> Items, ConnectionId? Next) PageOf(IReadOnlyList<ConnectionId> all, ConnectionId? after, int limit)
    {
        var left = all.Where(i => after is null || i > after).ToList();
        return left.Count > limit ? (left[..limit], left[limit - 1]) : (left, null);
    }

    private static Route Crowded(string id, int groups)
    {
        var route = RoutingScene.Route(RoutingScene.Session(id, user: new string('u', 1000)));
        for (var i = 0; i < groups; i++) route.Join($"{i:0000}" + new string('\u20ac', GroupName.MaxLength - 4));
        return route;
    }

    private static int SizeOf(IEnumerable<Route> routes, int total, ConnectionId? next) =>
        Bytes(new RouterProtocol.Page([.. routes.Select(r => new RouterProtocol.SessionView(r.Session, r.Closing, [.. r.Groups], TrafficView.Of(default, TimeProvider.System)))], total, next));

    private static int Bytes(IClusterMessage message)
    {
        var writer = new WireWriter();
        CodecTable.Default.Write(writer, message);
        return writer.ToArray().Length;
    }
}
