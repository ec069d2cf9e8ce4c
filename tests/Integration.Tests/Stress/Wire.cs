using System.IO.Pipelines;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>A connection in memory: what a server has of it on one side, a raw client on the other.</summary>
internal sealed class Wire
{
    private static readonly PipeOptions Options = new(useSynchronizationContext: false);
    private readonly Pipe _inbound = new(Options);
    private readonly Pipe _outbound = new(Options);

    public Wire()
    {
        Server = new Side(_inbound.Reader, _outbound.Writer);
        Client = new RawWebSocketClient(new Side(_outbound.Reader, _inbound.Writer));
    }

    public Stream Server { get; }

    public RawWebSocketClient Client { get; }

    /// <summary>As a TCP reset: both directions fail on both sides.</summary>
    public void Cut()
    {
        _inbound.Writer.Complete(new IOException("cut"));
        _outbound.Reader.Complete(new IOException("cut"));
        _outbound.Writer.Complete(new IOException("cut"));
    }

    /// <summary>The client says no more.</summary>
    public void HalfClose() => _inbound.Writer.Complete();

    /// <summary>What a server does when the request is over.</summary>
    public void ServerEnds()
    {
        _outbound.Writer.Complete();
        _inbound.Reader.Complete();
    }

    private sealed class Side(PipeReader reader, PipeWriter writer) : AsyncStream
    {
        private readonly Stream _in = reader.AsStream();
        private readonly Stream _out = writer.AsStream();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await _in.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidOperationException e)
            {
                throw new IOException("cut", e);
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await _out.WriteAsync(buffer, cancellationToken);
            }
            catch (InvalidOperationException e)
            {
                throw new IOException("cut", e);
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
