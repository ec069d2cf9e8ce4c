using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>What may be logged at Warning or above under stress, and why. All else is a fault, or noise that hides one.</summary>
internal static class ExpectedWarnings
{
    private static readonly (string Category, int Event, string Why)[] List =
    [
        ("Microsoft.AspNetCore.Server.Kestrel", 22, "Kestrel's heartbeat came late: the machine that runs the tests is busier than its cores allow."),
    ];

    /// <summary>The lines that are not on the list; the first few, because one fault may repeat ten thousand times.</summary>
    internal static IEnumerable<CollectedLog.Line> Unexpected(this CollectedLog log, Func<CollectedLog.Line, bool>? alsoExpected = null) => log.Lines
        .Where(l => l.Level is >= LogLevel.Warning and < LogLevel.None)
        .Where(l => !List.Any(e => e.Category == l.Category && e.Event == l.Event.Id) && alsoExpected?.Invoke(l) is not true)
        .Take(20);
}
