using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>
/// What follows the 101 on a connection of the transport's own: its pipes as a stream. A read into nothing waits for bytes and
/// takes none, so an idle connection holds no buffer, here or in the transport. One reader and one writer at a time; who owns the
/// connection ends the pipes.
/// </summary>
internal sealed class PipeStream(PipeReader input, PipeWriter output) : AsyncStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read;
        try
        {
            read = input.ReadAsync(CancellationToken.None);
            if (!read.IsCompleted) return FinishReadAsync(read, buffer);
            return new(Take(read.GetAwaiter().GetResult(), buffer.Span));
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            return ValueTask.FromException<int>(gone);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = output.WriteAsync(buffer, CancellationToken.None);
        if (!write.IsCompletedSuccessfully) return FinishWriteAsync(write);
        Check(write.Result);
        return default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FinishReadAsync(ValueTask<ReadResult> read, Memory<byte> buffer) => Take(await read, buffer.Span);

    private static async ValueTask FinishWriteAsync(ValueTask<FlushResult> write) => Check(await write);

    private int Take(in ReadResult read, Span<byte> into)
    {
        var arrived = read.Buffer;
        if (read.IsCanceled)
        {
            input.AdvanceTo(arrived.Start);
            throw new OperationCanceledException("The server stopped reading.");
        }

        var count = (int)Math.Min(arrived.Length, into.Length);
        var end = arrived.GetPosition(count);
        arrived.Slice(0, end).CopyTo(into);
        input.AdvanceTo(end);
        return count;
    }

    private static void Check(in FlushResult written)
    {
        if (written.IsCompleted) throw new IOException("The connection is gone.");
    }
}
