using ActorSockets.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace ActorSockets.Gateway;

/// <summary>
/// Under systemd (sd_notify(3)): ready when started, and while it stops <c>systemctl status</c> shows how many connections are left.
/// Anywhere else nothing of this exists.
/// </summary>
internal static class SystemdStatus
{
    internal static void TellSystemd(this WebApplication app)
    {
        if (app.Services.GetService<ISystemdNotifier>() is not { IsEnabled: true } systemd) return;
        app.Services.GetRequiredService<StopReport>().Status += line => systemd.Notify(new ServiceState($"STOPPING=1\nSTATUS={line}"));
    }
}
