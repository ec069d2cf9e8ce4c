using Akka.Actor;

namespace ActorSockets.Actors.Serialization;

/// <summary>
/// How many of our messages this node has written for others and read from them. Counted where they become bytes, because that happens once for each
/// node that gets one. What the cluster says by itself (heartbeats, gossip) has serializers of Akka's and is not in it.
/// </summary>
internal sealed class ClusterTraffic : IExtension
{
    private Flow _sent;
    private Flow _received;

    internal static ClusterTraffic Of(ActorSystem system) => system.WithExtension<ClusterTraffic, Provider>();

    internal (long Messages, long Bytes) Sent => _sent.Read();

    internal (long Messages, long Bytes) Received => _received.Read();

    internal void Wrote(int bytes) => _sent.Add(bytes);

    internal void Heard(int bytes) => _received.Add(bytes);

    private struct Flow
    {
        private long _messages;
        private long _bytes;

        internal void Add(int bytes)
        {
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, bytes);
        }

        internal (long Messages, long Bytes) Read() => (Interlocked.Read(ref _messages), Interlocked.Read(ref _bytes));
    }

    internal sealed class Provider : ExtensionIdProvider<ClusterTraffic>
    {
        public override ClusterTraffic CreateExtension(ExtendedActorSystem system) => new();
    }
}
