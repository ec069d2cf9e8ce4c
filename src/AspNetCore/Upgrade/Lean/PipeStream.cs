using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>
/// What follows the 101 on a connection of the transport's own: its pipes as a stream. A read into nothing waits for bytes and
/// takes none, so an idle connection holds no buffer, here or in the transport. One reader and one writer at a time; who owns the
/// connection ends the pipes.
/// </summary>
/// <remarks>
/// The runtime's own pipe is the source of the tasks it returns, so a read that waits needs no state machine: what awaits this
/// stream is handed on to the pipe. Over any other reader, as TLS has one, a read is an ordinary async method.
/// </remarks>
internal sealed class PipeStream(PipeReader input, PipeWriter output) : AsyncStream, IValueTaskSource<int>
{
    private static readonly Type OwnPipe = new Pipe().Reader.GetType();
    private readonly IValueTaskSource<ReadResult>? _source = input.GetType() == OwnPipe ? input as IValueTaskSource<ReadResult> : null;
    private Memory<byte> _into;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read;
        try
        {
            read = input.ReadAsync(CancellationToken.None);
            if (read.IsCompleted) return new(Take(read.GetAwaiter().GetResult(), buffer.Span));
            if (_source is null) return FinishReadAsync(read, buffer);
            _into = buffer;
            return new ValueTask<int>(this, 0);
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

    // A pipe has one read at a time and does not tell its tokens apart.
    int IValueTaskSource<int>.GetResult(short token)
    {
        var into = _into;
        _into = default;
        return Take(_source!.GetResult(token), into.Span);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source!.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source!.OnCompleted(continuation, state, token, flags);

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
