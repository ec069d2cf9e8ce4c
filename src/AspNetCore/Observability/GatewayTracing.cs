using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Spans of a session's two moments that take time on our side, connect and close; nothing spans its life, which may be days.
/// No tag ever holds a query, a header or a token.
/// </summary>
internal static class GatewayTracing
{
    internal static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <summary>
    /// From the upgrade request to the 101 or the refusal; dispose it there. Null when nobody traces. Where nothing of ASP.NET Core's
    /// stands above it, the caller's own trace is continued (W3C Trace Context).
    /// </summary>
    internal static Activity? StartConnect(string hub, ConnectionId id, string? traceParent, string? traceState)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext caller = default;
        if (Activity.Current is null) ActivityContext.TryParse(traceParent, traceState, isRemote: true, out caller);
        var span = Source.StartActivity("actorsockets.connect", ActivityKind.Server, caller);
        if (span is null) return null;
        span.SetTag("actorsockets.hub", hub);
        span.SetTag("actorsockets.connection", id.Value);
        return span;
    }

    /// <summary>Notes on a connect span that no session began.</summary>
    internal static void Refused(this Activity? connect, string refusal)
    {
        if (connect is null) return;
        connect.SetTag("actorsockets.refusal", refusal);
        connect.SetStatus(ActivityStatusCode.Error, refusal);
    }

    /// <summary>The moment at which a session was gone.</summary>
    internal static void Closed(EndingRecord record)
    {
        using var span = Source.StartActivity("actorsockets.close");
        if (span is null) return;
        span.SetTag("actorsockets.hub", record.Session.Hub);
        span.SetTag("actorsockets.connection", record.Session.Id.Value);
        span.SetTag("actorsockets.ending", record.Ending.Id);
        span.SetTag("actorsockets.outcome", WireName.Of(record.Outcome));
        if (record.Ending.Category is EndingCategory.Error) span.SetStatus(ActivityStatusCode.Error, record.Ending.Id);
    }
}
