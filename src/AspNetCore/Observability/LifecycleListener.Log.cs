using System.Globalization;
using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>The log lines of sessions. The close text is left out: a caller of the API may have written anything into it.</summary>
internal static partial class LifecycleLog
{
    internal static void Opened(this ILogger logger, SessionInfo session)
    {
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        var user = LogText.OrNone(session.UserId);
        Opened(logger, session.Id.Value, session.Hub, user, session.Address.Address, LogText.OrNone(session.Subprotocol));
    }

    /// <summary>Endings that somebody must look at are warnings; all others, however unkind, are the normal life of a gateway.</summary>
    internal static void Ended(this ILogger logger, EndingRecord record)
    {
        var level = record.Ending.Category is EndingCategory.Error ? LogLevel.Warning : LogLevel.Information;
        if (!logger.IsEnabled(level)) return;
        var session = record.Session;
        var category = WireName.Of(record.Ending.Category);
        var outcome = WireName.Of(record.Outcome);
        var (user, note) = (LogText.OrNone(session.UserId), LogText.OrNone(record.Note));
        var code = Text(record.Code);
        Ended(
            logger, level, session.Id.Value, session.Hub, user, session.Address.Address, record.Ending.Id, category,
            code, outcome, record.Duration, record.Activity.BytesIn, record.Activity.BytesOut, note);
    }

    [LoggerMessage(EventIds.SessionOpened, LogLevel.Debug, "Session {Connection} opened: hub {Hub}, user {User}, ip {Ip}, subprotocol {Subprotocol}")]
    private static partial void Opened(ILogger logger, string connection, string hub, string user, IPAddress ip, string subprotocol);

    [LoggerMessage(EventId = EventIds.SessionEnded, Message = "Session {Connection} ended: hub {Hub}, user {User}, ip {Ip}, ending {Ending}, category {Category}, code {Code}, outcome {Outcome}, duration {Duration}, bytes in {BytesIn}, bytes out {BytesOut}, note {Note}")]
    private static partial void Ended(
        ILogger logger, LogLevel level, string connection, string hub, string user, IPAddress ip, string ending, string category,
        string code, string outcome, TimeSpan duration, long bytesIn, long bytesOut, string note);

    internal static void TransportLeft(this ILogger logger, EndingRecord record)
    {
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        var code = Text(record.Code);
        TransportLeft(logger, record.Session.Id.Value, record.Session.Hub, WireName.Of(record.Fate), record.Ending.Id, code, WireName.Of(record.Outcome), LogText.OrNone(record.Note));
    }

    [LoggerMessage(EventIds.TransportLeft, LogLevel.Debug, "Session {Connection} of hub {Hub} is {Fate}: {Ending}, code {Code}, outcome {Outcome}, note {Note}")]
    private static partial void TransportLeft(ILogger logger, string connection, string hub, string fate, string ending, string code, string outcome, string note);

    [LoggerMessage(EventIds.SessionRecovered, LogLevel.Debug, "Session {Connection} of hub {Hub} is recovered from ip {Ip}")]
    internal static partial void Recovered(this ILogger logger, string connection, string hub, IPAddress ip);

    [LoggerMessage(EventIds.SessionRefused, LogLevel.Debug, "Refused with {Refusal} ({Status}): hub {Hub}, ip {Ip}")]
    internal static partial void Refused(this ILogger logger, string refusal, int status, string? hub, IPAddress? ip);

    [LoggerMessage(EventIds.SessionsRefused, LogLevel.Information, "Refused {Count} clients within {Window}: {Refusals}")]
    internal static partial void RefusedMany(this ILogger logger, long count, TimeSpan window, string refusals);

    [LoggerMessage(EventIds.SessionsBarred, LogLevel.Information, "Bans and revocations ended {Count} sessions of this node within {Window}: {Endings}")]
    internal static partial void BarredMany(this ILogger logger, long count, TimeSpan window, string endings);

    internal static void EndsSoon(this ILogger logger, SessionInfo session, DateTimeOffset endsAt)
    {
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        var user = LogText.OrNone(session.UserId);
        SessionEndsSoon(logger, session.Id.Value, session.Hub, user, endsAt);
    }

    /// <summary>Always a text, so that a log store sees one type in the field.</summary>
    private static string Text(int? code) => code?.ToString(CultureInfo.InvariantCulture) ?? LogText.None;

    [LoggerMessage(EventIds.SessionEndsSoon, LogLevel.Debug, "Session {Connection} ends soon: hub {Hub}, user {User}, at {EndsAt}")]
    private static partial void SessionEndsSoon(ILogger logger, string connection, string hub, string user, DateTimeOffset endsAt);
}
