using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Drains;

/// <summary>Who belongs to a drain and what became of them; each is counted exactly once. Pure.</summary>
/// <param name="drain">The drain's id: a session that another drain ended is not counted as closed by this one.</param>
internal sealed class DrainBook(string drain)
{
    private readonly Dictionary<ConnectionId, DrainMember> _here = [];

    internal int Total { get; private set; }

    internal int Remaining { get; private set; }

    internal int Closing { get; private set; }

    internal int Clean { get; private set; }

    internal int Aborted { get; private set; }

    internal int Overdue { get; private set; }

    internal int Moved { get; private set; }

    internal int Left { get; private set; }

    /// <summary>All that are not gone.</summary>
    internal IReadOnlyCollection<DrainMember> Here => _here.Values;

    internal bool IsEmpty => _here.Count == 0;

    /// <summary>False when it is known already.</summary>
    internal bool Add(DrainMember member)
    {
        if (!_here.TryAdd(member.Id, member)) return false;
        Total++;
        Remaining++;
        return true;
    }

    /// <summary>Its turn has come.</summary>
    internal void Turn(DrainMember member, MemberState state)
    {
        if (member.State != MemberState.Waiting) return;
        member.State = state;
        Remaining--;
        Closing++;
    }

    /// <summary>It is gone; without a record when the session never began. The state it was in, or null for a stranger.</summary>
    internal MemberState? Gone(ConnectionId id, EndingRecord? record)
    {
        if (!_here.Remove(id, out var member)) return null;
        var was = member.State;
        if (was == MemberState.Waiting) Remaining--;
        else Closing--;
        if (record?.Drain != drain) Left++;
        else if (was == MemberState.Cut) Overdue++;
        else if (record!.Fate == TransportFate.Moved) Moved++;
        else if (record!.Outcome == CloseOutcome.Clean) Clean++;
        else Aborted++;
        member.State = MemberState.Gone;
        return was;
    }

    /// <summary>It waits for its client elsewhere: there was no transport to close.</summary>
    internal void GoneBefore(ConnectionId id)
    {
        if (!_here.Remove(id, out var member)) return;
        if (member.State == MemberState.Waiting) Remaining--;
        else Closing--;
        Moved++;
        member.State = MemberState.Gone;
    }

    /// <summary>The time is over and longer: whoever did not report his end is counted by what was done to him.</summary>
    internal void WriteOff()
    {
        foreach (var member in _here.Values)
        {
            if (member.State is MemberState.Cut or MemberState.Waiting) Overdue++;
            else Aborted++;
            member.State = MemberState.Gone;
        }

        _here.Clear();
        Remaining = Closing = 0;
    }
}
