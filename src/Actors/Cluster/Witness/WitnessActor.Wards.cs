using static ActorSockets.Actors.Cluster.Witness.WitnessProtocol;

namespace ActorSockets.Actors.Cluster.Witness;

/// <content>What other nodes tell this one.</content>
internal sealed partial class WitnessActor
{
    private readonly Dictionary<string, Ward> _wards = [];

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
}
