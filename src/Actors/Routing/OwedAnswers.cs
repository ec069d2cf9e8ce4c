using Akka.Actor;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// Answers to those who changed something of a session that was on its way to another node: they are given when that node has the change. Where it is lost, there is
/// nothing to wait for, and where it says nothing for too long, nothing is known and nothing is said.
/// </summary>
internal sealed class OwedAnswers
{
    /// <summary>Longer than it takes until a node that is lost is removed.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);

    private readonly Dictionary<long, Owed> _owed = [];

    /// <param name="number">By which the other node says that it has the changes.</param>
    /// <param name="node">Its tag.</param>
    /// <param name="answers">To be given then.</param>
    /// <param name="overdue">Cancelled then; else it says when to forget them.</param>
    internal void Add(long number, string node, IReadOnlyList<Action> answers, ICancelable overdue) => _owed.Add(number, new Owed(node, answers, overdue));

    /// <summary>It has them.</summary>
    internal void Settle(long number)
    {
        if (!_owed.Remove(number, out var owed)) return;
        owed.Overdue.Cancel();
        foreach (var answer in owed.Answers) answer();
    }

    /// <summary>The session is lost with its node, and what was changed of it was changed before.</summary>
    internal void Lose(string node)
    {
        foreach (var number in _owed.Where(o => o.Value.Node == node).Select(o => o.Key).ToList()) Settle(number);
    }

    /// <summary>Whoever asked has long stopped to wait.</summary>
    internal void Forget(long number) => _owed.Remove(number);

    private readonly record struct Owed(string Node, IReadOnlyList<Action> Answers, ICancelable Overdue);
}
