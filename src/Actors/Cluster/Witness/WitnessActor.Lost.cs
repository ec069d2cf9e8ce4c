using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Event;
using static ActorSockets.Actors.Cluster.Witness.WitnessProtocol;

namespace ActorSockets.Actors.Cluster.Witness;

/// <content>
/// What comes of it when a node is lost that told this one of its sessions: others may have a later roster of it, or have some of its sessions. Nobody who stays
/// silent is waited for.
/// </content>
internal sealed partial class WitnessActor
{
    /// <summary>Sessions of lost nodes that are asked for, and reported, in one beat: 5,000 a second, as history, log and upstreams take them.</summary>
    internal const int ReportedPerBeat = 1250;

    /// <summary>Before a lost node's sessions are asked for: another may have a later roster of it.</summary>
    internal static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(2);

    /// <summary>For the others' answers. A question leaves with each beat, so there are five under way at most.</summary>
    internal static readonly TimeSpan MetWithin = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Bereavement> _bereft = [];

    private readonly Queue<Search> _searches = new();
    private int _pages;

    private void Lose(MemberNode gone)
    {
        // One that left in order has said of each of its sessions why it ended; what it could not tell us any more is out of date.
        if (!_wards.Remove(gone.Tag, out var ward) || gone.State == MemberState.Leaving || gone.Answers) return;
        _bereft[gone.Tag] = new Bereavement(gone.Tag, ward, _time.GetUtcNow(), _time.GetTimestamp());
        _log.Warning("Node {0} is lost, and with it {1} sessions that this node knows of", ward.Node, ward.Count);
        SayBereft(gone.Tag, ward.Roster);
    }

    private void MournNobody()
    {
        _bereft.Clear();
        _searches.Clear();
    }

    private void OnBereft(Bereft bereft)
    {
        var mine = _bereft.GetValueOrDefault(bereft.Lost)?.Ward ?? _wards.GetValueOrDefault(bereft.Lost);
        if (mine is null) return;
        if (mine.Roster > bereft.Roster)
        {
            // It may not have heard us, or not have missed the node when it did.
            SayBereft(bereft.Lost, mine.Roster);
        }
        else if (mine.Roster < bereft.Roster)
        {
            _wards.Remove(bereft.Lost);
            _bereft.Remove(bereft.Lost);
        }
    }

    private void SayBereft(string lost, long roster)
    {
        foreach (var other in _now.Others)
            if (other.Answers && other.Tag != lost) _peerOn(other).Tell(new Bereft(_self, lost, roster), Self);
    }

    private void SearchLost()
    {
        foreach (var (tag, bereavement) in _bereft)
        {
            if (_time.GetElapsedTime(bereavement.Since) < AskWithin) continue;
            if (bereavement.Ward.Count > 0)
            {
                Search(bereavement);
                return;
            }

            // It stays as long as its last sessions are asked for, because a later roster makes them void.
            if (_searches.All(s => s.Of != bereavement)) _bereft.Remove(tag);
        }
    }

    private void Search(Bereavement bereavement)
    {
        var sessions = bereavement.Ward.Give(ReportedPerBeat);
        var asked = _now.Others.Where(m => m.Answers && m.Tag != bereavement.Tag).ToList();
        _searches.Enqueue(new Search(bereavement, ++_pages, sessions, asked.Select(m => m.Tag), _time.GetTimestamp()));
        var question = new HaveMet(_self, bereavement.Ward.Roster, _pages, [.. sessions.Select(s => s.Id)]);
        foreach (var other in asked) _peerOn(other).Tell(question, Self);
    }

    private void OnHaveMet(HaveMet have)
    {
        if (_now.Others.FirstOrDefault(m => m.Tag == have.From) is { } asker)
            _peerOn(asker).Tell(new Met(_self, have.Roster, have.Page, [.. have.Sessions.Where(_roster.HasMet)]), Self);
    }

    private void OnMet(Met met) => _searches.FirstOrDefault(s => s.Page == met.Page && s.Of.Ward.Roster == met.Roster)?.Hear(met.From, met.Sessions);

    private void ReportLost()
    {
        if (!_searches.TryPeek(out var search) || !(search.IsAnswered || _time.GetElapsedTime(search.Since) >= MetWithin)) return;
        _searches.Dequeue();
        if (_bereft.GetValueOrDefault(search.Of.Tag) != search.Of) return;
        foreach (var session in search.Lost)
            if (!LivesOn(session.Id)) Context.System.EventStream.Publish(new LifecycleEvents.Lost(RecordOf(session, search.Of), session.State));
    }

    /// <summary>It went to another node in the last moment, and that is this one, or has told this one of it.</summary>
    private bool LivesOn(ConnectionId id) => _roster.HasMet(id) || _wards.Values.Any(w => w.Holds(id));

    private static EndingRecord RecordOf(WitnessedSession session, Bereavement bereavement) => new(
        session.ToInfo(bereavement.Ward.Node), EndingCatalogue.NodeLost, null, "", "its node was lost", CloseOutcome.Lost, bereavement.At, default);
}
