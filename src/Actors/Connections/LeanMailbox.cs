using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorSockets.Actors.Connections;

/// <summary>
/// The mailbox of a connection actor. Akka's default one keeps a segment of a concurrent queue, about 1 KB, for every actor;
/// a connection that is idle has no messages, and this one keeps a single empty node then.
/// </summary>
internal sealed class LeanMailbox : MailboxType, IProducesMessageQueue<LeanMessageQueue>
{
    /// <summary>Where <c>akka.hocon</c> names it. Without that entry connection actors get the default mailbox.</summary>
    internal const string ConfigPath = "actorsockets.connection-mailbox";

    // Public because Akka finds the constructor by reflection.
    public LeanMailbox(Akka.Actor.Settings settings, Config config)
        : base(settings, config)
    {
    }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new LeanMessageQueue();
}

/// <summary>
/// A linked list with many writers and one reader (D. Vyukov's non-intrusive MPSC queue): a writer exchanges the newest node and then
/// links it; between the two steps the reader sees nothing yet, but <see cref="HasMessages"/> already says that it should come again.
/// </summary>
internal sealed class LeanMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private Node _newest;
    private Node _read;

    internal LeanMessageQueue() => _newest = _read = new Node();

    public bool HasMessages => !ReferenceEquals(Volatile.Read(ref _newest), Volatile.Read(ref _read));

    /// <summary>Counts by walking; for diagnosis only.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var node = Volatile.Read(ref _read.Next); node is not null; node = Volatile.Read(ref node.Next)) count++;
            return count;
        }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var node = new Node { Envelope = envelope };
        var before = Interlocked.Exchange(ref _newest, node);
        Volatile.Write(ref before.Next, node);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (Volatile.Read(ref _read.Next) is not { } next)
        {
            envelope = default;
            return false;
        }

        envelope = next.Envelope;
        // The node stays as the empty one; what it carried may be collected.
        next.Envelope = default;
        Volatile.Write(ref _read, next);
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        var spin = new SpinWait();
        while (HasMessages)
        {
            if (TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
            else spin.SpinOnce();
        }
    }

    private sealed class Node
    {
        internal Envelope Envelope;
        internal Node? Next;
    }
}
