using ActorSockets.Actors.Cluster;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <summary>Says something to the sessions of all nodes, in the place that it has among all that this node says: by way of this node's router.</summary>
internal static class Broadcasting
{
    /// <summary>
    /// For the answer about a session that was made here: it may live on another node by now, which may be frozen and never answer. This node's own router is
    /// much faster, or has other troubles.
    /// </summary>
    internal static readonly TimeSpan AnywhereWithin = TimeSpan.FromSeconds(30);

    /// <inheritdoc cref="SayAsync{T}"/>
    internal static Task<Gathered<SendReport>> SendAsync(this Reach reach, IActorRef router, Send send, TimeSpan patience, CancellationToken cancellation) =>
        reach.SayAsync<SendReport>(router, send.Scope, send, patience, cancellation);

    /// <summary>To the one node that holds the connection, where one is meant and its node is known; else to all.</summary>
    /// <param name="reach">Who is there, and how long they have.</param>
    /// <param name="router">That of this node.</param>
    /// <param name="scope">Of the message.</param>
    /// <param name="message">A <see cref="Send"/>, <see cref="Join"/> or <see cref="Leave"/>, without a mark.</param>
    /// <param name="patience">For this node: its answer is not left out. And until there is room on the way to the others, as clients wait for it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="AskTimeoutException">This node itself did not answer.</exception>
    internal static async Task<Gathered<T>> SayAsync<T>(this Reach reach, IActorRef router, RouterProtocol.Scope scope, ICrossing message, TimeSpan patience, CancellationToken cancellation)
        where T : class
    {
        var now = reach.Now;
        if (now.IsAlone) return new Gathered<T>([new(now.Self, await router.Ask<T>(message, patience, cancellation))], []);
        if (scope.Connection is { } id && now.MakerOf(id) is { } maker && (maker.Answers || maker.Node == now.Self.Node))
            return await (maker.Node == now.Self.Node ? SayAnywhereAsync<T>(router, maker, message, patience, cancellation) : SayThereAsync<T>(reach, router, maker, message, patience, cancellation));

        var others = now.Others.Where(m => m.Answers).Select(m => (Member: m, Slip: new Slip(router))).ToList();
        var answers = others.ConvertAll(o => TryAsync<T>(o.Slip, reach.Patience, cancellation));
        var broadcast = new Broadcast(message, [.. others.Select(o => (o.Member, o.Slip.Asker))]);
        var gathered = new List<NodeAnswer<T>> { new(now.Self, await router.Ask<T>(broadcast, patience, cancellation)) };
        var missing = now.Others.Where(m => !m.Answers).Select(m => m.Node).ToList();
        for (var i = 0; i < others.Count; i++)
        {
            if (await answers[i] is { } report) gathered.Add(new NodeAnswer<T>(others[i].Member, report));
            else missing.Add(others[i].Member.Node);
        }

        missing.Sort(StringComparer.Ordinal);
        await RoomAsync(broadcast, patience, cancellation);
        return new Gathered<T>(gathered, missing);
    }

    /// <summary>To a session that was made on this node, and may be here or have gone.</summary>
    private static async Task<Gathered<T>> SayAnywhereAsync<T>(IActorRef router, MemberNode self, ICrossing message, TimeSpan patience, CancellationToken cancellation)
    {
        var answer = await router.Ask<object>(message, patience < AnywhereWithin ? patience : AnywhereWithin, cancellation);
        return answer is NotHandedOver there ? new Gathered<T>([], [there.Node]) : new Gathered<T>([new(self, (T)answer)], []);
    }

    private static async Task<Gathered<T>> SayThereAsync<T>(Reach reach, IActorRef router, MemberNode member, ICrossing message, TimeSpan patience, CancellationToken cancellation)
        where T : class
    {
        var slip = new Slip(router);
        var answer = TryAsync<T>(slip, reach.Patience, cancellation);
        var there = new SayThere(message, member, slip.Asker);
        router.Tell(there, ActorRefs.NoSender);
        var report = await answer;
        await RoomAsync(there, patience, cancellation);
        return report is null ? new Gathered<T>([], [member.Node]) : new Gathered<T>([new(member, report)], []);
    }

    private static async Task RoomAsync(IOutgoing outgoing, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            await outgoing.Room.Task.WaitAsync(patience, cancellation);
        }
        catch (TimeoutException)
        {
            // It was handed over all the same.
        }
    }

    private static async Task<T?> TryAsync<T>(Slip slip, TimeSpan patience, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await slip.Ask<T>(nameof(Slip), patience, cancellation);
        }
        catch (Exception e) when (e is AskTimeoutException or InvalidCastException or ArgumentException)
        {
            // The last two: an answer that means something else to this release, or that it was not told.
            return null;
        }
    }

    /// <summary>Asked instead of a node: it learns who is to be answered, and passes that on.</summary>
    private sealed class Slip(IActorRef router) : MinimalActorRef
    {
        public override ActorPath Path => router.Path;

        public override IActorRefProvider Provider => ((IInternalActorRef)router).Provider;

        internal IActorRef Asker { get; private set; } = ActorRefs.Nobody;

        protected override void TellInternal(object message, IActorRef sender) => Asker = sender;
    }
}
