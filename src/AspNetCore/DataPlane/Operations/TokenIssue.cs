using System.Text.Json;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.DataPlane.Reading;
using ActorSockets.AspNetCore.Upgrade;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>Client tokens for applications that would rather not sign them. Good under every name by which clients may know us.</summary>
internal sealed class TokenIssue(Live<ActorSocketsOptions> options, TimeProvider time)
{
    private const int DefaultMinutes = 60;

    internal DataPlaneAnswer Issue(DataPlaneCall call)
    {
        var query = call.Query;
        var (user, roles, groups) = (query.Text("userId"), query.Many("role"), query.Many("group"));
        var minutes = query.Number("minutesToExpire", 1, int.MaxValue) ?? DefaultMinutes;
        var type = query.Text("clientType");
        if (query.Fault is { } fault) return DataPlaneAnswer.Of(fault);
        if (type is not null && !type.Equals("Default", StringComparison.OrdinalIgnoreCase))
            return DataPlaneAnswer.Of(DataPlaneError.NotImplemented("clientType must be Default; other kinds of clients are not served here."));
        if (groups.Select(GroupNames.Fault).FirstOrDefault(f => f is not null) is { } name) return DataPlaneAnswer.Of(name);
        if (groups.Count > GroupName.MaxPerConnection) return DataPlaneAnswer.Of(DataPlaneError.BadRequest($"group may be given {GroupName.MaxPerConnection} times. (Parameter 'group')"));

        var now = options.Current;
        var endpoints = now.PublicEndpoints.Select(e => e.GetLeftPart(UriPartial.Authority)).Prepend(call.Origin).Distinct(StringComparer.OrdinalIgnoreCase);
        var token = new ClientTokenIssuer(now.AccessKeys[0], time).Issue([.. endpoints], call.Hub, user, TimeSpan.FromMinutes(minutes), roles, groups);
        return DataPlaneAnswer.Of(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["token"] = token }));
    }
}
