namespace ActorSockets.AspNetCore.Observability;

/// <summary>Names under which the outside world knows our telemetry.</summary>
internal static class TelemetryNames
{
    /// <summary>Meter and activity source.</summary>
    internal const string Source = "ActorSockets";

    /// <summary>Stands for every hub that is not configured, so that the tag stays bounded.</summary>
    internal const string OtherHub = "other";
}
