using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Tests.Shared;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Sockets;

public class FrameScannerTests
{
    private sealed record Message(int Opcode, int[] Fragments, int PingsBetween, bool Masked);

    private static readonly Gen<Message> Messages = Gen.Select(
        Gen.Int[1, 2],
        Gen.OneOf(Gen.Int[0, 3], Gen.Int[120, 130], Gen.Int[65_530, 65_540]).Array[1, 4],
        Gen.Int[0, 2],
        Gen.Bool,
        (opcode, fragments, pings, masked) => new Message(opcode, fragments, pings, masked));

    [Fact]
    public void Counts_the_same_frames_however_the_bytes_are_split() =>
        Gen.Select(Messages.Array[1, 5], Gen.Int[1, 40_000].Array[1, 50], Gen.Bool).Sample(
            (messages, splits, close) =>
            {
                List<byte> bytes = [];
                foreach (var message in messages) Append(bytes, message);
                if (close) bytes.AddRange(RawWebSocketClient.CloseFrame(1000, "bye"));
                var scanner = default(FrameScanner);
                FeedInPieces(ref scanner, bytes.ToArray(), splits);

                Assert.Equal(messages.Length, scanner.Messages);
                Assert.Equal(messages.Sum(m => (m.Fragments.Length - 1) * m.PingsBetween), scanner.Pings);
                Assert.Equal(messages.Max(m => m.Fragments.Length), scanner.MostFragments);
                Assert.Equal(close, scanner.CloseSeen);
                Assert.True(scanner.AtBoundary);
                Assert.Equal(messages.Length + (close ? 1 : 0), scanner.Departures);
            },
            iter: 300);

    [Fact]
    public void Is_away_from_the_boundary_from_the_first_byte_to_the_last()
    {
        List<byte> bytes = [];
        Append(bytes, new Message(1, [5, 0, 7], 1, true));
        var scanner = default(FrameScanner);
        for (var i = 0; i < bytes.Count; i++)
        {
            scanner.Feed([bytes[i]]);
            Assert.Equal(i == bytes.Count - 1, scanner.AtBoundary);
            Assert.Equal(1, scanner.Departures);
        }
    }

    [Fact]
    public void A_half_header_of_a_control_frame_is_something_begun()
    {
        var scanner = default(FrameScanner);
        scanner.Feed([0x89]);
        Assert.False(scanner.AtBoundary);
        Assert.False(scanner.InMessage);
    }

    [Fact]
    public void Finds_the_close_frame_behind_a_broken_frame()
    {
        var scanner = default(FrameScanner);
        scanner.Feed(RawWebSocketClient.Frame(3, new byte[10], reserved: 7));
        scanner.Feed(RawWebSocketClient.Frame(1, new byte[10], masked: false));
        scanner.Feed(RawWebSocketClient.CloseFrame(1002));
        Assert.True(scanner.CloseSeen);
    }

    [Fact]
    public void Gives_up_at_a_length_that_cannot_be()
    {
        var scanner = default(FrameScanner);
        scanner.Feed(RawWebSocketClient.Frame(2, [], announced: -1));
        scanner.Feed(RawWebSocketClient.CloseFrame(1000));
        Assert.True(scanner.Broken);
        Assert.False(scanner.CloseSeen);
    }

    private static void Append(List<byte> bytes, Message message)
    {
        for (var i = 0; i < message.Fragments.Length; i++)
        {
            var last = i == message.Fragments.Length - 1;
            bytes.AddRange(RawWebSocketClient.Frame(i == 0 ? message.Opcode : 0, new byte[message.Fragments[i]], last, message.Masked));
            for (var p = 0; !last && p < message.PingsBetween; p++) bytes.AddRange(RawWebSocketClient.Frame(RawWebSocketClient.Ping, [1, 2]));
        }
    }

    private static void FeedInPieces(ref FrameScanner scanner, ReadOnlySpan<byte> bytes, int[] splits)
    {
        for (var i = 0; bytes.Length > 0; i++)
        {
            var piece = Math.Min(splits[i % splits.Length], bytes.Length);
            scanner.Feed(bytes[..piece]);
            bytes = bytes[piece..];
        }
    }
}
