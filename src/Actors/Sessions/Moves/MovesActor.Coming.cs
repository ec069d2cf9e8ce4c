using System.Text.Json;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <content>Sessions that come here.</content>
internal sealed partial class MovesActor
{
    private readonly Dictionary<string, Coming> _coming = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _over = new(StringComparer.Ordinal);
    private readonly Queue<string> _overOrder = new();

    private void OnParcel(Parcel parcel)
    {
        if (_over.TryGetValue(parcel.Move, out var settled))
        {
            // The answer was lost.
            if (parcel is { Cargo: Cargo.Tail, IsLast: true }) Sender.Tell(settled ? new Settled(parcel.Move) : new Declined(parcel.Move, IsClosed: false), Self);
            return;
        }

        if (!_coming.TryGetValue(parcel.Move, out var coming))
        {
            if (parcel.Cargo == Cargo.Tail)
            {
                Sender.Tell(new Declined(parcel.Move, IsClosed: false), Self);
                return;
            }

            coming = new Coming(parcel.Move, Sender, parcel.Move[..Math.Max(0, parcel.Move.LastIndexOf('.'))]);
            _coming.Add(parcel.Move, coming);
        }

        coming.Deadline = Now + _patience.ToArrive;
        if ((parcel.Cargo == Cargo.State) != (coming.State is null) || coming.Parcels.Add(parcel) is not { } bytes) return;
        if (parcel.Cargo == Cargo.State) Adopt(coming, bytes);
        else if (coming.Session is { } session) Open(coming, session, bytes);
    }

    /// <summary>Whoever gave it has it still, and is not to wait for an answer that never comes.</summary>
    private void Open(Coming coming, ReliableSession session, byte[] bytes)
    {
        SessionTail tail;
        try
        {
            tail = SessionTail.FromBytes(bytes);
        }
        catch (Exception fault) when (fault is FormatException or IOException)
        {
            _log.Error(fault, "What node {0} gave is no tail of a session", coming.FromNode);
            _supervisor.Tell(new SupervisorProtocol.Forget(coming.Id), Self);
            Decline(coming, isClosed: false);
            return;
        }

        Arrive(coming, session, tail);
    }

    private void Adopt(Coming coming, byte[] bytes)
    {
        try
        {
            coming.State = SessionState.FromBytes(bytes);
        }
        catch (JsonException fault)
        {
            _log.Error(fault, "What node {0} gave is no session", coming.FromNode);
            Decline(coming, isClosed: false);
            return;
        }

        var move = coming.Move;
        _host().AdoptAsync(coming.State, isWanted: _fetching.ContainsKey(coming.Id)).PipeTo(Self, success: adoption => new Adopted(move, adoption), failure: fault => new Adopted(move, default) { Fault = fault });
    }

    private void OnAdopted(Adopted adopted)
    {
        if (adopted.Fault is not null) _log.Error(adopted.Fault, "A session could not be adopted");
        if (!_coming.TryGetValue(adopted.Move, out var coming)) return;
        if (adopted.Adoption.Session is not { } session)
        {
            // Without a session there is nobody to be forgotten, unless it failed in the middle.
            if (adopted.Fault is not null) _supervisor.Tell(new SupervisorProtocol.Forget(coming.Id), Self);
            Decline(coming, adopted.Adoption.IsClosed);
            return;
        }

        coming.Session = session;
        if (coming.IsAbandoned) Drop(coming);
        else _router.Tell(new RouterProtocol.GetGate(coming.Id), Self);
    }

    private void OnGate(RouterProtocol.Gate gate)
    {
        foreach (var coming in _coming.Values)
            if (coming is { Session: not null, State: not null } && coming.Id == gate.Id) coming.From.Tell(new Taken(coming.Move, gate.Heard), Self);
    }

    private void Arrive(Coming coming, ReliableSession session, SessionTail tail)
    {
        var id = coming.Id;
        session.OpenGate(tail);
        _router.Tell(new RouterProtocol.Settle(id, tail.Changes), Self);
        _supervisor.Tell(new SupervisorProtocol.Keep(id), Self);
        _whereabouts.Arrive(id, Tag, coming.State!.Moves);
        Remember(coming, settled: true);
        coming.From.Tell(new Settled(coming.Move), Self);
        if (_peers.Now.MakerOf(id) is { } maker && maker.Tag != Tag && maker.Tag != coming.FromNode) On(maker).Tell(new LivesAt(id, Tag, coming.State!.Moves), Self);
        Conclude(id, FetchOutcome.Here);
    }

    private void OnAbandoned(string move)
    {
        if (_coming.TryGetValue(move, out var coming)) Drop(coming);
    }

    /// <summary>Whoever gives it has it still, or is gone.</summary>
    private void Drop(Coming coming)
    {
        if (coming.State is not null && coming.Session is null)
        {
            // The host has yet to say what became of it.
            coming.IsAbandoned = true;
            return;
        }

        if (coming.Session is not null) _supervisor.Tell(new SupervisorProtocol.Forget(coming.Id), Self);
        Remember(coming, settled: false);
    }

    private void Decline(Coming coming, bool isClosed)
    {
        Remember(coming, settled: false);
        coming.From.Tell(new Declined(coming.Move, isClosed), Self);
        if (coming.State is not null) Conclude(coming.Id, FetchOutcome.Unknown);
    }

    private void Remember(Coming coming, bool settled)
    {
        _coming.Remove(coming.Move);
        _over[coming.Move] = settled;
        _overOrder.Enqueue(coming.Move);
        while (_overOrder.Count > MostRemembered) _over.Remove(_overOrder.Dequeue());
    }

    private void TickComing()
    {
        foreach (var coming in _coming.Values.Where(c => c.Deadline <= Now).ToList()) Drop(coming);
    }

    private sealed record Adopted(string Move, Adoption Adoption) : INoSerializationVerificationNeeded
    {
        public Exception? Fault { get; init; }
    }
}
