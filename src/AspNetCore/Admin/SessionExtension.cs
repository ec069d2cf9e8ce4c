using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin.Reading;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>A live session gets more (or less) time, by a new expiry or a new token: the same for operators and for applications.</summary>
internal static class SessionExtension
{
    internal static readonly string[] Fields = ["expiresAt", "token"];

    internal enum Outcome
    {
        Done,

        /// <summary>There is no such connection, or not in this hub.</summary>
        Unknown,

        /// <summary>A node that may have it does not answer.</summary>
        Unreachable,

        /// <summary>The token is not good.</summary>
        BadToken,

        /// <summary>The session keeps what it has.</summary>
        Conflict,
    }

    /// <param name="EndsAt">When the session ends unless it is extended again; null = its hub lets sessions outlive their tokens.</param>
    /// <param name="Fault">For the caller, without any part of a token; null when it is done or there is nobody.</param>
    /// <param name="Missing">The nodes that do not answer, where that is why.</param>
    internal readonly record struct Result(Outcome Outcome, DateTimeOffset? EndsAt = null, string? Fault = null, IReadOnlyList<string>? Missing = null);

    /// <summary>For the audit log.</summary>
    internal static string ActionOf(string? token) => token is null ? "extend-session" : "renew-session";

    /// <summary>What the body asks for; what is wrong with it is among its faults.</summary>
    internal static (DateTimeOffset? ExpiresAt, string? Token) Read(BodyReader body, DateTimeOffset now)
    {
        var expiresAt = body.Instant("expiresAt");
        var token = body.Text("token");
        if (!body.Faults.Any && (expiresAt is null) == (token is null)) body.Faults.Add(BodyReader.Whole, "must have either expiresAt or token.");
        if (expiresAt <= now) body.Faults.Add("expiresAt", "must be in the future; to end a session now, delete the connection.");
        return (expiresAt, token);
    }

    /// <param name="hub">The hub in which it must be; null = any.</param>
    /// <param name="expiresAt">This or <paramref name="token"/>.</param>
    internal static async Task<Result> ApplyAsync(
        AdminReach reach, ITokenReader tokens, ConnectionId id, string? hub, DateTimeOffset? expiresAt, string? token, CancellationToken cancellation)
    {
        var holders = await reach.AskHolderAsync(id, new SupervisorProtocol.Forward(id, ConnectionProtocol.Describe.Instance), cancellation);
        var found = holders.All.OfType<ConnectionProtocol.Description>().FirstOrDefault();
        if (found is null) return holders.IsWhole ? new(Outcome.Unknown) : new(Outcome.Unreachable, Missing: holders.Missing);
        if (hub is not null && found.Session.Hub != hub) return new(Outcome.Unknown);
        if (string.Equals(found.State, "closing", StringComparison.OrdinalIgnoreCase)) return Ending();

        ConnectionProtocol.IMessage order;
        if (token is null)
        {
            order = new ConnectionProtocol.ExtendUntil(expiresAt!.Value);
        }
        else
        {
            var reading = await tokens.ReadAsync(token, found.Session.Hub, cancellation);
            if (reading.OtherHub) return Conflict("The token is for another hub than the session.");
            if (reading.Facts is null) return new(Outcome.BadToken, Fault: reading.Fault ?? "is not a good token.");
            if (reading.UserId != found.Session.UserId) return Conflict("The token is of another user than the session.");
            order = new ConnectionProtocol.Extend(reading.Facts);
        }

        var answers = await reach.AskHolderAsync(id, new SupervisorProtocol.Forward(id, order), cancellation);
        if (answers.All.OfType<SupervisorProtocol.TokenRevoked>().Any()) return Conflict("The token was revoked; the session keeps the one it has.");
        if (answers.All.OfType<ConnectionProtocol.Extended>().FirstOrDefault() is { } done) return new(Outcome.Done, done.SessionEndsAt);
        return answers.IsWhole ? Ending() : new(Outcome.Unreachable, Missing: answers.Missing);
    }

    private static Result Ending() => Conflict("The session is ending already.");

    private static Result Conflict(string why) => new(Outcome.Conflict, Fault: why);
}
