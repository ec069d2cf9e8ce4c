using System.Net;
using ActorSockets.Actors.Connections;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>Admission counts every connection under its address.</summary>
[MemoryDiagnoser]
public class AddressKeyBenchmarks
{
    private readonly IPAddress _v4 = IPAddress.Parse("203.0.113.7"), _mapped = IPAddress.Parse("::ffff:203.0.113.7"), _v6 = IPAddress.Parse("2001:db8:1:2::7");

    [Benchmark(Baseline = true)]
    public AddressKey V4() => AddressKey.Of(_v4);

    [Benchmark]
    public AddressKey V4_mapped() => AddressKey.Of(_mapped);

    [Benchmark]
    public AddressKey V6() => AddressKey.Of(_v6);
}
