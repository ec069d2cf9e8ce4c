using System.Net;
using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Connections;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>What a witness keeps of another node's sessions. The set-up says how much memory one takes.</summary>
[MemoryDiagnoser]
public class WardBenchmarks
{
    private Ward _ward = null!;
    private WitnessProtocol.Told _comes = null!, _goes = null!;

    /// <summary>Sessions of the other node.</summary>
    [Params(100_000)]
    public int Held { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _ward = new Ward("box-k3f9qabc", 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Held; i += 1000) _ward.Take(Told([.. Enumerable.Range(i, 1000).Select(Session)], []));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Held;
        Console.WriteLine($"// witness: {each} bytes for each of {Held} sessions, user ids of 11 characters included");

        var sessions = Enumerable.Range(0, Held).Select(i => Session(i).ToInfo("box-k3f9qabc")).ToArray();
        before = GC.GetTotalMemory(forceFullCollection: true);
        var roster = new Roster();
        foreach (var session in sessions) roster.Put(session);
        each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Held;
        GC.KeepAlive(roster);
        GC.KeepAlive(sessions);
        Console.WriteLine($"// the node itself: {each} bytes for each, beside what it has of it anyway");
        var next = Session(Held);
        (_comes, _goes) = (Told([next], []), Told([], [next.Id]));
    }

    /// <summary>One is told of, and that it is gone.</summary>
    [Benchmark]
    public int Come_and_go()
    {
        _ward.Take(_comes);
        _ward.Take(_goes);
        return _ward.Count;
    }

    private static WitnessedSession Session(int number) => new(
        ConnectionId.New("k3f9qabc"), "chat", $"user-{number:000000}", new ClientAddress(new IPAddress([10, 0, (byte)(number >> 8), (byte)number]), false), "json", DateTimeOffset.UtcNow, null);

    private static WitnessProtocol.Told Told(IReadOnlyList<WitnessedSession> held, IReadOnlyList<ConnectionId> gone) => new("k3f9qabc", 1, 0, held, gone);
}
