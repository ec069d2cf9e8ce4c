using ActorSockets.Actors.Connections;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>One id is made per admission, and compared in every paged list.</summary>
[MemoryDiagnoser]
public class ConnectionIdBenchmarks
{
    private readonly ConnectionId _left = ConnectionId.New("k3f9qa"), _right = ConnectionId.New("k3f9qa");

    [Benchmark]
    public ConnectionId Make() => ConnectionId.New("k3f9qa");

    [Benchmark]
    public int Compare() => _left.CompareTo(_right);

    [Benchmark]
    public int Hash() => _left.GetHashCode();
}
