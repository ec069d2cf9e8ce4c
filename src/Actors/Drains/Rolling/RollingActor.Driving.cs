using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// Driving: look, take one step, look again. One look or step is under way at a time, each with a bound, and all that is decided comes from the look
/// before it; a node that takes over from another therefore needs nothing but the register.
/// </summary>
internal sealed partial class RollingActor
{
    internal const string Drains = "drains";

    // A node that is well says how it is in milliseconds; an order waits for its router to count.
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OrderPatience = TimeSpan.FromSeconds(5);

    // What a longer deadline has more than the shortest that would do: by the next order somebody may have come.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private bool _busy;

    // Heard of something during a look or step, so the next one follows at once.
    private bool _again;
    private (string? Id, string? Why) _held;

    private void Look()
    {
        if (_busy)
        {
            _again = true;
            return;
        }

        var members = _membership.Current;
        if (Open() is not { } drain || members.Self.State != Cluster.MemberState.Up || RollingSteps.DriverOf(drain, members) != members.Self.Node)
        {
            _held = default;
            return;
        }

        _busy = true;
        LookAsync(drain, members).PipeTo(Self, Self, success: seen => new Looked(drain.Id, seen), failure: fault => new Looked(drain.Id, null) { Fault = fault });
    }

    /// <summary>One that was cancelled is brought to its end first; of two that were ordered at the same time the older is driven.</summary>
    private RollingDrain? Open() => _drains.FirstOrDefault(d => d is { IsOver: false, IsCancelled: true }) ?? _drains.FirstOrDefault(d => !d.IsOver);

    private async Task<RollingLook> LookAsync(RollingDrain drain, Membership members)
    {
        var counts = await Task.WhenAll(members.All.Where(m => m.Answers).Select(async m => (m.Node, Census: await TryAskAsync(m, SupervisorProtocol.Name, SupervisorProtocol.GetCensus.Instance, LookPatience))));
        var asked = drain.Current ?? drain.Next;
        var part = asked is { Phase: not NodePhase.Settling } && members.Find(asked.Node) is { Answers: true } at ? await PartAsync(asked.Drain, at) : null;
        return new RollingLook(counts.Where(c => c.Census is SupervisorProtocol.CensusReport).ToDictionary(c => c.Node, c => (SupervisorProtocol.CensusReport)c.Census!, StringComparer.Ordinal), part);
    }

    private async Task<PartLook?> PartAsync(string id, MemberNode node) => await TryAskAsync(node, Drains, new DrainProtocol.Get(id), LookPatience) switch
    {
        DrainProtocol.Found { Drain: var drain } => new PartLook(id, drain),
        DrainProtocol.Unknown => new PartLook(id, null),
        _ => null,
    };

    private async Task<object?> TryAskAsync(MemberNode node, string name, object question, TimeSpan patience)
    {
        try
        {
            return await _peerOn(node, name).Ask<object>(question, patience);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private void OnLooked(Looked looked)
    {
        _busy = false;
        if (looked.Fault is { } fault) _log.Warning("Rolling drain {0}: the nodes could not be looked at: {1}", looked.Id, fault.Message);
        var members = _membership.Current;
        if (looked.Seen is null || Open() is not { } drain || RollingSteps.DriverOf(drain, members) != members.Self.Node) return;
        if (drain.Id != looked.Id)
        {
            Look();
            return;
        }

        Take(drain, RollingSteps.Next(drain, members, looked.Seen, _time.GetUtcNow()));
        if (!_again || _busy) return;
        _again = false;
        Look();
    }

    /// <summary>Ordered at nodes that had not heard of each other: the younger one does not follow unasked.</summary>
    private void CancelOthers(RollingDrain drain)
    {
        foreach (var other in _drains.Where(d => d is { IsOver: false, IsCancelled: false } && d.Id != drain.Id).ToList())
            Write(RollingRegister.Cancelled(other, new RollingFact(_time.GetUtcNow()) { Why = $"rolling drain {drain.Id} was ordered at the same time" }, _clock.Next()));
    }

    private void Take(RollingDrain drain, RollingStep step)
    {
        if (!drain.IsCancelled) CancelOthers(drain);
        if (step is RollingStep.Hold { Why: { } why } && _held != (drain.Id, why)) _log.Info("Rolling drain {0} waits: {1}", drain.Id, why);
        _held = (drain.Id, (step as RollingStep.Hold)?.Why);
        switch (step)
        {
            case RollingStep.Enter enter:
                Enter(drain, enter.Node.Node, enter.Phase, enter.Fact);
                break;
            case RollingStep.Tell tell:
                Order(drain, tell);
                break;
            case RollingStep.Finish:
                Finish(drain);
                break;
        }
    }

    private void Enter(RollingDrain drain, string node, NodePhase phase, RollingFact fact)
    {
        _log.Info("Rolling drain {0}: node {1} is {2}{3}", drain.Id, node, phase, fact.Why is null ? "" : $", because {fact.Why}");
        Write(RollingRegister.Fact(drain, node, phase, fact, _clock.Next()));
        Look();
    }

    private void Order(RollingDrain drain, RollingStep.Tell tell)
    {
        _busy = true;
        TryAskAsync(tell.Node, Drains, tell.Order, OrderPatience).PipeTo(Self, Self, success: answer => new Did(drain.Id, tell, answer), failure: _ => new Did(drain.Id, tell, null));
    }

    private void OnDid(Did did)
    {
        (_busy, _again) = (false, false);
        if (Find(did.Id) is not { } drain) return;
        var node = did.Step.Node.Node;
        switch (did.Step.Order, did.Answer)
        {
            case (DrainProtocol.Serve, DrainProtocol.Served):
                Enter(drain, node, NodePhase.Done, new RollingFact(_time.GetUtcNow()));
                break;
            case (DrainProtocol.Serve, DrainProtocol.Conflict conflict):
                Enter(drain, node, NodePhase.Done, new RollingFact(_time.GetUtcNow()) { Why = conflict.Why });
                break;
            case (DrainProtocol.Start start, DrainProtocol.Impossible { Shortest: var shortest }) when shortest + Slack <= DrainOrders.LongestDeadline && shortest > start.Order.Deadline:
                // It has more connections than at the order; under a cap they need their time.
                Order(drain, did.Step with { Order = new DrainProtocol.Start(start.Order with { Deadline = shortest + Slack }) });
                break;
            case (DrainProtocol.Start, DrainProtocol.Rejected { Field: not "id" } rejected):
                _held = (drain.Id, $"node {node} refuses its drain: {rejected.Field} {rejected.Detail}");
                break;
            case (_, DrainProtocol.Started or DrainProtocol.Changed):
                Look();
                break;
        }
    }

    private void Finish(RollingDrain drain)
    {
        _log.Info("Rolling drain {0} is over{1}", drain.Id, drain.IsCancelled ? ", as cancelled" : "");
        Write(RollingRegister.Over(drain, new RollingFact(_time.GetUtcNow()), _clock.Next()));
        Write([.. RollingRegister.Retire(_register.Current, drain, _clock.Next, _time.GetUtcNow())]);
        Look();
    }

    private sealed record Looked(string Id, RollingLook? Seen) : INoSerializationVerificationNeeded
    {
        public Exception? Fault { get; init; }
    }

    private sealed record Did(string Id, RollingStep.Tell Step, object? Answer) : INoSerializationVerificationNeeded;
}
