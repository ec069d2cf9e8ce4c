using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Cluster;

/// <summary>
/// Asks the same actor on every node, and gathers what comes back. Nobody is waited for longer than <see cref="Patience"/>: who is unreachable
/// is not asked at all, who stays silent is missing in the answer, and both are named. The actor of this node is asked as without a cluster.
/// </summary>
internal sealed class Reach(Peers peers)
{
    /// <summary>For the others; a healthy node of the same site answers in milliseconds.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    internal Membership Now => peers.Now;

    /// <summary>Everybody, this node included.</summary>
    /// <param name="own">The actor of this node.</param>
    /// <param name="name">Under which name it is known on every node.</param>
    /// <param name="question">The same to all.</param>
    /// <param name="patience">For this node: its answer is not left out.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="AskTimeoutException">This node itself did not answer.</exception>
    internal async Task<Gathered<T>> AskAllAsync<T>(IActorRef own, string name, IClusterMessage question, TimeSpan patience, CancellationToken cancellation)
    {
        var now = peers.Now;
        if (now.IsAlone) return new Gathered<T>([new(now.Self, await own.Ask<T>(question, patience, cancellation))], []);

        var others = now.Others.Where(m => m.Answers).Select(m => TryAsync<T>(m, name, question, cancellation)).ToList();
        var mine = await own.Ask<T>(question, patience, cancellation);
        var answers = new List<NodeAnswer<T>>(others.Count + 1) { new(now.Self, mine) };
        var missing = now.Others.Where(m => !m.Answers).Select(m => m.Node).ToList();
        foreach (var other in await Task.WhenAll(others))
        {
            if (other.Answered) answers.Add(new NodeAnswer<T>(other.Member, other.Answer!));
            else missing.Add(other.Member.Node);
        }

        missing.Sort(StringComparer.Ordinal);
        return new Gathered<T>(answers, missing);
    }

    /// <summary>
    /// The nodes that may hold a connection: the one that made its id, which knows where it went; where that is gone or out of reach, all. More than one is an exception, and
    /// at most one of them will know it.
    /// </summary>
    internal async Task<Gathered<T>> AskHolderAsync<T>(ConnectionId id, IActorRef own, string name, IClusterMessage question, TimeSpan patience, CancellationToken cancellation)
    {
        var maker = peers.Now.MakerOf(id);
        return maker is null || (!maker.Answers && maker.Node != peers.Now.Self.Node)
            ? await AskAllAsync<T>(own, name, question, patience, cancellation)
            : await AskOneAsync<T>(maker, own, name, question, patience, cancellation);
    }

    /// <summary>One member, which may be this node.</summary>
    internal async Task<Gathered<T>> AskOneAsync<T>(MemberNode member, IActorRef own, string name, IClusterMessage question, TimeSpan patience, CancellationToken cancellation)
    {
        if (member.Node == peers.Now.Self.Node) return new Gathered<T>([new(member, await own.Ask<T>(question, patience, cancellation))], []);
        if (!member.Answers) return new Gathered<T>([], [member.Node]);
        var (_, answered, answer) = await TryAsync<T>(member, name, question, cancellation);
        return answered ? new Gathered<T>([new(member, answer!)], []) : new Gathered<T>([], [member.Node]);
    }

    private async Task<(MemberNode Member, bool Answered, T? Answer)> TryAsync<T>(MemberNode member, string name, IClusterMessage question, CancellationToken cancellation)
    {
        try
        {
            return (member, true, await peers.On(member, name).Ask<T>(question, Patience, cancellation));
        }
        catch (Exception e) when (e is AskTimeoutException or InvalidCastException or ArgumentException)
        {
            // The last two: an answer that means something else to this release.
            return (member, false, default);
        }
    }
}

/// <summary>What one node said.</summary>
internal readonly record struct NodeAnswer<T>(MemberNode Member, T Answer);

/// <summary>What came back in time.</summary>
/// <param name="Answers">This node's first.</param>
/// <param name="Missing">Ids of the nodes whose share is not in it, in order.</param>
internal sealed record Gathered<T>(IReadOnlyList<NodeAnswer<T>> Answers, IReadOnlyList<string> Missing)
{
    internal IEnumerable<T> All => Answers.Select(a => a.Answer);

    /// <summary>Every node said something.</summary>
    internal bool IsWhole => Missing.Count == 0;
}
