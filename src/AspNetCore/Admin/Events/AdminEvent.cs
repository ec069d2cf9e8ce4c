using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Admin.Resources;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>One server-sent event.</summary>
internal sealed record AdminEvent(string Type, object Data)
{
    internal const string Opened = "opened";
    internal const string Ended = "ended";
    internal const string Refused = "refused";
    internal const string SessionEndsSoon = "session-ends-soon";
    internal const string Drain = "drain";
    internal const string Member = "member";

    /// <summary>How many refusals were left out since the last one that was told.</summary>
    internal const string RefusedLeftOut = "refused-left-out";

    /// <summary>How many events this subscriber lost because it reads too slowly.</summary>
    internal const string Dropped = "dropped";

    /// <summary>What <c>types</c> may name.</summary>
    internal static readonly string[] Selectable = [Opened, Ended, Refused, SessionEndsSoon, Drain, Member];

    /// <summary>Written as a comment: only there to show that the wire is alive.</summary>
    internal static readonly AdminEvent Heartbeat = new("", new object());

    internal static AdminEvent? Of(LifecycleEvents.IEvent fact) => fact switch
    {
        LifecycleEvents.Opened { Session: var s } => new(Opened, new OpenedData(s.Id.Value, s.Hub, s.UserId, s.Address.Address.ToString(), s.Node, s.Subprotocol, s.ConnectedAt)),
        LifecycleEvents.Ended { Record: var record } => new(Ended, EndingView.Of(record)),
        LifecycleEvents.Lost { Record: var record } => new(Ended, EndingView.Of(record)),
        LifecycleEvents.Refused r => new(Refused, new RefusedData(r.Refusal.Id, r.Refusal.Status, r.Refusal.Detail, r.Hub, r.Address?.Address.ToString())),
        LifecycleEvents.SessionEndsSoon { Session: var s, EndsAt: var at } => new(SessionEndsSoon, new EndsSoonData(s.Id.Value, s.Hub, s.UserId, at)),
        LifecycleEvents.DrainAnnounced { Drain: var drain } => new(Drain, new DrainData("announced", DrainDescription.Of(drain))),
        LifecycleEvents.DrainStarted { Drain: var drain } => new(Drain, new DrainData("started", DrainDescription.Of(drain))),
        LifecycleEvents.DrainProgressed { Drain: var drain } => new(Drain, new DrainData("progressed", DrainDescription.Of(drain))),
        LifecycleEvents.DrainEnded { Drain: var drain } => new(Drain, new DrainData("ended", DrainDescription.Of(drain))),
        LifecycleEvents.RollingStands { Drain: var drain, News: var news } => new(Drain, new DrainData(WireName.Of(news), DrainDescription.Of(drain))),
        _ => null,
    };
}

internal sealed record OpenedData(string Connection, string Hub, string? User, string Ip, string Node, string? Subprotocol, DateTimeOffset ConnectedAt);

internal sealed record RefusedData(string Refusal, int Status, string Detail, string? Hub, string? Ip);

internal sealed record EndsSoonData(string Connection, string Hub, string? User, DateTimeOffset EndsAt);

/// <param name="What"><c>announced</c>, <c>started</c>, <c>progressed</c> or <c>ended</c>.</param>
internal sealed record DrainData(string What, DrainDescription Drain);

internal sealed record CountData(long Count);
