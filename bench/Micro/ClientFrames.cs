namespace ActorSockets.Bench.Micro;

/// <summary>Binary messages as a client sends them, masked.</summary>
internal static class ClientFrames
{
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    internal static byte[] Of(int messages, int size)
    {
        var frames = new List<byte>();
        for (var i = 0; i < messages; i++)
        {
            frames.Add(0x82);
            if (size < 126) frames.Add((byte)(0x80 | size));
            else frames.AddRange([0x80 | 126, (byte)(size >> 8), (byte)size]);
            frames.AddRange(Mask);
            for (var at = 0; at < size; at++) frames.Add((byte)('a' ^ Mask[at % 4]));
        }

        return [.. frames];
    }
}

/// <summary>A peer that has always sent something: the same bytes again and again.</summary>
internal sealed class RepeatingStream(byte[] bytes) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, bytes.Length - _at);
        bytes.AsMemory(_at, count).CopyTo(buffer);
        _at = (_at + count) % bytes.Length;
        return new(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public override void Flush()
    {
        // Nothing is kept.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
