using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>
/// A peer without a network: once it begins to speak, what it says is there at once, a piece per read, and then it is silent; what it
/// is told is kept write by write. Everything completes at once, on the thread of whoever lets it speak.
/// </summary>
internal sealed class ScriptedStream(params IReadOnlyList<byte[]> says) : AsyncStream
{
    // Its continuation runs inside Speak, so that all is done when that returns.
    private readonly TaskCompletionSource<int> _begin = new();
    private readonly TaskCompletionSource<int> _silence = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _piece;

    /// <summary>The writes so far; not kept when this is null.</summary>
    internal List<byte[]>? Writes { get; init; } = [];

    /// <summary>Says everything this often.</summary>
    internal int Times { get; set; } = 1;

    internal byte[] Written => Writes!.SelectMany(write => write).ToArray();

    internal void Speak() => _begin.TrySetResult(0);

    /// <summary>The peer ends its stream.</summary>
    internal void HangUp()
    {
        _silence.TrySetResult(0);
        _begin.TrySetResult(0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_begin.Task.IsCompleted) return new(_begin.Task);
        if (_piece == says.Count && --Times > 0) _piece = 0;
        if (_piece == says.Count) return new(_silence.Task);
        if (buffer.IsEmpty) return new(0);
        var piece = says[_piece++];
        piece.CopyTo(buffer);
        return new(piece.Length);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writes?.Add(buffer.ToArray());
        return default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
