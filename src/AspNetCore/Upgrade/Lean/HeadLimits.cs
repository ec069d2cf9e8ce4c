using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>How large a request head may be, as the web server on the same endpoint has it. Whatever is larger is left to it to refuse.</summary>
/// <param name="Line">Bytes of the request line.</param>
/// <param name="Fields">Bytes of all header lines and the empty line.</param>
/// <param name="Count">Header lines.</param>
internal readonly record struct HeadLimits(int Line, int Fields, int Count)
{
    internal static HeadLimits Of(KestrelServerLimits limits) =>
        new(limits.MaxRequestLineSize, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount);
}
