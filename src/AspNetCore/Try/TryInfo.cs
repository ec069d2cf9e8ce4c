using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ActorSockets.AspNetCore.Try;

/// <summary>What the page cannot find out through the rest of the admin API.</summary>
/// <param name="Addresses">Under which clients reach this node, best first.</param>
/// <param name="Tokens">Why no token can be had from this node; null when it can.</param>
internal sealed record TryInfo(IReadOnlyList<string> Addresses, string? Tokens)
{
    internal static IResult Get(ListenerAddresses listeners, Live<ActorSocketsOptions> options, IHostEnvironment environment) => AdminJson.Ok(new TryInfo(
        [.. listeners.Public.Concat(options.Current.PublicEndpoints.Select(e => e.GetLeftPart(UriPartial.Authority))).Distinct()],
        TryToken.WhyNot(options.Current, environment)));
}
