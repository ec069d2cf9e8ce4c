using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// What this node says of rolling drains, driver or not. The register has what happened and not how far the node under way is, so every node looks at that one
/// beat by beat: each then answers at once with all of it, and tells its own event stream.
/// </summary>
internal sealed partial class RollingActor
{
    // Less than a second by a part of a beat, so that every second beat tells, however a beat trembles.
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1) - (Beat / 2);

    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);
    private PartSeen? _seen;
    private bool _watching;

    private void Watch()
    {
        if (_watching || Open() is not { Current: { Phase: NodePhase.Draining } current }) return;
        var members = _membership.Current;
        if (members.Find(current.Node) is { } member && (member.Answers || member.Node == members.Self.Node))
        {
            _watching = true;
            PartAsync(current.Drain, member).PipeTo(Self, Self, success: part => new Watched(current.Drain, part), failure: _ => new Watched(current.Drain, null));
        }
        else
        {
            OnWatched(new Watched(current.Drain, null));
        }
    }

    private void OnWatched(Watched watched)
    {
        _watching = false;
        var before = _seen?.Id == watched.Id ? _seen.Drain : null;
        _seen = new PartSeen(watched.Id, watched.Part is null ? before : watched.Part.Drain, watched.Part is not null);
    }

    private DrainView View(RollingDrain drain) =>
        RollingView.Of(drain, _time.GetUtcNow(), drain.Id == _held.Id ? _held.Why : RollingSteps.Obstacle(_membership.Current), _seen);

    /// <summary>On the event stream of every node: when something is different, once a second while it is under way, and once when it is over.</summary>
    private void Tell(RollingDrain drain)
    {
        var before = _told.GetValueOrDefault(drain.Id);
        if (before is { IsOver: true }) return;
        var view = View(drain);
        var stage = $"{view.State} {string.Join(' ', view.Nodes.Select(n => n.Phase))}";
        var isDue = before is not null && view.State != DrainState.Scheduled && _time.GetElapsedTime(before.At) >= TellEvery;
        if (before?.Stage == stage && !drain.IsOver && !isDue) return;
        _told[drain.Id] = new Told(stage, drain.IsOver, _time.GetTimestamp());

        // What is over when it is first heard of is no news.
        if (before is null && drain.IsOver) return;
        var what = before is null ? RollingNews.Announced : drain.IsOver ? RollingNews.Ended : RollingNews.Progressed;
        Context.System.EventStream.Publish(new LifecycleEvents.RollingStands(view, what));
    }

    /// <param name="At">A time stamp.</param>
    private sealed record Told(string Stage, bool IsOver, long At);

    private sealed record Watched(string Id, PartLook? Part) : INoSerializationVerificationNeeded;
}
