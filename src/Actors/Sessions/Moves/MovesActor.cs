using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>
/// <c>/user/moves</c>, only on nodes with a cluster: gives sessions to other nodes, takes those that others give, and fetches those whose clients come back here.
/// </summary>
/// <remarks>
/// <code>
///   the node that has it                                  the node that takes it
///   Offer ─► Depart ─► Given ──── Parcel(State) ────────► adopts it, unseen; its router hears for it from here on
///   hears as far as the other ◄──── Taken(how far) ─────┘
///   what came meanwhile ───────── Parcel(Tail) ─────────► opens it: it lives here
///   lets go, passes on  ◄──────── Settled ──────────────┘
/// </code>
/// Before the tail is sent, it belongs to the first, and with the tail to the second: if the second was lost in between, nobody knows, and it ends.
/// A message that fails is logged, and the next one is taken: what this actor knows must not be lost.
/// </remarks>
internal sealed partial class MovesActor : UntypedActor, IWithTimers
{
    /// <summary>What is remembered of attempts that are over, for answers that were lost.</summary>
    private const int MostRemembered = 10_000;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly Peers _peers;
    private readonly Whereabouts _whereabouts;
    private readonly IActorRef _supervisor;
    private readonly IActorRef _router;
    private readonly Func<ISessionHost> _host;
    private readonly MovePatience _patience;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // Public because Props finds constructors by reflection.
    public MovesActor(Peers peers, Whereabouts whereabouts, IActorRef supervisor, IActorRef router, Func<ISessionHost> host, MovePatience patience, TimeProvider time)
    {
        (_peers, _whereabouts, _supervisor, _router, _host, _patience, _time) = (peers, whereabouts, supervisor, router, host, patience, time);
        _begun = time.GetTimestamp();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_begun);

    private string Tag => _peers.Now.Self.Tag;

    /// <param name="host">Asked when the first session comes: it may need actors that begin after this one.</param>
    internal static Props Props(Peers peers, Whereabouts whereabouts, IActorRef supervisor, IActorRef router, Func<ISessionHost> host, MovePatience patience, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new MovesActor(peers, whereabouts, supervisor, router, host, patience, time));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.Ended));
        Timers.StartPeriodicTimer(nameof(Beat), Tick.Instance, Beat);
    }

#pragma warning disable CA1031 // Explained above.
    protected override void OnReceive(object message)
    {
        try
        {
            Take(message);
        }
        catch (Exception fault)
        {
            _log.Error(fault, "The moves could not handle {0} and go on", message.GetType().Name);
        }
    }
#pragma warning restore CA1031

    private void Take(object message)
    {
        switch (message)
        {
            case Offer offer: OnOffer(offer); break;
            case Unable unable: OnUnable(unable); break;
            case Recall recall: OnRecall(recall.Id); break;
            case Given given: OnGiven(given.State); break;
            case RouterProtocol.Tail tail: OnTail(tail); break;
            case Taken taken: OnTaken(taken); break;
            case Settled settled: OnSettled(settled.Move); break;
            case Declined declined: OnDeclined(declined); break;
            case Give give: OnGive(give, Sender); break;

            case Parcel parcel: OnParcel(parcel); break;
            case Adopted adopted: OnAdopted(adopted); break;
            case RouterProtocol.Gate gate: OnGate(gate); break;
            case Abandoned abandoned: OnAbandoned(abandoned.Move); break;

            case Fetch fetch: OnFetch(fetch.Id); break;
            case Giving giving: OnGiving(giving.Id); break;
            case NotHeld not: OnNotHeld(not); break;

            case LivesAt lives: OnLivesAt(lives); break;
            case Over over: _whereabouts.Forget(over.Id); break;
            case LifecycleEvents.Ended ended: OnEnded(ended.Record.Session.Id); break;
            case MembershipChanged changed: OnMembers(changed); break;
            case Tick: OnTick(); break;
            default: Unhandled(message); break;
        }
    }

    private void OnLivesAt(LivesAt lives)
    {
        // It had arrived where it was handed over to, and the news of that is slower. In this order: the way there is the old one, which has to be empty first.
        if (_outgoing.TryFind(lives.Id, out var moving) && moving.Leg == Leg.Handed && lives.Moves > moving.Moves) LetGo(moving);
        _router.Tell(new RouterProtocol.Redirect(lives.Id, lives.Node, lives.Moves), Self);
    }

    /// <summary>The node that made it sends on what is for it, and need not any more.</summary>
    private void OnEnded(ConnectionId id)
    {
        _whereabouts.Forget(id);
        if (_peers.Now.MakerOf(id) is { } maker && maker.Tag != Tag) On(maker).Tell(new Over(id), Self);
    }

    private void OnMembers(MembershipChanged changed)
    {
        foreach (var gone in changed.Removed)
        {
            _whereabouts.ForgetNode(gone.Tag);
            _closed.Remove(gone.Tag);
            foreach (var moving in _outgoing.To(gone.Tag).ToList()) OnLost(moving);
            foreach (var coming in _coming.Values.Where(c => c.FromNode == gone.Tag).ToList()) Drop(coming);
        }
    }

    private void OnTick()
    {
        TickLeaving();
        TickComing();
        TickFetching();
    }

    private IActorRef On(MemberNode member) => _peers.On(member, Name);

    private MemberNode? Member(string tag) => _peers.Now.Others.FirstOrDefault(m => m.Tag == tag);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        internal static readonly Tick Instance = new();
    }
}
