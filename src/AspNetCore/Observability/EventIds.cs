namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Event ids of the library's log lines. Alerts and dashboards are built on them, so an id is never given to another event;
/// a test compares this list with every log method. 1000 sessions, 1100 drains, 2000 upgrade, 3000 admin,
/// 4000 sockets, 4100 upstreams, 5000 hosting, 5100 configuration.
/// </summary>
internal static class EventIds
{
    internal const int SessionOpened = 1000;
    internal const int SessionEnded = 1001;
    internal const int SessionRefused = 1002;
    internal const int SessionEndsSoon = 1003;
    internal const int SessionsRefused = 1004;
    internal const int TransportLeft = 1005;
    internal const int SessionRecovered = 1006;
    internal const int SessionsBarred = 1007;

    internal const int DrainAnnounced = 1100;
    internal const int DrainStarted = 1101;
    internal const int DrainProgressed = 1102;
    internal const int DrainChanged = 1103;
    internal const int DrainEnded = 1104;

    internal const int UnlistedProxy = 2000;
    internal const int ConnectHandlerFailed = 2001;
    internal const int AdmissionFailed = 2002;
    internal const int ForwardingHeadersDisagree = 2003;
    internal const int UpgradeFailed = 2004;
    internal const int RecoveryFailed = 2005;

    internal const int AdminCall = 3000;
    internal const int AdminRefused = 3001;
    internal const int AdminFailed = 3002;
    internal const int AdminNoAnswer = 3003;
    internal const int AdminNotStored = 3004;

    internal const int HandlerFailed = 4000;
    internal const int ClientRequestNotDone = 4001;

    internal const int UpstreamUnsuccessful = 4100;
    internal const int UpstreamBroken = 4101;
    internal const int UpstreamCircuitOpened = 4102;
    internal const int UpstreamCircuitClosed = 4103;
    internal const int UpstreamBadAnswer = 4104;
    internal const int UpstreamNotTold = 4105;
    internal const int UpstreamUnsaid = 4106;
    internal const int UpstreamNoHandler = 4107;

    internal const int Stopping = 5000;
    internal const int Stopped = 5001;
    internal const int StopOverdue = 5002;
    internal const int LeftCluster = 5003;

    internal const int SettingsChanged = 5100;
    internal const int SettingsRefused = 5101;
    internal const int SettingsNeedRestart = 5102;
    internal const int SettingsNotStored = 5103;
    internal const int SettingsDoubtful = 5104;
    internal const int SettingsContradicted = 5105;

    internal const int MemoryHigh = 5110;
    internal const int MemoryNormal = 5111;

    internal const int HandshakeTimeout = 5120;
    internal const int AdminNotLocal = 5121;
}
