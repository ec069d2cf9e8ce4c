using System.IO.Pipelines;
using System.Text;
using ActorSockets.AspNetCore.Upgrade.Lean;

namespace ActorSockets.AspNetCore.Tests.Upgrade.Lean;

public sealed class PipeStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Pipe _in = new();
    private readonly Pipe _out = new(new PipeOptions(pauseWriterThreshold: 8, resumeWriterThreshold: 4));
    private readonly PipeStream _stream;

    public PipeStreamTests() => _stream = new PipeStream(_in.Reader, _out.Writer);

    [Fact]
    public async Task A_read_into_nothing_waits_for_bytes_and_takes_none()
    {
        var waiting = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);

        await _in.Writer.WriteAsync("hello"u8.ToArray());
        Assert.Equal(0, await waiting.WaitAsync(Patience));

        var buffer = new byte[3];
        Assert.Equal(3, await _stream.ReadAsync(buffer));
        Assert.Equal("hel", Encoding.ASCII.GetString(buffer));
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(Patience));
        Assert.Equal(2, await _stream.ReadAsync(buffer));
        Assert.Equal("lo", Encoding.ASCII.GetString(buffer, 0, 2));
    }

    [Fact]
    public async Task What_came_before_the_end_is_read_before_the_end()
    {
        await _in.Writer.WriteAsync("x"u8.ToArray());
        await _in.Writer.CompleteAsync();

        Assert.Equal(1, await _stream.ReadAsync(new byte[8]));
        Assert.Equal(0, await _stream.ReadAsync(new byte[8]));
        Assert.Equal(0, await _stream.ReadAsync(new byte[8]));
    }

    [Fact]
    public async Task A_reset_is_a_failed_read_and_a_stopped_one_no_end()
    {
        var canceled = _stream.ReadAsync(new byte[8]).AsTask();
        _in.Reader.CancelPendingRead();
        await Assert.ThrowsAsync<OperationCanceledException>(() => canceled.WaitAsync(Patience));

        await _in.Writer.CompleteAsync(new IOException("reset"));
        var read = _stream.ReadAsync(new byte[8]);
        await Assert.ThrowsAsync<IOException>(async () => await read);
    }

    [Fact]
    public async Task A_write_waits_for_a_peer_that_does_not_read_and_fails_when_it_is_gone()
    {
        await _stream.WriteAsync("1234"u8.ToArray());
        var blocked = _stream.WriteAsync("56789"u8.ToArray()).AsTask();
        Assert.False(blocked.IsCompleted);

        var sent = await _out.Reader.ReadAsync();
        Assert.Equal(9, sent.Buffer.Length);
        _out.Reader.AdvanceTo(sent.Buffer.End);
        await blocked.WaitAsync(Patience);

        await _out.Reader.CompleteAsync();
        await Assert.ThrowsAsync<IOException>(async () => await _stream.WriteAsync("x"u8.ToArray()));
    }

    public void Dispose() => _stream.Dispose();
}
