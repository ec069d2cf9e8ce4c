using System.Globalization;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.DataPlane.Reading;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>Who is in which group, by order of the application.</summary>
internal sealed class Membership(RouterCalls router, Live<NodeSettings> settings, TimeProvider time)
{
    internal async Task<DataPlaneAnswer> AddAsync(Scope scope, string group, DataPlaneError unknown)
    {
        if (GroupNames.Fault(group) is { } fault) return DataPlaneAnswer.Of(fault);
        var (sum, missing) = await AskAsync(scope, new Join(scope, [group]));
        return sum switch
        {
            null => DataPlaneAnswer.Of(DataPlaneError.NoAnswer()),
            { Matched: 0 } => DataPlaneAnswer.Of(unknown).Without(missing),
            { Full: > 0 } members => DataPlaneAnswer.Of(TooMany(members)).Without(missing),
            _ => DataPlaneAnswer.Ok.Without(missing),
        };
    }

    /// <param name="scope">Who leaves.</param>
    /// <param name="group">Null = all groups.</param>
    internal async Task<DataPlaneAnswer> RemoveAsync(Scope scope, string? group)
    {
        if (group is not null && GroupNames.Fault(group) is { } fault) return DataPlaneAnswer.Of(fault);
        var (members, missing) = await AskAsync(scope, new Leave(scope, group is null ? null : [group]));
        return members is null ? DataPlaneAnswer.Of(DataPlaneError.NoAnswer()) : DataPlaneAnswer.NoContent.Without(missing);
    }

    internal async Task<DataPlaneAnswer> ManyAsync(DataPlaneCall call, bool join)
    {
        var (bytes, unread) = await JsonRequest.ReadAsync(call, settings.Current.Hub(call.Hub).Timers.Message, time);
        if (unread is { } fault) return DataPlaneAnswer.Of(fault);
        if (GroupsBody.Read(bytes, out var body) is { } wrong) return DataPlaneAnswer.Of(wrong);

        ICrossing order = join ? new Join(call.Everybody, body.Groups, body.Filter) : new Leave(call.Everybody, body.Groups, body.Filter);
        var (sum, missing) = await AskAsync(call.Everybody, order, call.Share);
        return sum switch
        {
            null => DataPlaneAnswer.Of(DataPlaneError.NoAnswer()),
            { TooMuch: true } members => DataPlaneAnswer.Of(TooMuch(body, members)).Without(missing),
            { Full: > 0 } members => DataPlaneAnswer.Of(TooMany(members)).Without(missing),
            _ => DataPlaneAnswer.Ok.Without(missing),
        };
    }

    /// <summary>Of all nodes together; each bounds its own share.</summary>
    private async Task<(Members? Sum, IReadOnlyList<string> Missing)> AskAsync(Scope scope, ICrossing order, CallUnderWay? share = null)
    {
        if (await router.AskAsync<Members>(scope, order, share) is not { } answers) return (null, []);
        return (new Members(answers.All.Sum(m => m.Matched), answers.All.Sum(m => m.Full), answers.All.Any(m => m.TooMuch)), answers.Missing);
    }

    private static DataPlaneError TooMuch(GroupsBody body, Members members) => DataPlaneError.BadRequest(string.Create(
        CultureInfo.InvariantCulture,
        $"groups times connections must be at most {Members.MaxChanges}, and {body.Groups.Count} groups and {members.Matched} connections were meant. Nothing was done; name fewer groups or narrow the filter. (Parameter 'groups')"));

    private static DataPlaneError TooMany(Members members) => DataPlaneError.Conflict(string.Create(
        CultureInfo.InvariantCulture,
        $"{members.Full} of {members.Matched} connections joined nothing: a connection may be in {GroupName.MaxPerConnection} groups. The others joined."));
}
