namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Event ids of configuration and of what watches it: 5100 to 5199. Alerts are built on them, so an id never gets another meaning.</summary>
internal static class ConfigurationEventIds
{
    internal const int Changed = 5100;
    internal const int Refused = 5101;
    internal const int RestartNeeded = 5102;
    internal const int NotStored = 5103;
    internal const int Doubtful = 5104;

    internal const int MemoryHigh = 5110;
    internal const int MemoryNormal = 5111;

    internal const int HandshakeTimeout = 5120;
    internal const int AdminNotLocal = 5121;
}
