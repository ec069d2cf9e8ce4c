using System.IO.Pipelines;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>A stream over a pipe. Waiting on the pipe itself saves an idle connection the object that waits in between.</summary>
internal interface IPipeInput
{
    /// <summary>What the stream reads.</summary>
    PipeReader Input { get; }
}
