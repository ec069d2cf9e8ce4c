using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Event;
using static ActorSockets.Actors.Cluster.Witness.WitnessProtocol;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>What other nodes tell this one, and what comes of it when they are lost.</summary>
internal sealed partial class WitnessActor
{
    /// <summary>Sessions of a lost node that are reported in one beat: 5,000 a second, as history, log and upstreams take them.</summary>
    internal const int ReportedPerBeat = 1250;

    /// <summary>Before a lost node's sessions are reported: another may have a later roster of it.</summary>
    internal static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Ward> _wards = [];
    private readonly Dictionary<string, Bereavement> _bereft = [];

    private void OnTold(Told told)
    {
        // One that is not a member any more: whatever it held has been reported.
        if (_now.Others.FirstOrDefault(m => m.Tag == told.From) is not { } teller) return;
        if (!_wards.TryGetValue(told.From, out var ward) || ward.Roster < told.Roster)
        {
            if (told.Part > 0)
            {
                _peerOn(teller).Tell(new Anew(_self, told.Roster), Self);
                return;
            }

            _wards[told.From] = ward = new Ward(teller.Node, told.Roster);
        }

        if (ward.Roster > told.Roster) return;
        if (ward.Next == told.Part) ward.Take(told);
        _peerOn(teller).Tell(told.Part < ward.Next ? new Heard(_self, told.Roster, told.Part) : new Anew(_self, told.Roster), Self);
    }

    private void OnElsewhere(Elsewhere elsewhere)
    {
        if (_wards.TryGetValue(elsewhere.From, out var ward) && ward.Roster < elsewhere.Roster) _wards.Remove(elsewhere.From);
    }

    private void Lose(MemberNode gone)
    {
        // One that left in order has said of each of its sessions why it ended; what it could not tell us any more is out of date.
        if (!_wards.Remove(gone.Tag, out var ward) || gone.State == MemberState.Leaving || gone.Answers) return;
        _bereft[gone.Tag] = new Bereavement(ward, _time.GetUtcNow(), _time.GetTimestamp());
        _log.Warning("Node {0} is lost, and with it {1} sessions that this node knows of", ward.Node, ward.Count);
        SayBereft(gone.Tag, ward.Roster);
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

    private void ReportLost()
    {
        var left = ReportedPerBeat;
        foreach (var (tag, bereavement) in _bereft)
        {
            if (left == 0) return;
            if (_time.GetElapsedTime(bereavement.Since) < AskWithin) continue;
            var lost = bereavement.Ward.Give(left);
            left -= lost.Count;
            foreach (var session in lost)
                if (!LivesOn(session.Id)) Context.System.EventStream.Publish(new LifecycleEvents.Lost(RecordOf(session, bereavement), session.State));
            if (bereavement.Ward.Count == 0) _bereft.Remove(tag);
        }
    }

    /// <summary>It went to another node in the last moment, which has told us of it.</summary>
    private bool LivesOn(ConnectionId id) => _roster.Holds(id) || _wards.Values.Any(w => w.Holds(id));

    private static EndingRecord RecordOf(WitnessedSession session, Bereavement bereavement) => new(
        session.ToInfo(bereavement.Ward.Node), EndingCatalogue.NodeLost, null, "", "its node was lost", CloseOutcome.Lost, bereavement.At, default);

    /// <summary>A node that is lost.</summary>
    /// <param name="At">When it was removed.</param>
    /// <param name="Since">The same as a time stamp.</param>
    private sealed record Bereavement(Ward Ward, DateTimeOffset At, long Since);
}
