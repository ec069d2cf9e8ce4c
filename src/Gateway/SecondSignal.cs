using System.Runtime.InteropServices;

namespace ActorSockets.Gateway;

/// <summary>The first SIGTERM or SIGINT begins the orderly stop; a second one ends the process at once.</summary>
internal static class SecondSignal
{
    // 128 + the number of SIGTERM, what a shell reports for a process ended by it.
    private const int EndedBySignal = 143;

    internal static void EndAtOnceOnSecondSignal(this WebApplication app)
    {
        var signals = 0;
        PosixSignalRegistration[] registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(s => PosixSignalRegistration.Create(s, OnSignal))];
        app.Lifetime.ApplicationStopped.Register(() => Array.ForEach(registrations, r => r.Dispose()));

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            if (Interlocked.Increment(ref signals) > 1) Environment.Exit(EndedBySignal);

            // The host listens too, but under systemd to SIGTERM only. To be told twice changes nothing.
            app.Lifetime.StopApplication();
        }
    }
}
