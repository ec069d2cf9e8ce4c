using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions.Moves;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <content>Groups and rights of sessions that go to another node, or come from one, while they are changed.</content>
internal sealed partial class RouterActor
{
    /// <summary>Who changes something of a session that is on its way hears of it when it is so on the other node.</summary>
    private void ReplyWhenSettled(object answer)
    {
        var changed = moves is { Parting.Count: > 0 } ? moves.Parting.Values.Where(p => p.OwesAnswer).ToList() : [];
        if (changed.Count == 0)
        {
            Reply(answer);
            return;
        }

        var (asker, left) = (Sender, changed.Count);
        foreach (var parting in changed)
        {
            parting.OwesAnswer = false;
            parting.Owed.Add(() =>
            {
                if (--left == 0) Context.Answer(asker, answer);
            });
        }
    }

    /// <summary>Its groups or rights are changed while it goes, or comes.</summary>
    private bool IsOnItsWay(Route route) => moves is not null && (moves.Parting.ContainsKey(route.Session.Id) || moves.Arriving.ContainsKey(route.Session.Id));

    private void Note(Route route, Mark? mark, StandingChange change)
    {
        if (moves!.Parting.TryGetValue(route.Session.Id, out var parting)) parting.Note(mark, change);
        if (moves.Arriving.TryGetValue(route.Session.Id, out var since)) since.Add(change);
    }

    private void Apply(ConnectionId id, IReadOnlyList<StandingChange> changes)
    {
        if (table.Find(id) is not { } route) return;
        foreach (var change in changes)
        {
            foreach (var group in change.Left) table.Leave(route, group);
            foreach (var group in change.Joined) table.Join(route, group);
            if (change.Rights is { } rights) route.Rights = SessionRights.Restore(rights.Roles, rights.Single);
            if (IsOnItsWay(route)) Note(route, null, change);
        }
    }

    /// <summary>What it missed comes first, so what was changed since is done once more.</summary>
    private void OnSettle(Settle settle, RouteMoves on)
    {
        // Not among those that are on their way any more: what it missed must not be noted as something new.
        on.Arriving.Remove(settle.Id, out var since);
        Apply(settle.Id, settle.Changes);
        if (since is not null && settle.Changes.Count > 0) Apply(settle.Id, since);
    }
}
