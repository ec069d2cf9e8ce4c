using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Drains;

/// <summary>
/// Whose turn it is. The order is kept lazily: who was active since it was put in goes back in at its new place, so that "idle first"
/// stays true over minutes at O(log n) per close. Looks at transports, sends nothing.
/// </summary>
/// <remarks>
/// Who is busy (a message arrives, its handler works, or something is unsent) goes to the back and is spared until it is quiet, or
/// until <c>sparing</c> ends. A turn costs a bounded number of looks; when all of them find activity, the idlest of them goes.
/// </remarks>
internal sealed class TurnQueue(DrainSequence sequence, TimeProvider time, Random random)
{
    /// <summary>How many are looked at for one turn.</summary>
    internal const int Looks = 32;

    private readonly PriorityQueue<DrainMember, long> _queue = new();
    private readonly List<DrainMember> _spared = new(Looks);

    // Behind every other key, in the order of coming.
    private long _back = long.MaxValue / 2;

    internal void Add(DrainMember member) => _queue.Enqueue(member, sequence switch
    {
        DrainSequence.IdleFirst => LastActivity(member, member.Transport.Activity),
        DrainSequence.OldestFirst => member.ConnectedAt.UtcTicks,
        _ => random.NextInt64(long.MaxValue / 2),
    });

    /// <summary>The next to go, or null: nobody is left, or all that were looked at are busy. One that is leaving anyway comes out too.</summary>
    internal DrainMember? Next(bool sparing)
    {
        _spared.Clear();
        DrainMember? idlest = null;
        var idlestSince = long.MaxValue;
        DrainMember? next = null;
        for (var looks = 0; looks < Looks && next is null && _queue.TryDequeue(out var member, out var key);)
        {
            // Told, or gone: what is left of it in the queue is met sooner or later.
            if (member.State != MemberState.Waiting) continue;
            looks++;
            var activity = member.Transport.Activity;
            var last = sequence == DrainSequence.IdleFirst ? LastActivity(member, activity) : key;
            if (activity.Closing)
            {
                next = member;
            }
            else if (sparing && IsBusy(activity))
            {
                _spared.Add(member);
            }
            else if (last <= key)
            {
                next = member;
            }
            else
            {
                _queue.Enqueue(member, last);
                if (last < idlestSince) (idlest, idlestSince) = (member, last);
            }
        }

        foreach (var member in _spared) _queue.Enqueue(member, sequence == DrainSequence.IdleFirst ? time.GetTimestamp() : _back++);
        return next ?? idlest;
    }

    private static bool IsBusy(in TransportActivity activity) => activity.Busy || activity.QueuedMessages > 0;

    /// <summary>Who never spoke has been silent since the connect.</summary>
    private long LastActivity(DrainMember member, in TransportActivity activity)
    {
        var last = Math.Max(activity.LastInboundData, activity.LastOutboundData);
        if (last != 0) return last;
        var age = time.GetUtcNow() - member.ConnectedAt;
        return time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
    }
}
