using System.Diagnostics;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Messages from a source to receivers: as many as go, or at a rate.</summary>
internal sealed class Traffic(NodeFleet fleet, ISource source, Receivers receivers)
{
    private const int Window = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly long _before = receivers.Received;
    private long _sent;
    private volatile bool _goesOn;
    private Exception? _fault;

    /// <summary>Each receiver has always the same number of messages on the way to it; whenever one arrives, the next is sent.</summary>
    /// <param name="warmUp">Before the counting begins.</param>
    /// <param name="length">How long is counted.</param>
    /// <param name="idle">CPU seconds per second that the nodes use anyway; taken off.</param>
    public async Task<Flood> Flood(TimeSpan warmUp, TimeSpan length, double[] idle)
    {
        var crossedBefore = await fleet.Crossed();
        _goesOn = true;
        receivers.OnMessage = number =>
        {
            if (_goesOn) Say(number);
        };
        for (var i = 0; i < receivers.Ids.Count * Window; i++) Say(i % receivers.Ids.Count);
        await Task.Delay(warmUp);

        var (received, cpu, own, begun) = (receivers.Received, fleet.Cpu, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.Delay(length);
        var (messages, after, generator, seconds) = (receivers.Received - received, fleet.Cpu, (Environment.CpuUsage.TotalTime - own).TotalSeconds, Stopwatch.GetElapsedTime(begun).TotalSeconds);

        _goesOn = false;
        await Settle();
        double[] each = [.. after.Select((end, node) => Math.Max(0, end - cpu[node] - idle[node] * seconds) / messages * 1e6)];
        return new Flood(messages / seconds, each, (double)(await fleet.Crossed() - crossedBefore) / _sent, generator / seconds);
    }

    /// <summary>At a rate that leaves the nodes idle for most of the time. Milliseconds, in ascending order.</summary>
    public async Task<double[]> Drip(int perSecond, TimeSpan length)
    {
        receivers.OnMessage = null;
        receivers.TakeLatencies();
        receivers.Records = true;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var begun = Stopwatch.GetTimestamp();
        for (var said = 0L; Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < length; await tick.WaitForNextTickAsync())
        {
            for (var due = (long)(elapsed.TotalSeconds * perSecond); said < due; said++) Say((int)(said % receivers.Ids.Count));
        }

        await Settle();
        receivers.Records = false;
        return receivers.TakeLatencies();
    }

    private void Say(int number)
    {
        Interlocked.Increment(ref _sent);
        source.Send(number, Stopwatch.GetTimestamp()).ContinueWith(sent => _fault ??= sent.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
    }

    /// <summary>Until everything that was sent has arrived: a run that loses messages measures other work.</summary>
    private async Task Settle()
    {
        for (var since = Stopwatch.GetTimestamp(); receivers.Received - _before < Interlocked.Read(ref _sent) && _fault is null; await Task.Delay(20))
        {
            if (Stopwatch.GetElapsedTime(since) > Patience) throw new HarnessFault($"{Interlocked.Read(ref _sent) - receivers.Received + _before} messages of {_sent} did not arrive");
        }

        if (_fault is { } fault) throw new HarnessFault(fault.GetBaseException().Message);
    }
}

/// <summary>What the nodes carried when they were given as much as they take.</summary>
/// <param name="PerSecond">Messages.</param>
/// <param name="CpuEach">Microseconds per message, of each node, without what it uses anyway.</param>
/// <param name="Crossed">Messages between nodes for each.</param>
/// <param name="Generator">Share of a core that the generator used.</param>
internal sealed record Flood(double PerSecond, double[] CpuEach, double Crossed, double Generator);
