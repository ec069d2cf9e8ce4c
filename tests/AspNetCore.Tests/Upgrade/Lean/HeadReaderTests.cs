using System.Buffers;
using System.Text;
using ActorSockets.AspNetCore.Upgrade.Lean;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Upgrade.Lean;

/// <summary>A head is judged by its bytes, however they arrive, and only what is plainly a handshake is ours.</summary>
public sealed class HeadReaderTests
{
    private const string Fields = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Good = "GET /client/hubs/echo?access_token=a.b.c HTTP/1.1\r\n" + Fields + "\r\n";
    private static readonly HeadLimits Limits = new(8192, 32768, 100);

    public static TheoryData<string, bool> Heads => new()
    {
        { Good, true },
        { Good.Replace("/client/hubs/echo", "/client", StringComparison.Ordinal), true },
        { Good.Replace("/client", "/CliENT", StringComparison.Ordinal), true },
        { Good.Replace("Connection: Upgrade", "connection:keep-alive ,\tUPGRADE ", StringComparison.Ordinal), true },
        { Good.Replace("Host: x", "Host: [::1]:80", StringComparison.Ordinal), true },
        { Good.Replace("GET", "PUT", StringComparison.Ordinal), false },
        { Good.Replace("GET", "get", StringComparison.Ordinal), false },
        { Good.Replace("1.1", "1.0", StringComparison.Ordinal), false },
        { Good.Replace("/client/", "/clients/", StringComparison.Ordinal), false },
        { Good.Replace("/client/", "/client/./", StringComparison.Ordinal), false },
        { Good.Replace("/client/", "/client//", StringComparison.Ordinal), false },
        { Good.Replace("/client/", "/client/%2E%2e/", StringComparison.Ordinal), false },
        { Good.Replace("/client/", "http://x/client/", StringComparison.Ordinal), false },
        { Good.Replace("echo", "ech\u0001", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nHost: x", StringComparison.Ordinal), false },
        { Good.Replace("Host: x\r\n", "", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x y", StringComparison.Ordinal), false },
        { Good.Replace("Upgrade: websocket\r\n", "", StringComparison.Ordinal), false },
        { Good.Replace("Upgrade: websocket", "Upgrade: websocket, h2c", StringComparison.Ordinal), false },
        { Good.Replace("Connection: Upgrade", "Connection: Upgrade, close", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nContent-Length: 0", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\ntransfer-ENCODING: chunked", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nExpect: 100-continue", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nA: b\r\n c", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nA: b\0", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nA: b\rc", StringComparison.Ordinal), false },
        { Good.Replace("Host: x\r\n", "Host: x\n", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nA : b", StringComparison.Ordinal), false },
        { Good.Replace("Host: x", "Host: x\r\nA: \u00e4", StringComparison.Ordinal), false },
        { "GET /client HTTP/1.1\r\n" + string.Concat(Enumerable.Range(0, 96).Select(i => $"X{i}: a\r\n")) + Fields + "\r\n", false },
        { "\r\n" + Good, false },
        { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public void Only_a_plain_handshake_is_ours_wherever_its_bytes_are_cut(string head, bool ours)
    {
        var bytes = Encoding.Latin1.GetBytes(head);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var (progress, reader) = Arrive(bytes, [cut]);
            Assert.True(progress == (ours ? HeadProgress.Complete : HeadProgress.NotOurs), $"{progress} when cut at {cut}: {head}");
            if (ours) Assert.Equal(bytes.Length, reader.Length);
        }
    }

    [Fact]
    public void Every_byte_before_the_last_leaves_a_handshake_incomplete()
    {
        var bytes = Encoding.ASCII.GetBytes(Good);
        var reader = new HeadReader(Limits);
        for (var count = 1; count < bytes.Length; count++)
            Assert.Equal((count, HeadProgress.Incomplete), (count, reader.Read(new ReadOnlySequence<byte>(bytes, 0, count))));

        Assert.Equal(HeadProgress.Complete, reader.Read(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal("/client/hubs/echo?access_token=a.b.c", reader.Target);
        Assert.Equal("x", reader.Fields["host"]);
        Assert.Equal(5, reader.Fields.Count);
    }

    [Fact]
    public void Any_split_gives_the_same_decision()
    {
        string[] known =
        [
            "GET ", "get ", "/client", "/clien", "/hubs/echo", "?a=b", "%2e", "//", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "\r\n", "\n", "\r", "\0", " ", ":",
            "Host: x\r\n", "Connection: Upgrade\r\n", "Upgrade: websocket\r\n", "Content-Length: 3\r\n", "X: y\r\n", " folded\r\n", Fields, "GET /client HTTP/1.1\r\n", Good,
        ];
        var pieces = Gen.Int[0, known.Length - 1].Select(i => known[i]);
        Gen.Select(pieces.Array[1, 8], Gen.Int[0, 600].Array[0, 6], Gen.Int[1, 64]).Sample((parts, cuts, segment) =>
        {
            var bytes = Encoding.Latin1.GetBytes(string.Concat(parts));
            var (whole, at) = Arrive(bytes, []);
            var (split, at2) = Arrive(bytes, [.. cuts.Where(c => c < bytes.Length).Order()], segment);
            return whole == split && (whole != HeadProgress.Complete || (at.Length, at.Target, at.Fields.Count) == (at2.Length, at2.Target, at2.Fields.Count));
        });
    }

    [Theory]
    [InlineData("GET /client?", 8192, 8191)]
    [InlineData("GET /client HTTP/1.1\r\nA: ", 32768 + 22, 32768 + 21)]
    public void A_head_beyond_the_limits_is_left_alone_as_soon_as_it_is(string start, int tooLong, int notYet)
    {
        var bytes = Encoding.ASCII.GetBytes(start + new string('a', 40_000));

        Assert.Equal(HeadProgress.Incomplete, new HeadReader(Limits).Read(new ReadOnlySequence<byte>(bytes, 0, notYet)));
        Assert.Equal(HeadProgress.NotOurs, new HeadReader(Limits).Read(new ReadOnlySequence<byte>(bytes, 0, tooLong + 1)));
    }

    [Fact]
    public void What_follows_the_head_is_not_part_of_it()
    {
        var bytes = Encoding.ASCII.GetBytes(Good + "\u0001\u0002 more");
        var reader = new HeadReader(Limits);

        Assert.Equal(HeadProgress.Complete, reader.Read(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal(Good.Length, reader.Length);
    }

    [Fact]
    public void A_field_that_came_twice_has_two_values_and_secrets_are_kept_from_the_application()
    {
        var fields = new HeadFields();
        fields.Add("X-A", "1");
        fields.Add("Cookie", "secret");
        fields.Add("x-a", "2");

        Assert.Equal(["1", "2"], fields["X-a"].AsEnumerable());
        Assert.Equal("X-A", Assert.Single(fields.WithoutSecrets()).Key);
        Assert.Equal(["1", "2"], fields.WithoutSecrets()["x-A"]);
    }

    /// <summary>Lets the bytes arrive in pieces; each time the reader sees all of them, in segments.</summary>
    private static (HeadProgress Progress, HeadReader Reader) Arrive(byte[] bytes, int[] cuts, int segment = 16)
    {
        var reader = new HeadReader(Limits);
        foreach (var count in cuts)
            if (reader.Read(Segments(bytes.AsMemory(0, count), segment)) is not HeadProgress.Incomplete and var early) return (early, reader);
        return (reader.Read(Segments(bytes, segment)), reader);
    }

    private static ReadOnlySequence<byte> Segments(ReadOnlyMemory<byte> bytes, int size)
    {
        if (bytes.Length <= size) return new ReadOnlySequence<byte>(bytes);
        var first = new Segment(bytes[..size], 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = last.Append(bytes.Slice(at, Math.Min(size, bytes.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
