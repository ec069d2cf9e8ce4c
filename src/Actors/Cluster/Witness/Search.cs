using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// Some sessions of a lost node while the others are asked for them: one that was handed over in the node's last moment is on a member that only its own witness
/// has heard of. Pure.
/// </summary>
/// <param name="of">The lost node.</param>
/// <param name="page">Names this question.</param>
/// <param name="sessions">As the lost node told of them.</param>
/// <param name="asked">Tags of those who are asked.</param>
/// <param name="since">Time stamp of the question.</param>
internal sealed class Search(Bereavement of, int page, IReadOnlyList<WitnessedSession> sessions, IEnumerable<string> asked, long since)
{
    private readonly HashSet<string> _silent = new(asked, StringComparer.Ordinal);
    private readonly HashSet<ConnectionId> _met = [];

    internal Bereavement Of => of;

    internal int Page => page;

    internal long Since => since;

    /// <summary>Everybody who was asked has answered.</summary>
    internal bool IsAnswered => _silent.Count == 0;

    /// <summary>Those whom nobody has met.</summary>
    internal IEnumerable<WitnessedSession> Lost => sessions.Where(s => !_met.Contains(s.Id));

    internal void Hear(string by, IReadOnlyList<ConnectionId> met)
    {
        if (_silent.Remove(by)) _met.UnionWith(met);
    }
}
