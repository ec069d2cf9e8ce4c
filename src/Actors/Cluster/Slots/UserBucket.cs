using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// Users are owned by the bucket. All nodes must agree on the number, so it is no setting: 1024 leaves each of a hundred nodes ten
/// buckets on average.
/// </summary>
internal static class UserBucket
{
    internal const int Count = 1024;

    internal static int Of(UserKey user) => (int)(StableHash.Of(user.Hub, user.UserId) % Count);
}
