using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>What a drain of 10,000 connections over 20 seconds decides, all ticks together; figures are per connection.</summary>
[MemoryDiagnoser]
public class DrainBenchmarks
{
    private const int Connections = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);
    private DrainMember[] _crowd = [];

    [GlobalSetup]
    public void Gather() => _crowd = [.. Enumerable.Range(1, Connections).Select(Member)];

    /// <summary>How many at each tick.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Connections)]
    public int Pace()
    {
        var pace = new DrainPace(TimeSpan.Zero, Window);
        var left = Connections;
        for (var now = TimeSpan.Zero; now <= Window; now += DrainPace.Tick) left -= pace.Take(now, left);
        return left;
    }

    /// <summary>When each is to come back.</summary>
    [Benchmark(OperationsPerInvoke = Connections)]
    public TimeSpan Slots()
    {
        var slots = new ReconnectSlots(Connections, Window, new Random(1));
        var sum = TimeSpan.Zero;
        for (var k = 0; k < Connections; k++) sum += slots.Next(Window * k / Connections);
        return sum;
    }

    /// <summary>Whose turn it is, the idlest first.</summary>
    [Benchmark(OperationsPerInvoke = Connections)]
    public int Turns()
    {
        var queue = new TurnQueue(DrainSequence.IdleFirst, TimeProvider.System, new Random(1));
        foreach (var member in _crowd) queue.Add(member);
        var turns = 0;
        while (queue.Next(sparing: true) is not null) turns++;
        return turns;
    }

    private static DrainMember Member(int place) => new(ConnectionId.New("k3f9qa"), new SilentTransport(place), DateTimeOffset.UnixEpoch);
}
