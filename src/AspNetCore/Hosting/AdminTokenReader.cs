using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Upgrade;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>A token that an operator hands in for a live session: the upgrade's check without the host, which here is the operator's.</summary>
internal sealed class AdminTokenReader(TokenCheck tokens, TimeProvider time) : ITokenReader
{
    public async ValueTask<TokenReading> ReadAsync(string token, string hub, CancellationToken cancellation)
    {
        var ((read, refusal), otherHub) = await tokens.ValidateForOperatorAsync(token, hub, time.GetUtcNow());
        return new TokenReading(read?.Facts, read?.UserId, refusal?.Detail, otherHub);
    }
}
