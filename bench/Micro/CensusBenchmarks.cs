using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>The supervisor's bookkeeping beside connections that are there already: every connect and every ending pays it once.</summary>
[MemoryDiagnoser]
public class CensusBenchmarks
{
    private const string Hub = "chat";
    private static readonly SilentTransport Silent = new(0);
    private Census _census = null!;
    private AddressKey[] _addresses = [];
    private int _next;

    /// <summary>Connections that are held while one comes and goes.</summary>
    [Params(1_000, 100_000)]
    public int Held { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _census = new Census(new Random(1));
        _addresses = [.. Enumerable.Range(0, 256).Select(last => AddressKey.Of(new IPAddress([10, 0, 0, (byte)last])))];
        for (var i = 0; i < Held; i++)
        {
            var seat = new Seat(ConnectionId.New("k3f9qa"), new SilentTransport(i + 1), i);
            _census.Admit(seat, Hub, _addresses[i % _addresses.Length], new UserKey(Hub, $"user{i / 2}"));
            _census.Open(seat);
        }
    }

    /// <summary>A whole life: admitted, opened, closing, gone.</summary>
    [Benchmark(Baseline = true)]
    public bool Come_and_go() => Live(null);

    [Benchmark]
    public bool Come_and_go_with_a_user() => Live(new UserKey(Hub, "newcomer"));

    [Benchmark]
    public object? Oldest_of_the_node() => _census.Oldest(_census.Node);

    /// <summary>A sample of 64 seats, each asked for its activity.</summary>
    [Benchmark]
    public object? Idlest_of_the_node() => _census.Idlest(_census.Node);

    private bool Live(UserKey? user)
    {
        var seat = new Seat(ConnectionId.New("k3f9qa"), Silent, 0);
        _census.Admit(seat, Hub, _addresses[_next++ % _addresses.Length], user);
        _census.Open(seat);
        _census.Closing(seat);
        return _census.End(seat);
    }
}
