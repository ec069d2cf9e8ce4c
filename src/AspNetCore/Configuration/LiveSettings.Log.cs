using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Configuration;

internal sealed partial class LiveSettings
{
    [LoggerMessage(EventIds.SettingsChanged, LogLevel.Information, "Settings changed: {Keys}")]
    private static partial void LogChanged(ILogger logger, string keys);

    [LoggerMessage(EventIds.SettingsRefused, LogLevel.Warning, "The changed configuration is not used: {Fault}")]
    private static partial void LogRefused(ILogger logger, string fault);

    [LoggerMessage(EventIds.SettingsNeedRestart, LogLevel.Warning, "{Key} changed; a restart is needed to put it in force")]
    private static partial void LogRestartNeeded(ILogger logger, string key);

    [LoggerMessage(EventIds.SettingsNotStored, LogLevel.Warning, "The settings are in force but will not survive a restart: {Fault}")]
    private static partial void LogNotStored(ILogger logger, string fault);

    [LoggerMessage(EventIds.SettingsContradicted, LogLevel.Warning, "What the API set on another node is not in force here, because this node's configuration contradicts it: {Fault}")]
    private static partial void LogContradicted(ILogger logger, string fault);

    [LoggerMessage(EventIds.SettingsDoubtful, LogLevel.Warning, "{Warning}")]
    private static partial void LogDoubtful(ILogger logger, string warning);
}
