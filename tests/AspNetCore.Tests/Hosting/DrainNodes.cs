using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Tests.Admin;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Hosting;

/// <summary>
/// The first of several nodes that are nothing but their drains, which are stubs, and reach each other over loopback. Who is a member is made by hand, so a node is
/// lost and found again at a word.
/// </summary>
internal sealed class DrainNodes : IAsyncDisposable
{
    private static readonly Config Remote = ConfigurationFactory.ParseString("""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """);

    private readonly List<ActorSystem> _systems = [];
    private readonly List<MemberNode> _members = [];
    private readonly Live<Membership> _membership;

    /// <param name="count">How many.</param>
    /// <param name="patience">For what is only looked at.</param>
    /// <param name="rolling">They know rolling drains.</param>
    internal DrainNodes(int count, TimeSpan? patience = null, bool rolling = false)
    {
        for (var i = 0; i < count; i++)
        {
            var system = ActorSystem.Create("actorsockets", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(Remote), NodeSerialization.Setup));
            _systems.Add(system);
            _members.Add(new MemberNode($"node{i}", $"node{i}", ((ExtendedActorSystem)system).Provider.DefaultAddress, i, MemberState.Up, Reachable: true));
            Stubs.Add(new Stub());
            Rolling.Add(new Stub());
        }

        var registry = new ActorRegistry();
        for (var i = 0; i < count; i++)
        {
            var drains = _systems[i].ActorOf(Stubs[i].Props(), ClusterDrains.Name);
            if (i == 0) registry.Register<NodeActors.DrainsKey>(drains);
            if (!rolling) continue;
            var driver = _systems[i].ActorOf(Rolling[i].Props(), RollingActor.Name);
            if (i == 0) registry.Register<NodeActors.RollingKey>(driver);
        }

        _membership = new Live<Membership>(new Membership(_members[0], [.. _members.Skip(1)]));
        Drains = new ClusterDrains(new NodeActors(_systems[0], registry), new Reach(new Peers(_systems[0], _membership)) { Patience = patience ?? Patience }, new Live<NodeSettings>(Samples.Settings("chat")), Time);
    }

    /// <summary>Only ever used up by who never answers.</summary>
    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    internal List<Stub> Stubs { get; } = [];

    internal List<Stub> Rolling { get; } = [];

    internal FakeTimeProvider Time { get; } = new(Samples.Now);

    internal ClusterDrains Drains { get; }

    internal void Lose(int node) => Change(others => [.. others.Select(m => m == _members[node] ? m with { Reachable = false } : m)]);

    internal void Find(int node) => Change(others => [.. others.Select(m => m.Node == _members[node].Node ? _members[node] : m)]);

    internal void Remove(int node) => Change(others => [.. others.Where(m => m.Node != _members[node].Node)]);

    public async ValueTask DisposeAsync() => await Task.WhenAll(_systems.Select(s => s.Terminate()));

    private void Change(Func<IReadOnlyList<MemberNode>, IReadOnlyList<MemberNode>> change) =>
        _membership.Publish(_membership.Current with { Others = change(_membership.Current.Others) });
}
