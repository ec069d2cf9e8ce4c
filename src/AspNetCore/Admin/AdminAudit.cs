using ActorSockets.AspNetCore.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>One line for every call that changed something: who, what, to whom, how many.</summary>
internal sealed partial class AdminAudit(ILogger<AdminAudit> logger)
{
    internal void Did(HttpContext context, string action, string subject, int count = 1) =>
        Did(logger, AdminCaller.NameOf(context), action, subject, count);

    /// <summary>Of the application, by the data plane: it is the same order as an operator's.</summary>
    internal void DidByDataPlane(string action, string subject) => Did(logger, "data plane", action, subject, 1);

    internal void NotStored(string action, string subject, string fault) => NotStored(logger, action, subject, fault);

    [LoggerMessage(EventIds.AdminCall, LogLevel.Information, "{Who} called {Action} on {Subject}: {Count} changed")]
    private static partial void Did(ILogger logger, string who, string action, string subject, int count);

    [LoggerMessage(EventIds.AdminNotStored, LogLevel.Warning, "{Action} on {Subject} is in force but will not survive a restart: {Fault}")]
    private static partial void NotStored(ILogger logger, string action, string subject, string fault);
}
