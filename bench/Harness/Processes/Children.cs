using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorSockets.Bench.Harness.Processes;

/// <summary>Every process the harness started, so that none outlives it; it never ends any other.</summary>
internal sealed class Children : IDisposable
{
    private readonly ConcurrentDictionary<int, Process> _running = new();
    private readonly List<PosixSignalRegistration> _signals = [];

    public Children()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            _signals.Add(PosixSignalRegistration.Create(signal, _ => EndAll()));
    }

    public Process Start(ProcessStartInfo info)
    {
        var process = Process.Start(info) ?? throw new HarnessFault($"{info.FileName} did not start");
        _running[process.Id] = process;
        return process;
    }

    public void End(Process process)
    {
        if (!_running.TryRemove(_running.FirstOrDefault(entry => ReferenceEquals(entry.Value, process)))) return;
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }

        process.WaitForExit();
        process.Dispose();
    }

    public void Dispose()
    {
        EndAll();
        foreach (var signal in _signals) signal.Dispose();
    }

    /// <summary>Ends everything the harness started, at once.</summary>
    public void EndAll()
    {
        foreach (var process in _running.Values) End(process);
    }
}
