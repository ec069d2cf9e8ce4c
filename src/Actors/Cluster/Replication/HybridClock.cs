namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>Gives stamps, each later than all it gave or saw. Not for several threads.</summary>
internal sealed class HybridClock(string node, TimeProvider time)
{
    private long _time;
    private int _count;

    internal Stamp Next()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        (_time, _count) = now > _time ? (now, 0) : (_time, _count + 1);
        return new Stamp(_time, _count, node);
    }

    internal void See(Stamp stamp)
    {
        if (stamp.Time < _time || (stamp.Time == _time && stamp.Count <= _count)) return;
        (_time, _count) = (stamp.Time, stamp.Count);
    }
}
