using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ActorSockets.AspNetCore.Try;

/// <summary>Access tokens for people who try the gateway by hand. In Development only: elsewhere tokens are the application's to give.</summary>
internal static class TryToken
{
    private const int LongestMinutes = 24 * 60;

    /// <param name="Hub">For which hub.</param>
    /// <param name="UserId">Claim <c>sub</c>; null or empty makes a token without a user.</param>
    /// <param name="Minutes">How long it is good, 1 to 1440.</param>
    /// <param name="Address">Under which the client connects; goes into the audience.</param>
    internal sealed record Order(string? Hub, string? UserId, int Minutes, Uri? Address);

    /// <param name="Token">The access token.</param>
    /// <param name="ExpiresAt">Until when it is good.</param>
    internal sealed record Issued(string Token, DateTimeOffset ExpiresAt);

    internal static string? WhyNot(ActorSocketsOptions options, IHostEnvironment environment)
    {
        if (!environment.IsDevelopment()) return "Tokens are issued here in the Development environment only. Paste one from your application.";
        return options.AccessKeys.Count == 0 ? "To have tokens issued here, set ActorSockets:AccessKeys:0 to a text of 32 bytes or more." : null;
    }

    internal static IResult Issue(Order order, HttpContext context, Live<ActorSocketsOptions> options, IHostEnvironment environment, TimeProvider time, AdminAudit audit)
    {
        var now = options.Current;
        if (WhyNot(now, environment) is { } why) return Problems.Conflict(why);
        if (order.Hub is not { } hub || !now.Hubs.ContainsKey(hub)) return Problems.NotFound($"There is no hub '{order.Hub}'.");
        if (order.Minutes is < 1 or > LongestMinutes) return Problems.Of(StatusCodes.Status400BadRequest, $"minutes must be 1 to {LongestMinutes}.");
        if (order.Address is not { IsAbsoluteUri: true } address) return Problems.Of(StatusCodes.Status400BadRequest, "address must be absolute, as in http://127.0.0.1:8080.");

        var lifetime = TimeSpan.FromMinutes(order.Minutes);
        var token = new ClientTokenIssuer(now.AccessKeys[0], time).Issue(HttpOrigin(address), hub, string.IsNullOrEmpty(order.UserId) ? null : order.UserId, lifetime);
        audit.Did(context, "issue-token", $"{hub}/{order.UserId}");
        context.Response.Headers.CacheControl = "no-store";
        return AdminJson.Ok(new Issued(token, time.GetUtcNow() + lifetime));
    }

    // The audience is written with http, also by those who connect with ws.
    private static string HttpOrigin(Uri address) =>
        new UriBuilder(address) { Scheme = address.Scheme is "https" or "wss" ? "https" : "http" }.Uri.GetLeftPart(UriPartial.Authority);
}
