using System.Text.Json;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.DataPlane.Reading;
using Akka.Actor;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>New expiry or new token for a live session, by order of the application that gave it the first.</summary>
internal sealed class SessionRenewal(IAdminActors actors, Reach reach, ITokenReader tokens, Live<NodeSettings> settings, AdminAudit audit, TimeProvider time)
{
    private readonly AdminReach _reach = new(actors, reach, new AdminAsk(TimeSpan.FromSeconds(10)));

    internal async Task<DataPlaneAnswer> RenewAsync(DataPlaneCall call)
    {
        var (bytes, unread) = await JsonRequest.ReadAsync(call, settings.Current.Hub(call.Hub).Timers.Message, time);
        if (unread is { } fault) return DataPlaneAnswer.Of(fault);

        var faults = new Faults();
        var (expiresAt, token) = SessionExtension.Read(await BodyReader.ReadAsync(bytes, faults, SessionExtension.Fields), time.GetUtcNow());
        if (faults.Any) return DataPlaneAnswer.Of(DataPlaneError.BadRequest(faults.ToString()));
        try
        {
            // Not cancelled when the caller goes away: what was ordered is done.
            var result = await SessionExtension.ApplyAsync(_reach, tokens, call.Id, call.Hub, expiresAt, token, CancellationToken.None);
            if (result.Outcome == SessionExtension.Outcome.Done) audit.DidByDataPlane(SessionExtension.ActionOf(token), call.Id.Value);
            return Of(result);
        }
        catch (AskTimeoutException)
        {
            // Asked again, it does the same again.
            return DataPlaneAnswer.Of(DataPlaneError.NoAnswer());
        }
    }

    private static DataPlaneAnswer Of(SessionExtension.Result result) => result.Outcome switch
    {
        SessionExtension.Outcome.Done => DataPlaneAnswer.Of(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, DateTimeOffset?> { ["sessionEndsAt"] = result.EndsAt })),
        SessionExtension.Outcome.Unknown => DataPlaneAnswer.Of(DataPlaneError.UnknownConnection()),
        SessionExtension.Outcome.Unreachable => DataPlaneAnswer.Of(DataPlaneError.NoAnswer()).Without(result.Missing!),
        SessionExtension.Outcome.BadToken => DataPlaneAnswer.Of(DataPlaneError.BadRequest($"token: {result.Fault} (Parameter 'token')")),
        _ => DataPlaneAnswer.Of(DataPlaneError.Conflict(result.Fault!)),
    };
}
