using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.DataPlane.Reading;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>One call whose caller may make it.</summary>
/// <param name="Hub">The key of a hub that exists.</param>
/// <param name="Target">The other names in the address.</param>
/// <param name="Query">Read as far as every call reads it.</param>
/// <param name="Version">The api-version, or null.</param>
/// <param name="Request">For the body.</param>
/// <param name="RawPath">As it was sent, for the address of the next page.</param>
/// <param name="Place">Under which name it was called.</param>
internal sealed record DataPlaneCall(
    string Hub, OperationTarget Target, DataPlaneQuery Query, string? Version, HttpRequest Request, string RawPath, RequestPlace Place)
{
    /// <summary>Its share in what is done at once; null where nobody counts.</summary>
    internal CallUnderWay? Share { get; init; }

    internal RouterProtocol.Scope Everybody => new(Hub);

    internal RouterProtocol.Scope User => new(Hub, User: Target.User!);

    internal RouterProtocol.Scope Group => new(Hub, Group: Target.Group!);

    internal RouterProtocol.Scope Connection => new(Hub, Connection: Id);

    internal ConnectionId Id => new(Target.Connection!);

    /// <summary>Scheme, host and port by which the caller knows us.</summary>
    internal string Origin => $"{(Place.IsTls ? "https" : "http")}://{Place.ForwardedHost ?? Place.Host}";
}
