namespace ActorSockets.Actors.Connections;

/// <summary>The counters of a transport for those who look at it from elsewhere: its time stamps mean nothing outside their process, times of day do.</summary>
internal sealed record TrafficView(
    DateTimeOffset? LastInboundAt, DateTimeOffset? LastOutboundAt, long MessagesIn, long MessagesOut, long BytesIn, long BytesOut,
    long QueuedBytes, int QueuedMessages, long Dropped)
{
    internal static TrafficView Of(TransportActivity activity, TimeProvider time) => new(
        WallClock(activity.LastInboundData, time), WallClock(activity.LastOutboundData, time), activity.MessagesIn, activity.MessagesOut,
        activity.BytesIn, activity.BytesOut, activity.QueuedBytes, activity.QueuedMessages, activity.Dropped);

    private static DateTimeOffset? WallClock(long stamp, TimeProvider time) => stamp == 0 ? null : time.GetUtcNow() - time.GetElapsedTime(stamp);
}
